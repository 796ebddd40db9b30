import type { FailureCounts } from '../statistics/counts.js';
import { HOURS_A_WEEK, hourOfWeek } from '../statistics/hour-of-week-reference.js';
import { lowerFailureRate, upperFailureRate } from '../statistics/reference/proportion-intervals.js';
import { chiSquaredSurvival } from '../statistics/special/chi-squared.js';

/** Counts of one stream by hour of the week (0 to 167); hours without any are left out. */
export type HourlyCounts = ReadonlyMap<number, FailureCounts>;

export type Direction = 'rise' | 'fall';

/** What a block is compared with. */
export interface Expectation {
  readonly comparedWith: 'same hour of the week' | 'same hour of the day' | 'all hours';
  /** The rate that was usual. */
  readonly rate: number;
  /** The rate a block may have without being drift: the pessimistic side of what was usual. */
  readonly nullFailureRate: number;
}

/** An hour with this many units speaks for itself. */
const MANY_UNITS = 2000;

/** Fewer units than this are no reference. */
const MINIMUM_UNITS = 200;

/** Hours of the week that must have been seen before one block is compared with another hour's. */
const MINIMUM_HOURS = 6;

/** Hours of the day with fewer units than this do not tell whether there is a rhythm. */
const MINIMUM_RHYTHM_UNITS = 50;

/** Hours of the day that differ more than chance would: there is a rhythm. */
const RHYTHM_BELOW_P = 0.01;

/** Level of the one-sided Clopper-Pearson bound. */
const LEVEL = 0.99;

/** A null rate of 0 or 1 would make one surprise infinite evidence, or no evidence possible. */
const CLOSEST_TO_CERTAIN = 1e-6;
const HOURS_A_DAY = 24;

/** What is usual at a time (ms); `null` without a reference. */
export type ReferenceLookup = (timeMs: number) => Expectation | null;

/**
 * What is usual at a time: the same hour of the week where there is much of it, else the same hour of the day, else all hours
 * as long as they are alike. If they are not, the nearest hour that is known at all; and for an hour that was never seen the
 * worst one, because what it does is not known. Decided by the reference alone, before any block.
 * @param tolerated how far the rate may move beyond the reference, as a difference of rates
 */
export function referenceLookup(hours: HourlyCounts, direction: Direction, tolerated: number): ReferenceLookup {
  const byDay = hoursOfDay(hours);
  const known = byDay.filter(({ n }) => n >= MINIMUM_RHYTHM_UNITS);
  const all = sum([...hours.values()]);
  const isFlat = known.length >= MINIMUM_HOURS && all.n >= MINIMUM_UNITS && rhythmP(known) >= RHYTHM_BELOW_P;
  const worst = byDay.filter(({ n }) => n >= MINIMUM_UNITS);
  const expect = (comparedWith: Expectation['comparedWith'], counts: readonly FailureCounts[]) =>
    expectation(comparedWith, counts, direction, tolerated);
  const ofHour = (hour: number): Expectation | null => {
    const ofWeek = hours.get(hour) ?? NOTHING;
    const ofDay = byDay[hour % HOURS_A_DAY] ?? NOTHING;
    for (const enough of [MANY_UNITS, MINIMUM_UNITS]) {
      if (ofWeek.n >= enough) return expect('same hour of the week', [ofWeek]);
      if (ofDay.n >= enough) return expect('same hour of the day', [ofDay]);
      if (isFlat) return expect('all hours', [all]);
    }
    return worst.length < MINIMUM_HOURS ? null : expect('all hours', worst);
  };
  const kept = new Map<number, Expectation | null>();
  return (timeMs) => {
    const hour = hourOfWeek(timeMs);
    const before = kept.get(hour);
    if (before !== undefined) return before;
    const answer = ofHour(hour);
    kept.set(hour, answer);
    return answer;
  };
}

const NOTHING: FailureCounts = { n: 0, failures: 0 };

function hoursOfDay(hours: HourlyCounts): FailureCounts[] {
  return range(HOURS_A_DAY).map((hour) =>
    sum(range(HOURS_A_WEEK / HOURS_A_DAY).map((day) => hours.get(hour + day * HOURS_A_DAY))),
  );
}

/** p of "all hours of the day have one rate" (Pearson). */
function rhythmP(hours: readonly FailureCounts[]): number {
  const all = sum(hours);
  const rate = all.failures / all.n;
  if (rate === 0 || rate === 1) return 1;
  const statistic = hours.reduce(
    (total, { n, failures }) => total + (failures - n * rate) ** 2 / (n * rate * (1 - rate)),
    0,
  );
  return chiSquaredSurvival(statistic, hours.length - 1);
}

function expectation(
  comparedWith: Expectation['comparedWith'],
  counts: readonly FailureCounts[],
  direction: Direction,
  tolerated: number,
): Expectation {
  const all = sum(counts);
  const rate =
    direction === 'rise'
      ? Math.max(...counts.map((one) => upperFailureRate(one, LEVEL))) + tolerated
      : Math.min(...counts.map((one) => lowerFailureRate(one, LEVEL))) - tolerated;
  return {
    comparedWith,
    rate: all.failures / all.n,
    nullFailureRate: Math.min(1 - CLOSEST_TO_CERTAIN, Math.max(CLOSEST_TO_CERTAIN, rate)),
  };
}

function sum(counts: readonly (FailureCounts | undefined)[]): FailureCounts {
  let n = 0;
  let failures = 0;
  for (const one of counts) {
    n += one?.n ?? 0;
    failures += one?.failures ?? 0;
  }
  return { n, failures };
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
