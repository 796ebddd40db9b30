import { bucketOf } from '../model/index.js';
import type { Database } from '../store/index.js';
import {
  type DirtyBucket,
  dirtyOf,
  keyOf,
  outcomesMark,
  type TouchedBucket,
  touchedBuckets,
} from '../store/queries/dirty-buckets.js';

/** Mark of no outcomes at all. */
const NO_OUTCOMES = '0 0';

/** Buckets that are looked at in one statement. */
const PAGE_BUCKETS = 2_000;

export interface SearchQuestion {
  readonly sinceMs: number;
  readonly closableBefore: number;
  /** Is the bucket's time to be closed again yet to come? */
  readonly isWaiting: (key: string) => boolean;
}

/**
 * Finds dirty buckets. Almost every search finds what the one before has found, a second ago: what was clean then and has
 * no new rows is not asked for again, nor are outcomes when none came. Whoever closed a bucket, clean stays clean.
 */
export class DirtySearch {
  readonly #database: Database;
  #sinceMs = Number.NaN;
  /** What had touched a bucket when it was clean, of rows loaded after `#sinceMs`. */
  #clean = new Map<string, TouchedBucket>();
  /** Mark of the outcomes, and what was closable, when all buckets were clean. */
  #outcomes = '';

  constructor(database: Database) {
    this.#database = database;
  }

  /** Dirty buckets in the order of time; what is given out counts as dirty until a later search says otherwise. */
  async *pages({ sinceMs, closableBefore, isWaiting }: SearchQuestion): AsyncGenerator<readonly DirtyBucket[]> {
    if (sinceMs !== this.#sinceMs) {
      this.#clean.clear();
      this.#outcomes = '';
      this.#sinceMs = sinceMs;
    }
    const mark = await outcomesMark(this.#database, sinceMs);
    // A bucket that has become closable is to be closed with all its outcomes at once.
    const outcomes = `${mark} ${bucketOf(closableBefore)}`;
    const withoutOutcomes = outcomes === this.#outcomes || mark === NO_OUTCOMES;
    let isAllClean = true;
    let after: TouchedBucket | null = null;
    let page: readonly TouchedBucket[];
    do {
      const question = { sinceMs, closableBefore, after, limit: PAGE_BUCKETS, withoutOutcomes };
      page = await touchedBuckets(this.#database, question);
      after = page.at(-1) ?? null;
      const suspects = page.filter((touched) => !this.#isClean(touched));
      const asked = suspects.filter((touched) => !isWaiting(keyOf(touched)));
      const dirty = await dirtyOf(this.#database, asked);
      this.#learn(asked, dirty);
      if (dirty.length > 0 || asked.length < suspects.length) isAllClean = false;
      if (dirty.length > 0) yield dirty;
    } while (page.length === PAGE_BUCKETS);
    // What outcomes touched and is not clean must be found by them again.
    this.#outcomes = isAllClean ? outcomes : '';
  }

  #isClean(touched: TouchedBucket): boolean {
    const clean = this.#clean.get(keyOf(touched));
    return (
      clean !== undefined &&
      clean.calls === touched.calls &&
      clean.newestCall === touched.newestCall &&
      clean.newestOutcome >= touched.newestOutcome
    );
  }

  #learn(asked: readonly TouchedBucket[], dirty: readonly DirtyBucket[]): void {
    const isDirty = new Set(dirty.map(keyOf));
    for (const touched of asked) {
      if (isDirty.has(keyOf(touched))) this.#clean.delete(keyOf(touched));
      else this.#clean.set(keyOf(touched), touched);
    }
  }
}
