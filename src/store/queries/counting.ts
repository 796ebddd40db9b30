import {
  DOWNSTREAM_FAILURE,
  HISTOGRAM_GAMMA,
  HISTOGRAM_ZERO_BUCKET,
  type Metric,
  TASK_SUCCESS,
} from '../../model/index.js';
import type { DirtyBucket } from './dirty-buckets.js';
import type { OutcomeKeys } from './outcome-keys.js';

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
 * planning took longer than counting. Where there are no outcomes nothing is joined.
 * @param keys by what outcomes name their calls: each of the ways reads the calls once more
 * @param select what to count from a source of calls, given the expression of all metrics' counts as an array of
 *     `(metric, n, failures, score sum, histogram)`
 */
export function countingStatement(
  metrics: readonly Metric[],
  keys: OutcomeKeys,
  select: (source: 'calls' | 'judged', counts: string) => string,
): string {
  const isJudged = ({ readsOutcomes = false }: Metric): boolean => readsOutcomes || !hasAny(keys);
  const parts = ([false, true] as const).flatMap((judged) => {
    const own = metrics.filter((metric) => isJudged(metric) === judged);
    return own.length === 0 ? [] : select(judged ? 'judged' : 'calls', `[${own.map(countsSql).join(',\n')}]`);
  });
  return `
    WITH
      wanted AS (
        SELECT pair.1 AS target_id, toDateTime(pair.2, 'UTC') AS bucket
        FROM (SELECT arrayJoin(arrayZip({targets:Array(String)}, {buckets:Array(UInt32)})) AS pair)
      ),
      found AS (
        SELECT *, bucket FROM generations
        WHERE target_id IN {targets:Array(String)} AND (target_id, bucket) IN (SELECT target_id, bucket FROM wanted)
      ),
      calls AS (SELECT * FROM found ORDER BY revision DESC LIMIT 1 BY trace_id, span_id),
      ${judgedSql(keys, 'found')}
    ${parts.join(' UNION ALL ')}
    SETTINGS join_use_nulls = 1`;
}

function hasAny({ byTrace, byResponse, bySpan }: OutcomeKeys): boolean {
  return byTrace || byResponse || bySpan;
}

/**
 * The expressions that make `judged` of `calls`: the same rows with `task_score` and `downstream_failed`.
 * @param found where the ids of the calls are looked up; a call may stand in it more than once
 */
export function judgedSql(keys: OutcomeKeys, found: string): string {
  if (!hasAny(keys))
    return `judged AS (SELECT *, CAST(NULL, 'Nullable(Float64)') AS task_score, toUInt8(0) AS downstream_failed FROM calls)`;
  const joined = keys.byTrace ? ['scores', 'blamed'] : ['scores'];
  return `
      ${scoresSql(keys, found)},
      ${keys.byTrace ? `${blamedSql(found)},` : ''}
      judged AS (
        SELECT calls.* EXCEPT (trace_id, span_id), calls.trace_id AS trace_id, calls.span_id AS span_id,
          scores.task_score AS task_score,
          toUInt8(${keys.byTrace ? 'ifNull(blamed.failures, 0) > 0' : '0'}) AS downstream_failed
        FROM calls ${joined.map(joinedToCalls).join(' ')}
      )`;
}

function joinedToCalls(name: string): string {
  return `LEFT JOIN ${name} ON ${name}.trace_id = calls.trace_id AND ${name}.span_id = calls.span_id`;
}

/** An outcome finds its call by trace (and span, if it names one), else by response id, else by span id; the newest counts. */
function scoresSql({ byTrace, byResponse, bySpan }: OutcomeKeys, found: string): string {
  const joined = (on: string, condition: string, where = 'true') => `
          SELECT f.trace_id AS trace_id, f.span_id AS span_id, o.value AS value, o.time AS time
            FROM (SELECT trace_id, span_id, response_id FROM ${found}) AS f INNER JOIN (
              SELECT * FROM outcomes WHERE name = '${TASK_SUCCESS}' AND ${condition} ${on} IN (SELECT ${on} FROM ${found})
              ORDER BY loaded_at DESC, time DESC LIMIT 1 BY id) AS o ON o.${on} = f.${on}
            WHERE ${where}`;
  const ways = [
    byTrace ? joined('trace_id', '', "o.span_id = '' OR o.span_id = f.span_id") : '',
    byResponse ? joined('response_id', "trace_id = '' AND response_id != '' AND") : '',
    bySpan ? joined('span_id', "trace_id = '' AND span_id != '' AND") : '',
  ].filter((way) => way !== '');
  return `
      scores AS (
        SELECT trace_id, span_id, argMax(value, time) AS task_score FROM (${ways.join(' UNION ALL ')})
        GROUP BY trace_id, span_id
      )`;
}

/**
 * A failed span is blamed on the last call of its trace that had ended when it began. Clients with clocks of whole
 * milliseconds for starts and finer ones for durations (OpenTelemetry for JavaScript) report a step that follows at once
 * as beginning up to a millisecond before the call ended.
 */
function blamedSql(found: string): string {
  const failed = `SELECT id, trace_id, time FROM outcomes
                WHERE name = '${DOWNSTREAM_FAILURE}' AND trace_id IN (SELECT trace_id FROM ${found})`;
  return `
      blamed AS (
        SELECT trace_id, span_id, count() AS failures FROM (
          SELECT o.id AS id, g.trace_id AS trace_id, argMax(g.span_id, g.end_time) AS span_id
          FROM (${failed}) AS o
          INNER JOIN (SELECT trace_id, span_id, end_time FROM generations
                WHERE trace_id IN (SELECT trace_id FROM (${failed}))
                  AND start_time BETWEEN toDateTime64({from:Int64}, 9, 'UTC')
                    AND toDateTime64({until:Int64}, 9, 'UTC')) AS g
            ON g.trace_id = o.trace_id
          WHERE g.end_time <= o.time + INTERVAL ${CLIENT_CLOCK_STEP_MS} MILLISECOND
          GROUP BY id, trace_id
        ) GROUP BY trace_id, span_id
      )`;
}
