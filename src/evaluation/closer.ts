import { BUCKET_SECONDS, type Clock, type Metric } from '../model/index.js';
import type { Database } from '../store/index.js';
import { arrivalLagSeconds, closeBuckets, newestClosedLoad } from '../store/queries/close-buckets.js';
import { type DirtyBucket, keyOf } from '../store/queries/dirty-buckets.js';
import { bucketsWithoutSessions, overtakenBuckets } from '../store/queries/session-buckets.js';
import { DirtySearch } from './dirty-search.js';
import { Patience } from './patience.js';

/** Rows become visible up to this much later than their `loaded_at`. */
const LOAD_OVERLAP_MS = 10_000;
/** How often the arrival lag is measured again. */
const LAG_INTERVAL_MS = 15_000;
/** Late arrival beyond this does not hold up everybody else: those buckets are closed again. */
const MAX_WATERMARK_SECONDS = 120;
/** Clocks of clients may be ahead of ours by this much; a bucket further in the future is closed with its next late row. */
const MAX_CLOCK_AHEAD_MS = 120_000;
/**
 * How far before the newest row that any close has seen a new process looks: a bucket that was still open when the
 * earlier one ended holds rows that were loaded before those of others that it closed. Reads the loads of an hour, once.
 */
const RESTART_REACH_MS = 3_600_000;
/** Headroom over the measured lag. */
const LAG_MARGIN = 1.25;
/** Closed in one statement; a backlog is worked off in steps of this size. */
const BATCH_BUCKETS = 500;
const BATCH_GENERATIONS = 200_000;
/** A bucket that is closed this shortly after its watermark has no later ones that were closed before it. */
const ON_TIME_SECONDS = 5;
/** The search goes on from the same time for this long, so that it knows what it has seen already. */
const SEARCH_STEP_MS = 10_000;

export interface ClosePass {
  readonly buckets: readonly DirtyBucket[];
  /** Every bucket that ends at or before this second (Unix) is closed, as far as its rows have arrived. */
  readonly closedUntil: number;
}

/**
 * Closes buckets once their watermark has passed, and again when late rows arrive: at once the first time, then less and
 * less often. The watermark follows the measured lateness of rows and is never shorter than configured, so that slow answers
 * are not judged before they are in.
 */
export class Closer {
  readonly #database: Database;
  readonly #metrics: readonly Metric[];
  readonly #minimumWatermarkSeconds: number;
  readonly #clock: Clock;
  readonly #search: DirtySearch;
  readonly #patience = new Patience();
  #sinceMs: number | null = null;
  #lagSeconds = 0;
  #lagMeasuredAt = Number.NEGATIVE_INFINITY;
  #revision = 0;

  constructor(database: Database, metrics: readonly Metric[], minimumWatermarkSeconds: number, clock: Clock) {
    this.#database = database;
    this.#metrics = metrics;
    this.#minimumWatermarkSeconds = minimumWatermarkSeconds;
    this.#clock = clock;
    this.#search = new DirtySearch(database);
  }

  /** Seconds from a bucket's end to its close. */
  get watermarkSeconds(): number {
    return Math.max(this.#minimumWatermarkSeconds, Math.min(MAX_WATERMARK_SECONDS, this.#lagSeconds * LAG_MARGIN));
  }

  /** @param sessionTargets targets in which the sessions of calls are counted too */
  async close(sessionTargets: ReadonlySet<string> = new Set()): Promise<ClosePass> {
    const now = this.#clock.now();
    await this.#measureLag(now);
    const closableBefore = Math.floor(now / 1000 - this.watermarkSeconds);
    this.#sinceMs ??= Math.max(0, (await newestClosedLoad(this.#database)) - RESTART_REACH_MS);
    const closed: DirtyBucket[] = [];
    const isWaiting = (key: string): boolean => this.#patience.isWaiting(key, now);
    const pages = this.#search.pages({ sinceMs: this.#sinceMs, closableBefore, isWaiting });
    for await (const dirty of pages)
      for (const batch of batchesOf(dirty)) {
        const revision = await this.#publish(batch, sessionTargets);
        closed.push(...batch, ...(await this.#closeOvertaken(batch, revision, sessionTargets)));
      }
    // Rows of buckets that are not closable yet must be looked at again: go back by as much as may still be open.
    const openMs = Math.ceil((this.watermarkSeconds + BUCKET_SECONDS) * 1000);
    const since = now - openMs - MAX_CLOCK_AHEAD_MS - LOAD_OVERLAP_MS;
    this.#sinceMs = Math.max(this.#sinceMs, Math.floor(since / SEARCH_STEP_MS) * SEARCH_STEP_MS);
    return { buckets: closed, closedUntil: closableBefore };
  }

  /** Closes buckets of a target from `since` (Unix seconds) on again whose sessions were not counted. */
  async countSessions(targetId: string, since: number): Promise<void> {
    const uncounted = await bucketsWithoutSessions(this.#database, { targetId, since });
    for (const batch of batchesOf(uncounted)) await this.#publish(batch, new Set([targetId]));
  }

  /**
   * A bucket that is closed late may hold the first failure of a session that later buckets have counted as theirs.
   * @returns those later buckets, closed again
   */
  async #closeOvertaken(
    batch: readonly DirtyBucket[],
    revision: number,
    sessionTargets: ReadonlySet<string>,
  ): Promise<readonly DirtyBucket[]> {
    const isLate = ({ bucket }: DirtyBucket): boolean =>
      bucket + BUCKET_SECONDS + this.watermarkSeconds + ON_TIME_SECONDS < this.#clock.now() / 1000;
    const late = batch.filter((one) => one.hasSessions && sessionTargets.has(one.targetId) && isLate(one));
    const overtaken = await overtakenBuckets(this.#database, { buckets: late, revision });
    for (const again of batchesOf(overtaken)) await this.#publish(again, sessionTargets);
    return overtaken;
  }

  /** @returns the revision of the closes */
  async #publish(buckets: readonly DirtyBucket[], sessionTargets: ReadonlySet<string>): Promise<number> {
    const closedAtMs = this.#clock.now();
    // Also after the clock was set back, or where another process's clock is ahead, a later close wins.
    const known = Math.max(this.#revision, ...buckets.map(({ revision }) => revision));
    this.#revision = Math.max(closedAtMs, known + 1);
    const [metrics, revision] = [this.#metrics, this.#revision];
    await closeBuckets(this.#database, { buckets, metrics, revision, closedAtMs, sessionTargets });
    for (const bucket of buckets) this.#patience.closed(keyOf(bucket), closedAtMs);
    return revision;
  }

  async #measureLag(now: number): Promise<void> {
    if (now - this.#lagMeasuredAt < LAG_INTERVAL_MS) return;
    this.#lagSeconds = await arrivalLagSeconds(this.#database);
    this.#lagMeasuredAt = now;
  }
}

/** In order, each small enough for one statement; a bucket that alone is too large is one of its own. */
function batchesOf(buckets: readonly DirtyBucket[]): DirtyBucket[][] {
  const batches: DirtyBucket[][] = [];
  let generations = Number.POSITIVE_INFINITY;
  for (const bucket of buckets) {
    const last = batches.at(-1);
    if (last && last.length < BATCH_BUCKETS && generations + bucket.generations <= BATCH_GENERATIONS) last.push(bucket);
    else {
      batches.push([bucket]);
      generations = 0;
    }
    generations += bucket.generations;
  }
  return batches;
}
