import type { TrajectoryPoint } from '../src/model/index.js';

/** Points of a trajectory that are kept for pages and messages. */
export const MAX_TRAJECTORY_POINTS = 120;

/** Two places are left: for the bucket of the verdict, and for now. */
const MAX_SPACED_POINTS = MAX_TRAJECTORY_POINTS - 2;

/** A point and those before it: copies of a trajectory share everything but what came after they parted. */
interface Course {
  readonly point: TrajectoryPoint;
  readonly before: Course | null;
  /** Points up to here. */
  readonly length: number;
}

/**
 * Evenly spaced points of a course of any length: when they become too many every second one is dropped, and from then
 * on only every second bucket is kept.
 */
export class Trajectory {
  #course: Course | null = null;
  #spacing = 1;
  #buckets = 0;
  #marked: TrajectoryPoint | null = null;

  /** @param isMarked keeps the point for good */
  add(point: () => TrajectoryPoint, isMarked: boolean): void {
    const isSpaced = this.#buckets % this.#spacing === 0;
    this.#buckets += 1;
    if (!isSpaced && !isMarked) return;
    const made = point();
    if (isMarked) this.#marked = made;
    if (!isSpaced) return;
    this.#course = after(this.#course, made);
    if (this.#course.length <= MAX_SPACED_POINTS) return;
    const kept = pointsOf(this.#course).filter((_, index) => index % 2 === 0);
    this.#course = kept.reduce<Course | null>(after, null);
    this.#spacing *= 2;
  }

  /** In bucket order, ending with `now` (`null` before the course began). */
  points(now: TrajectoryPoint | null): TrajectoryPoint[] {
    if (now === null) return [];
    const points = new Map(pointsOf(this.#course).map((point) => [point.bucket, point]));
    if (this.#marked !== null) points.set(this.#marked.bucket, this.#marked);
    points.set(now.bucket, now);
    return [...points.values()].sort((a, b) => a.bucket - b.bucket);
  }

  /** A copy that goes its own way. */
  clone(): Trajectory {
    const copy = new Trajectory();
    copy.#course = this.#course;
    copy.#spacing = this.#spacing;
    copy.#buckets = this.#buckets;
    copy.#marked = this.#marked;
    return copy;
  }
}

function after(before: Course | null, point: TrajectoryPoint): Course {
  return { point, before, length: (before?.length ?? 0) + 1 };
}

/** Oldest first. */
function pointsOf(course: Course | null): TrajectoryPoint[] {
  const points: TrajectoryPoint[] = [];
  for (let at = course; at !== null; at = at.before) points.push(at.point);
  return points.reverse();
}
