import type { Database } from '../database.js';
import { type BucketKey, type DirtyBucket, dirtyBucket, storedBuckets } from './dirty-buckets.js';
import { SESSION_REACH_SECONDS } from './session-units.js';

/**
 * Closed buckets of a target from `since` (Unix seconds) on whose calls name sessions that their last close has not counted.
 * Reads one column of the calls of these buckets, and more only of those that it finds.
 */
export async function bucketsWithoutSessions(
  database: Database,
  { targetId, since }: { targetId: string; since: number },
): Promise<DirtyBucket[]> {
  const keys = await database.query<BucketKey>(
    `SELECT DISTINCT target_id AS targetId, toUnixTimestamp(bucket) AS bucket FROM generations
     WHERE target_id = {targetId:String} AND bucket >= toDateTime({since:Int64}, 'UTC') AND session_id != ''
       AND generations.bucket IN (
         SELECT bucket FROM bucket_closes WHERE target_id = {targetId:String} AND bucket >= toDateTime({since:Int64}, 'UTC')
         GROUP BY bucket HAVING NOT argMax(with_sessions, revision))
     ORDER BY bucket`,
    { targetId, since },
  );
  return toBeClosed(database, keys);
}

/**
 * Closed buckets in which a session counts as failed for the first time, while one of these buckets, which is earlier, now has
 * a failure of it too: labels may come in any order. Reads what was counted of the sessions of the hour behind each bucket.
 * @param revision of the close that has just counted these buckets
 */
export async function overtakenBuckets(
  database: Database,
  { buckets, revision }: { buckets: readonly BucketKey[]; revision: number },
): Promise<DirtyBucket[]> {
  if (buckets.length === 0) return [];
  const seconds = buckets.map(({ bucket }) => bucket);
  const keys = await database.query<BucketKey>(
    `SELECT DISTINCT target_id AS targetId, toUnixTimestamp(later.bucket) AS bucket
     FROM session_counts AS later
     INNER JOIN (
       SELECT target_id, session, metric, min(session_counts.bucket) AS first FROM session_counts
       WHERE target_id IN {targets:Array(String)} AND bucket >= toDateTime({from:Int64}, 'UTC')
         AND bucket <= toDateTime({until:Int64}, 'UTC') AND revision = {revision:UInt64} AND session != 0 AND failures > 0
       GROUP BY target_id, session, metric) AS failed USING (target_id, session, metric)
     WHERE target_id IN {targets:Array(String)} AND later.bucket > toDateTime({from:Int64}, 'UTC')
       AND later.bucket <= toDateTime({until:Int64} + ${SESSION_REACH_SECONDS}, 'UTC')
       AND later.bucket > failed.first AND later.bucket <= failed.first + ${SESSION_REACH_SECONDS}
       AND later.failures > 0 AND later.revision < {revision:UInt64}
       AND (target_id, later.bucket, later.revision) IN (
         SELECT target_id, bucket, max(revision) FROM bucket_closes
         WHERE target_id IN {targets:Array(String)} AND bucket > toDateTime({from:Int64}, 'UTC')
           AND bucket <= toDateTime({until:Int64} + ${SESSION_REACH_SECONDS}, 'UTC')
         GROUP BY target_id, bucket)
     ORDER BY bucket`,
    {
      targets: [...new Set(buckets.map(({ targetId }) => targetId))],
      from: Math.min(...seconds),
      until: Math.max(...seconds),
      revision,
    },
  );
  return toBeClosed(database, keys);
}

/** What their last close has not seen yet stays unseen: it is for the search to find. */
async function toBeClosed(database: Database, keys: readonly BucketKey[]): Promise<DirtyBucket[]> {
  if (keys.length === 0) return [];
  const stored = await storedBuckets(database, keys);
  return keys.flatMap((key) => {
    const { present, closed } = stored(key);
    if (present === undefined || closed === undefined) return [];
    return [dirtyBucket({ ...present, generations: closed.generations }, closed, closed.newest)];
  });
}
