import type { Metric } from '../../model/index.js';
import type { Database } from '../database.js';
import { countingParameters, countingStatement, SCORE_DECIMALS } from './counting.js';
import type { DirtyBucket } from './dirty-buckets.js';
import type { OutcomeKeys } from './outcome-keys.js';

/** A session's earlier calls and failures are looked back for so long; one that lives on begins anew. */
export const SESSION_REACH_SECONDS = 3600;
/** Sessions that have got further than 2^MAX_PROGRESS calls are compared with each other. */
const MAX_PROGRESS = 6;

export interface CountedSessions {
  /** With at least one session. */
  readonly buckets: readonly DirtyBucket[];
  readonly metrics: readonly Metric[];
  readonly keys: OutcomeKeys;
  readonly revision: number;
}

/**
 * Counts the units of evidence of buckets with sessions: a session counts in a metric until its first failure, and its calls
 * stand beside calls of sessions that had got as far. Under the null hypothesis sessions with equal pasts are exchangeable
 * between the arms however much the calls of one have in common, which calls are not; later failures of one session
 * are no news (Mantel 1966 counts deaths beside those at risk in the same way). Calls without a session count one by one,
 * and those of a session that fails more than once within a bucket once. Reads the calls of these buckets, and what was
 * counted of their sessions in the hour before. Shadow calls repeat a live call of their session and are left out.
 */
export async function countSessions(
  database: Database,
  { buckets, metrics, keys, revision }: CountedSessions,
): Promise<void> {
  if (buckets.length === 0) return;
  const counted = metrics.filter(({ measureSql }) => measureSql === undefined);
  const parameters = countingParameters(buckets, revision);
  await database.command(countsStatement(counted, keys), parameters);
  const seconds = parameters.buckets;
  await database.command(UNITS_STATEMENT, {
    ...parameters,
    from: Math.min(...seconds) - SESSION_REACH_SECONDS,
    until: Math.max(...seconds),
  });
}

function countsStatement(metrics: readonly Metric[], keys: OutcomeKeys): string {
  return `
    INSERT INTO session_counts (target_id, bucket, session, metric, stratum, vector_id, arm, n, failures, score_sum, revision)
    ${countingStatement(
      metrics,
      keys,
      (source, counts) => `
      SELECT target_id, bucket, session, counts.1 AS metric, stratum, vector_id, arm, counts.2 AS n, counts.3 AS failures,
        counts.4 AS score_sum, {revision:UInt64} AS revision
      FROM (
        SELECT target_id, bucket, if(session_id = '', 0, cityHash64(session_id)) AS session, stratum, vector_id, arm,
          arrayJoin(${counts}) AS counts
        FROM ${source} WHERE arm != 'shadow' GROUP BY target_id, bucket, session, stratum, vector_id, arm
      )
      WHERE n > 0`,
    )}`;
}

const WANTED = `(target_id, bucket) IN (
  SELECT pair.1, toDateTime(pair.2, 'UTC') FROM (SELECT arrayJoin(arrayZip({targets:Array(String)}, {buckets:Array(UInt32)})) AS pair))`;

/** An earlier count of a bucket may hold a call in another stratum or vector: only the newest of each bucket is true. */
const NEWEST = `target_id IN {targets:Array(String)}
  AND bucket BETWEEN toDateTime({from:Int64}, 'UTC') AND toDateTime({until:Int64}, 'UTC')
  AND (target_id, bucket, revision) IN (
    SELECT target_id, bucket, max(revision) FROM session_counts
    WHERE target_id IN {targets:Array(String)}
      AND bucket BETWEEN toDateTime({from:Int64}, 'UTC') AND toDateTime({until:Int64}, 'UTC')
    GROUP BY target_id, bucket)`;

const UNITS_STATEMENT = `
  INSERT INTO session_cells (target_id, bucket, metric, stratum, vector_id, arm, progress, n, failures, score_sum, revision)
  SELECT target_id, bucket, metric, stratum, vector_id, arm, progress,
    sum(unit.1) AS n, sum(unit.2) AS failures, round(sum(unit.3), ${SCORE_DECIMALS}) AS score_sum,
    {revision:UInt64} AS revision
  FROM (
    SELECT target_id, bucket, metric, stratum, vector_id, arm,
      if(session = 0, 0, least(${MAX_PROGRESS}, toUInt8(floor(log2(n_before + 1))))) AS progress,
      multiIf(
        session = 0, (toUInt64(n), toUInt64(failures), score_sum),
        failures_before > 0, (toUInt64(0), toUInt64(0), toFloat64(0)),
        failures > 0, (toUInt64(1), toUInt64(1), score_sum / n),
        (toUInt64(n), toUInt64(0), score_sum)) AS unit
    FROM (
      SELECT target_id, bucket, session, metric, stratum, vector_id, arm, n, failures, score_sum,
        sum(n) OVER past AS n_before, sum(failures) OVER past AS failures_before
      FROM (
        SELECT * FROM session_counts
        WHERE ${NEWEST} AND session IN (SELECT session FROM session_counts WHERE ${WANTED})
        LIMIT 1 BY target_id, bucket, session, metric, stratum, vector_id, arm
      )
      WINDOW past AS (PARTITION BY target_id, session, metric ORDER BY toUnixTimestamp(bucket)
        RANGE BETWEEN ${SESSION_REACH_SECONDS} PRECEDING AND 1 PRECEDING)
    )
    WHERE ${WANTED}
  )
  GROUP BY target_id, bucket, metric, stratum, vector_id, arm, progress`;
