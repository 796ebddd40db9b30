import type { VectorCounts } from '../../model/index.js';
import type { Database } from '../database.js';

/** Units and failures of each vector and stratum of a target in a time, shadow calls left out. Reads cells only. */
export async function vectorCounts(
  database: Database,
  { targetId, since, until }: { readonly targetId: string; readonly since: number; readonly until: number },
): Promise<VectorCounts[]> {
  const inTime = `target_id = {targetId:String} AND bucket >= toDateTime({since:Int64}, 'UTC')
    AND bucket < toDateTime({until:Int64}, 'UTC')`;
  return database.query<VectorCounts>(
    `SELECT vector_id AS vectorId, stratum, metric, sum(units) AS n, sum(failed) AS failures FROM (
       SELECT vector_id, stratum, metric, cells.n AS units, cells.failures AS failed FROM cells
       WHERE ${inTime} AND arm != 'shadow' AND (bucket, revision) IN (
         SELECT bucket, max(revision) FROM bucket_closes WHERE ${inTime} GROUP BY bucket)
       LIMIT 1 BY bucket, metric, stratum, vector_id, arm)
     GROUP BY vector_id, stratum, metric ORDER BY vector_id, stratum, metric`,
    { targetId, since, until },
  );
}
