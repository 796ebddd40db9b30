import {
  DOWNSTREAM_FAILURE,
  HISTOGRAM_GAMMA,
  HISTOGRAM_ZERO_BUCKET,
  type Metric,
  TASK_SUCCESS,
} from '../../model/index.js';
import type { DirtyBucket } from './dirty-buckets.js';

/** How far around a bucket the other calls of its traces are looked for, seconds. */
const TRACE_REACH_SECONDS = 3600;

/** Resolution of the coarsest client clock in use. */
const CLIENT_CLOCK_STEP_MS = 1;

/** What {@link countingStatement} is asked with. */
export function countingParameters(buckets: readonly DirtyBucket[], revision: number) {
  const seconds = buckets.map(({ bucket }) => bucket);
  return {
    targets: buckets.map(({ targetId }) => targetId),
    buckets: seconds,
    from: Math.min(...seconds) - TRACE_REACH_SECONDS,
    until: Math.max(...seconds) + TRACE_REACH_SECONDS,
    revision,
  };
}

/** Sums of scores are the same in whatever order they are added. */
export const SCORE_DECIMALS = 9;

/**
 * One metric's counts over a group of calls, as `(metric, n, failures, score sum, histogram)`. Metric expressions are Leeway's own source
 * text (see model/detector.ts), never input.
 */
function countsSql({ name, countedSql, failedSql, scoreSql, measureSql }: Metric): string {
  const counted = measureSql === undefined ? countedSql : `(${countedSql}) AND (${measureSql}) >= 0`;
  const failed = measureSql === undefined ? failedSql : 'false';
  const score = scoreSql ?? `if(${failed}, 0, 1)`;
  const bucket =
    measureSql === undefined
      ? ''
      : `toInt16(greatest(${HISTOGRAM_ZERO_BUCKET}, ceil(log(ifNull(${measureSql}, 0)) / log(${HISTOGRAM_GAMMA}) - 1e-9)))`;
  const histogram =
    bucket === ''
      ? `([]::Array(Int16), []::Array(UInt64))`
      : `sumMapIf([${bucket}], [toUInt64(1)], ifNull(${counted}, false))`;
  return (
    `('${name}', countIf(${counted}), countIf((${counted}) AND ifNull(${failed}, false)), ` +
    `round(sumIf(toFloat64(ifNull(${score}, 0)), ifNull(${counted}, false)), ${SCORE_DECIMALS}), ${histogram})`
  );
}

/**
 * Counts something about the calls of {@link countingParameters}' buckets. Metrics that read outcomes are counted apart: the
 * engine plans a metric anew for each column of each table that is joined below it, and with all of them above the joins
 * planning took longer than counting.
 * @param select what to count from a source of calls, given the expression of all metrics' counts as an array of
 *     `(metric, n, failures, score sum, histogram)`
 */
export function countingStatement(
  metrics: readonly Metric[],
  select: (source: 'calls' | 'judged', counts: string) => string,
): string {
  const [late, early] = [true, false].map((isLate) =>
    metrics.filter((metric) => (metric.readsOutcomes ?? false) === isLate),
  );
  const parts = (
    [
      ['calls', early ?? []],
      ['judged', late ?? []],
    ] as const
  ).flatMap(([source, own]) => (own.length === 0 ? [] : select(source, `[${own.map(countsSql).join(',\n')}]`)));
  return `
    WITH
      wanted AS (
        SELECT pair.1 AS target_id, toDateTime(pair.2, 'UTC') AS bucket
        FROM (SELECT arrayJoin(arrayZip({targets:Array(String)}, {buckets:Array(UInt32)})) AS pair)
      ),
      calls AS (
        SELECT *, bucket FROM generations
        WHERE target_id IN {targets:Array(String)} AND (target_id, bucket) IN (SELECT target_id, bucket FROM wanted)
        ORDER BY revision DESC LIMIT 1 BY trace_id, span_id
      ),
      ${scoresSql()},
      ${blamedSql()},
      judged AS (
        SELECT calls.*, calls.bucket AS bucket, scores.task_score AS task_score,
          toUInt8(blamed.failures > 0) AS downstream_failed
        FROM calls
        LEFT JOIN scores ON scores.trace_id = calls.trace_id AND scores.span_id = calls.span_id
        LEFT JOIN blamed ON blamed.trace_id = calls.trace_id AND blamed.span_id = calls.span_id
      )
    ${parts.join(' UNION ALL ')}
    SETTINGS join_use_nulls = 1`;
}

/** An outcome finds its call by trace (and span, if it names one), else by response id, else by span id; the newest counts. */
export function scoresSql(): string {
  const outcomes = (condition: string) =>
    `(SELECT * FROM outcomes WHERE name = '${TASK_SUCCESS}' AND ${condition} ORDER BY loaded_at DESC, time DESC LIMIT 1 BY id)`;
  return `
      scores AS (
        SELECT trace_id, span_id, argMax(value, time) AS task_score FROM (
          SELECT calls.trace_id AS trace_id, calls.span_id AS span_id, o.value AS value, o.time AS time
            FROM calls INNER JOIN ${outcomes('trace_id IN (SELECT trace_id FROM calls)')} AS o ON o.trace_id = calls.trace_id
            WHERE o.span_id = '' OR o.span_id = calls.span_id
          UNION ALL
          SELECT calls.trace_id, calls.span_id, o.value, o.time
            FROM calls INNER JOIN ${outcomes(`trace_id = '' AND response_id != '' AND response_id IN (SELECT response_id FROM calls)`)} AS o
            ON o.response_id = calls.response_id
          UNION ALL
          SELECT calls.trace_id, calls.span_id, o.value, o.time
            FROM calls INNER JOIN ${outcomes(`trace_id = '' AND span_id != '' AND span_id IN (SELECT span_id FROM calls)`)} AS o
            ON o.span_id = calls.span_id
        ) GROUP BY trace_id, span_id
      )`;
}

/**
 * A failed span is blamed on the last call of its trace that had ended when it began. Clients with clocks of whole
 * milliseconds for starts and finer ones for durations (OpenTelemetry for JavaScript) report a step that follows at once
 * as beginning up to a millisecond before the call ended.
 */
export function blamedSql(): string {
  return `
      blamed AS (
        SELECT trace_id, span_id, count() AS failures FROM (
          SELECT o.id AS id, g.trace_id AS trace_id, argMax(g.span_id, g.end_time) AS span_id
          FROM (SELECT id, trace_id, time FROM outcomes
                WHERE name = '${DOWNSTREAM_FAILURE}' AND trace_id IN (SELECT trace_id FROM calls)) AS o
          INNER JOIN (SELECT trace_id, span_id, end_time FROM generations
                WHERE trace_id IN (SELECT trace_id FROM calls)
                  AND start_time BETWEEN toDateTime64({from:Int64}, 9, 'UTC')
                    AND toDateTime64({until:Int64}, 9, 'UTC')) AS g
            ON g.trace_id = o.trace_id
          WHERE g.end_time <= o.time + INTERVAL ${CLIENT_CLOCK_STEP_MS} MILLISECOND
          GROUP BY id, trace_id
        ) GROUP BY trace_id, span_id
      )`;
}
