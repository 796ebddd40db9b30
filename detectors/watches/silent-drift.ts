import { describeVersions, type FindingDraft, formatCount, formatPoints, formatRate } from '../../src/model/index.js';
import { silentDriftThreshold } from '../statistics/multiplicity/false-alarm-budget.js';
import { ratedCells } from './cells-sql.js';
import { clockWords, draftOf } from './draft.js';
import type { Direction } from './drift-reference.js';
import { type DriftSearch, type DriftStratum, type FoundDrift, findDrift } from './drift-search.js';
import type { Watch, WatchContext, WatchedMetric } from './watch.js';

/** One false silent-drift finding in this time, over all streams. */
const FALSE_ALARM_DAYS = 30;
const BLOCK_SECONDS = 300;
/** Drift is looked for in this time; the reference ends where it begins. */
const WINDOW_SECONDS = 43_200;
const REFERENCE_SECONDS = 28 * 86_400;
/** Outcomes may come this late: failures are often reported before successes, so what is newer is not judged. */
const OUTCOMES_SETTLE_SECONDS = 3600;
/** From this move of a rate on it is an error, not a warning. */
const LARGE_MOVE = 0.05;

/** One stream: a vector's metric in one stratum, hour by hour (reference) or block by block. */
type StreamRow = {
  readonly targetId: string;
  readonly vectorId: string;
  readonly metric: string;
  readonly stratum: string;
  /** Hours of the week, or first seconds of blocks. */
  readonly times: readonly number[];
  readonly n: readonly number[];
  readonly failures: readonly number[];
};

const streams = (time: string) => `
  SELECT target_id AS targetId, vector_id AS vectorId, metric, stratum,
    groupArray(time) AS times, groupArray(units) AS n, groupArray(failed) AS failures
  FROM (
    SELECT target_id, vector_id, metric, stratum, ${time} AS time, sum(n) AS units, sum(failures) AS failed
    FROM ${ratedCells()}
    GROUP BY target_id, vector_id, metric, stratum, time ORDER BY time)
  GROUP BY target_id, vector_id, metric, stratum`;

type Facts = { readonly reference: readonly StreamRow[]; readonly blocks: readonly StreamRow[] };

/** The same vector, nothing deployed, and it behaves differently from the last weeks. */
export const silentDrift: Watch<Facts> = {
  name: 'silent_drift',
  question: 'Does the same version behave differently from how it did in the last weeks?',
  everySeconds: 60,
  holdSeconds: 1800,
  facts: {
    reference: {
      // 1970-01-01 was a Thursday; the week begins on Monday (see hourOfWeek).
      sql: streams('toUInt16((intDiv(toUnixTimestamp(bucket), 3600) + 72) % 168)'),
      lookbackSeconds: REFERENCE_SECONDS,
      endsSecondsAgo: WINDOW_SECONDS,
      goodForSeconds: 7200,
      frozenByFindings: true,
    },
    blocks: {
      sql: streams(`intDiv(toUnixTimestamp(bucket), ${BLOCK_SECONDS}) * ${BLOCK_SECONDS}`),
      lookbackSeconds: WINDOW_SECONDS,
      goodForSeconds: BLOCK_SECONDS,
    },
  },
  judge: (facts, context) =>
    context.metrics.flatMap((watched) =>
      context.vectors.flatMap(({ vectorId }) =>
        directionsOf(watched).flatMap((direction) => judgeStream(facts, context, watched, vectorId, direction)),
      ),
    ),
};

function directionsOf({ twoSided }: WatchedMetric): readonly Direction[] {
  return twoSided ? ['rise', 'fall'] : ['rise'];
}

/** Streams over the whole deployment: each may raise a false alarm. */
function logThreshold({ liveVectors, metrics }: WatchContext): number {
  const streamsInAll =
    Math.max(1, liveVectors) * metrics.reduce((sum, watched) => sum + directionsOf(watched).length, 0);
  const policy = { silentDriftDays: FALSE_ALARM_DAYS, streams: Math.max(1, streamsInAll), blockSeconds: BLOCK_SECONDS };
  return Math.log(silentDriftThreshold(policy));
}

