import { behaviourFinding, FINGERPRINT_VERSION } from '../../../detectors/index.js';
import {
  type BehaviourStanding,
  BUCKET_SECONDS,
  bucketOf,
  type FindingDraft,
  type Rollout,
  type SeenVector,
} from '../../model/index.js';
import type { Database } from '../../store/index.js';
import { readFingerprints, readShadowed } from '../../store/queries/fingerprints.js';
import { servingBlocks, shadowBlocks } from './blocks.js';
import type { BehaviourRunner } from './runner.js';

/** Rows of one read; a backlog is worked off in steps of this size. */
const MAX_ROWS = 5_000;

/** How much time one read covers: a week that is made up for does not come at once. */
const MAX_WINDOW_SECONDS = 3_600;

const VERSION = String(FINGERPRINT_VERSION);

/** A running rollout, and the vectors its arms consist of. */
export interface WatchedRollout {
  readonly rollout: Rollout;
  readonly vectors: readonly SeenVector[];
}

export interface BehaviourWatchParts {
  readonly database: Database;
  readonly runner: BehaviourRunner;
  /** Hears of a change once a rollout, and again after a restart: the finding's id is the same. */
  readonly report: (drafts: readonly FindingDraft[]) => Promise<void>;
}

interface Progress {
  /** Buckets before this second were read. */
  readUntil: number;
  standing: BehaviourStanding | null;
  reported: boolean;
}

/**
 * Feeds the fingerprints of closed buckets to the behaviour tests of running rollouts, each output once. What arrives
 * after its bucket was read is left out: a test cannot unsee, and lateness does not depend on the arm.
 */
export class BehaviourWatch {
  readonly #parts: BehaviourWatchParts;
  readonly #progress = new Map<string, Progress>();

  constructor(parts: BehaviourWatchParts) {
    this.#parts = parts;
  }

  /** How a rollout's test stands; `null` before its first look, and after a restart until the next. */
  standingOf(rolloutId: string): BehaviourStanding | null {
    return this.#progress.get(rolloutId)?.standing ?? null;
  }

  /** The tests are gone: they start anew from what is stored. */
  restart(): void {
    this.#progress.clear();
  }

  /** Has a whole bucket been closed since the last look? */
  isDue(rollout: Rollout, closedUntil: number): boolean {
    return bucketOf(closedUntil) - this.#progressOf(rollout).readUntil >= BUCKET_SECONDS;
  }

  /**
   * Looks at one rollout as far as its buckets are closed.
   * @param closedUntil Unix seconds
   * @returns is there more to read already?
   */
  async look({ rollout, vectors }: WatchedRollout, closedUntil: number): Promise<boolean> {
    const progress = this.#progressOf(rollout);
    const until = bucketOf(Math.min(closedUntil, progress.readUntil + MAX_WINDOW_SECONDS));
    if (until - progress.readUntil < BUCKET_SECONDS) return false;
    const window = { targetId: rollout.targetId, from: progress.readUntil, until, version: VERSION, limit: MAX_ROWS };
    const rows = await readFingerprints(this.#parts.database, window);
    const last = rows.at(-1);
    // A full read ends inside a bucket: that bucket is read again as a whole.
    const cut = rows.length === MAX_ROWS && last !== undefined && last.bucket > progress.readUntil;
    const whole = cut ? rows.filter(({ bucket }) => bucket < last.bucket) : rows;
    const blocks = [
      ...servingBlocks(rollout, whole, vectors),
      ...shadowBlocks(rollout, whole, await this.#shadowed(rollout, whole), vectors),
    ];
    if (blocks.length > 0 || progress.standing === null) {
      const work = { rolloutId: rollout.id, alpha: rollout.policy.alphaRollback, blocks };
      progress.standing = await this.#parts.runner.add(work);
    }
    progress.readUntil = cut ? last.bucket : until;
    await this.#report(rollout, progress);
    return cut || until < bucketOf(closedUntil);
  }

  /** Lets go of rollouts that run no more. */
  keepOnly(running: ReadonlySet<string>): void {
    for (const id of this.#progress.keys()) {
      if (running.has(id)) continue;
      this.#progress.delete(id);
      this.#parts.runner.forget(id);
    }
  }

  #progressOf(rollout: Rollout): Progress {
    const known = this.#progress.get(rollout.id);
    if (known) return known;
    const started = { readUntil: bucketOf(rollout.startedAt / 1000), standing: null, reported: false };
    this.#progress.set(rollout.id, started);
    return started;
  }

  #shadowed(rollout: Rollout, rows: Awaited<ReturnType<typeof readFingerprints>>) {
    const ids = new Set(rows.filter(({ arm }) => arm === 'shadow').map(({ shadowOf }) => shadowOf));
    ids.delete('');
    return readShadowed(this.#parts.database, { targetId: rollout.targetId, ids: [...ids], version: VERSION });
  }

  async #report(rollout: Rollout, progress: Progress): Promise<void> {
    if (progress.reported || !progress.standing?.changed) return;
    await this.#parts.report([behaviourFinding(rollout, progress.standing, progress.readUntil)]);
    progress.reported = true;
  }
}
