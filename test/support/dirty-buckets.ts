import type { Database } from '../../src/store/index.js';
import {
  type DirtyBucket,
  dirtyOf,
  type TouchedBucket,
  touchedBuckets,
} from '../../src/store/queries/dirty-buckets.js';

/** The first buckets that are to be closed, without the memory that the closer's search has. */
export async function dirtyBuckets(
  database: Database,
  { limit, ...question }: { readonly sinceMs: number; readonly closableBefore: number; readonly limit: number },
): Promise<DirtyBucket[]> {
  const dirty: DirtyBucket[] = [];
  let page: TouchedBucket[] = [];
  do {
    page = await touchedBuckets(database, { ...question, limit, after: page.at(-1) ?? null });
    dirty.push(...(await dirtyOf(database, page)));
  } while (page.length === limit && dirty.length < limit);
  return dirty.slice(0, limit);
}
