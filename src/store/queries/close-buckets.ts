import type { Metric } from '../../model/index.js';
import type { Database } from '../database.js';
import { countingParameters, countingStatement } from './counting.js';
import type { DirtyBucket } from './dirty-buckets.js';
import { type OutcomeKeys, outcomeKeys } from './outcome-keys.js';
import { countSessions } from './session-units.js';

export interface ClosedBuckets {
  readonly buckets: readonly DirtyBucket[];
  readonly metrics: readonly Metric[];
  readonly revision: number;
  readonly closedAtMs: number;
  readonly sessionTargets?: ReadonlySet<string>;
}

/**
 * Counts the buckets and publishes the counts: each call once (newest revision), outcomes joined, one cell a metric,
 * stratum, vector and arm. Reads the calls of these buckets and of their traces.
 * @param revision higher than any before for these buckets
 * @param sessionTargets targets in which the sessions of calls are counted too
 */
export async function closeBuckets(
  database: Database,
  { buckets, metrics, revision, closedAtMs, sessionTargets = new Set() }: ClosedBuckets,
): Promise<void> {
  if (buckets.length === 0) return;
  // What comes after this is loaded after what the buckets were found by: they are dirty again.
  const keys = await outcomeKeys(database);
  await database.command(cellsStatement(metrics, keys), countingParameters(buckets, revision));
  const withSessions = new Set(buckets.filter((bucket) => bucket.hasSessions && sessionTargets.has(bucket.targetId)));
  await countSessions(database, { buckets: [...withSessions], metrics, keys, revision });
  await database.insert(
    'bucket_closes',
    buckets.map((closed) => ({
      target_id: closed.targetId,
      bucket: closed.bucket,
      revision,
      generations: closed.generations,
      with_sessions: withSessions.has(closed),
      newest_loaded_at: new Date(closed.newestLoadedAt).toISOString(),
      closed_at: new Date(closedAtMs).toISOString(),
    })),
  );
}

function cellsStatement(metrics: readonly Metric[], keys: OutcomeKeys): string {
  return `
    INSERT INTO cells (target_id, bucket, metric, stratum, vector_id, arm, n, failures, score_sum, histogram_buckets,
      histogram_counts, revision)
    ${countingStatement(
      metrics,
      keys,
      (source, counts) => `
      SELECT target_id, bucket, counts.1 AS metric, stratum, vector_id, arm, counts.2 AS n, counts.3 AS failures,
        counts.4 AS score_sum, counts.5.1 AS histogram_buckets, counts.5.2 AS histogram_counts,
        {revision:UInt64} AS revision
      FROM (
        SELECT target_id, bucket, stratum, vector_id, arm, arrayJoin(${counts}) AS counts
        FROM ${source} GROUP BY target_id, bucket, stratum, vector_id, arm
      )
      WHERE n > 0`,
    )}`;
}

/**
 * How late rows arrive: the 99th percentile of (loaded − started), seconds, of what was loaded in the last ten minutes;
 * 0 without any. Reads two columns of ten minutes of calls.
 */
export async function arrivalLagSeconds(database: Database): Promise<number> {
  const rows = await database.query<{ lag: number | null }>(
    `SELECT quantile(0.99)(dateDiff('millisecond', start_time, loaded_at)) / 1000 AS lag
     FROM generations WHERE loaded_at > now64(3) - INTERVAL 10 MINUTE`,
  );
  return Math.max(0, rows[0]?.lag ?? 0);
}

/** The newest `loaded_at` that any close has seen. Buckets that were open then may hold earlier rows. Reads one column. */
export async function newestClosedLoad(database: Database): Promise<number> {
  const rows = await database.query<{ at: number }>(
    'SELECT toUnixTimestamp64Milli(max(newest_loaded_at)) AS at FROM bucket_closes',
  );
  return Math.max(0, rows[0]?.at ?? 0);
}
