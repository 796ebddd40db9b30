import type { FailureCounts } from '../statistics/counts.js';
import { HOURS_A_WEEK, hourOfWeek } from '../statistics/hour-of-week-reference.js';
import { lowerFailureRate, upperFailureRate } from '../statistics/reference/proportion-intervals.js';

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

/** Fewer units than this are no reference. */
const MINIMUM_UNITS = 200;

/** Hours of the week that must have been seen before one block is compared with another hour's. */
const MINIMUM_HOURS = 6;

/** Level of the one-sided Clopper-Pearson bound. */
const LEVEL = 0.99;

/** A null rate of 0 or 1 would make one surprise infinite evidence, or no evidence possible. */
const CLOSEST_TO_CERTAIN = 1e-6;
const HOURS_A_DAY = 24;

/**
 * What is usual at a time: the same hour of the week, with too little of it the same hour of the day, else all hours; then the
 * worst hour counts, because what an hour that was never seen does is not known. `null` without a reference.
 * @param timeMs time of the block
 * @param tolerated how far the rate may move beyond the reference, as a difference of rates
 */
export function expectationAt(
  hours: HourlyCounts,
  timeMs: number,
  direction: Direction,
  tolerated: number,
): Expectation | null {
  const hour = hourOfWeek(timeMs);
  const ofWeek = hours.get(hour);
  if (ofWeek && ofWeek.n >= MINIMUM_UNITS) return expectation('same hour of the week', [ofWeek], direction, tolerated);
  const ofDay = sum(
    range(HOURS_A_WEEK / HOURS_A_DAY).map((day) => hours.get((hour % HOURS_A_DAY) + day * HOURS_A_DAY)),
  );
  if (ofDay.n >= MINIMUM_UNITS) return expectation('same hour of the day', [ofDay], direction, tolerated);
  const known = [...hours.values()].filter(({ n }) => n >= MINIMUM_UNITS);
  return known.length < MINIMUM_HOURS ? null : expectation('all hours', known, direction, tolerated);
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