function judgeStream(
  { reference, blocks }: Facts,
  context: WatchContext,
  watched: WatchedMetric,
  vectorId: string,
  direction: Direction,
): FindingDraft[] {
  const { name, readsOutcomes } = watched.metric;
  const isOwn = (row: StreamRow) => row.vectorId === vectorId && row.metric === name;
  // The newest block is still filling.
  const settled = context.until - (readsOutcomes ? OUTCOMES_SETTLE_SECONDS : 0) - BLOCK_SECONDS;
  const strata: DriftStratum[] = blocks.filter(isOwn).flatMap((row) => {
    const known = reference.find((other) => isOwn(other) && other.stratum === row.stratum);
    return known ? [{ hours: hoursOf(known), blocks: blocksOf(row).filter(({ at }) => at <= settled) }] : [];
  });
  const search: DriftSearch = {
    strata,
    direction,
    tolerated: watched.floor,
    blockSeconds: BLOCK_SECONDS,
    logThreshold: logThreshold(context),
  };
  const drift = findDrift(search);
  return drift === null ? [] : [finding(context, watched, vectorId, direction, drift, search.logThreshold)];
}

function hoursOf({ times, n, failures }: StreamRow): DriftStratum['hours'] {
  return new Map(times.map((hour, index) => [hour, { n: n[index] ?? 0, failures: failures[index] ?? 0 }]));
}

function blocksOf({ times, n, failures }: StreamRow): DriftStratum['blocks'][number][] {
  return times.map((at, index) => ({ at, n: n[index] ?? 0, failures: failures[index] ?? 0 }));
}

function finding(
  context: WatchContext,
  { metric }: WatchedMetric,
  vectorId: string,
  direction: Direction,
  drift: FoundDrift,
  threshold: number,
): FindingDraft {
  const versions = context.vectors.find((vector) => vector.vectorId === vectorId)?.values;
  const { since, after, expectedRate, comparedWith, interval } = drift;
  const rate = after.failures / after.n;
  const points = (proportion: number) => proportion * 100;
  const moved = direction === 'rise' ? 'rose' : 'fell';
  return draftOf(silentDrift, context, {
    metric: metric.name,
    subject: `${vectorId} ${direction}`,
    severity: Math.abs(rate - expectedRate) >= LARGE_MOVE ? 'error' : 'warning',
    title: `${metric.name} ${moved} to ${formatRate(rate)} although no version changed`,
    sentence:
      `${describeVersions(versions ?? {})}: since ${clockWords(since)} ${formatRate(rate)} of ${formatCount(after.n)} calls are ` +
      `"${metric.failure}", where ${formatRate(expectedRate)} was usual (${comparedWith}); the version is the same, ` +
      'so look at the provider, the data, or what feeds the context.',
    method:
      `e-SR change-point on ${BLOCK_SECONDS / 60}-minute blocks within context sizes against the ${comparedWith} of the last ` +
      `${REFERENCE_SECONDS / 86_400} days; one false finding in ${FALSE_ALARM_DAYS} days over all targets`,
    n: { 'since the change': after.n, reference: drift.referenceUnits },
    effect: {
      estimate: points(rate - expectedRate),
      lower: points(interval.lower - expectedRate),
      upper: points(interval.upper - expectedRate),
      level: drift.level,
      unit: 'percentage points',
    },
    evidence: { logE: drift.logE, logThreshold: threshold },
    ...(versions && { versions }),
    behind: { targetId: context.targetId, vectorId, metric: metric.name, since, until: context.until },
    details: {
      comparedWith,
      since: new Date(since * 1000).toISOString(),
      move: `${formatPoints(rate - expectedRate)} points`,
    },
  });
}
