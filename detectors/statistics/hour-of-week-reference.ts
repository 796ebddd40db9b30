import { type FailureCounts, requireFailureCounts, requireProbability } from './counts.js';
import { lowerFailureRate, upperFailureRate } from './reference/proportion-intervals.js';

const MS_AN_HOUR = 3_600_000;
export const HOURS_A_WEEK = 168;

/** 1970-01-01 was a Thursday: three days after the Monday with which the week begins. */
const EPOCH_HOUR_OF_WEEK = 72;

/** An hour of the week with fewer units than this is judged by the whole week. */
const MINIMUM_UNITS = 200;

/** Level of the one-sided Clopper-Pearson bound. */
const LEVEL = 0.99;

/** A null rate of 0 or 1 would make one surprise infinite evidence, or no evidence possible. */
const CLOSEST_TO_CERTAIN = 1e-6;

/**
 * What a stream's failures looked like before: counts by hour of the week (UTC, from Monday 00:00), frozen. Traffic at
 * night and on Sundays differs from that at noon; it is compared with its like.
 */
export interface HourOfWeekReference {
  readonly hours: readonly FailureCounts[];
}

export const EMPTY_REFERENCE: HourOfWeekReference = {
  hours: Array.from({ length: HOURS_A_WEEK }, () => ({ n: 0, failures: 0 })),
};

/** The hour of the week, 0 to 167, of a time in milliseconds since 1970. */
export function hourOfWeek(timeMs: number): number {
  const hour = Math.floor(timeMs / MS_AN_HOUR) + EPOCH_HOUR_OF_WEEK;
  return ((hour % HOURS_A_WEEK) + HOURS_A_WEEK) % HOURS_A_WEEK;
}

/** Adds counts observed at a time. @throws RangeError naming a count that is not one. */
export function addToReference(
  reference: HourOfWeekReference,
  timeMs: number,
  counts: FailureCounts,
): HourOfWeekReference {
  requireFailureCounts('counts', counts);
  const at = hourOfWeek(timeMs);
  const hours = reference.hours.map((hour, index) =>
    index === at ? { n: hour.n + counts.n, failures: hour.failures + counts.failures } : hour,
  );
  return { hours };
}

/**
 * The failure rate that a block at this time may have without being drift: the 99 % Clopper-Pearson side of its hour in the
 * reference (of the whole week while the hour has fewer than 200 units), so that the detector's null hypothesis holds
 * although the reference is itself a sample. `null` without any reference.
 * @param lookedFor a rise of the failure rate is judged from the upper side, a fall from the lower
 * @param tolerated how far the rate may move further in that direction, as a difference of rates
 * @throws RangeError unless 0 <= tolerated <= 1.
 */
export function nullFailureRate(
  reference: HourOfWeekReference,
  timeMs: number,
  lookedFor: 'rise' | 'fall',
  tolerated = 0,
): number | null {
  requireProbability('tolerated', tolerated);
  const hour = reference.hours[hourOfWeek(timeMs)];
  const counts = hour !== undefined && hour.n >= MINIMUM_UNITS ? hour : weekOf(reference);
  if (counts.n === 0) return null;
  const rate =
    lookedFor === 'rise' ? upperFailureRate(counts, LEVEL) + tolerated : lowerFailureRate(counts, LEVEL) - tolerated;
  return Math.min(1 - CLOSEST_TO_CERTAIN, Math.max(CLOSEST_TO_CERTAIN, rate));
}

function weekOf({ hours }: HourOfWeekReference): FailureCounts {
  return hours.reduce((sum, hour) => ({ n: sum.n + hour.n, failures: sum.failures + hour.failures }), {
    n: 0,
    failures: 0,
  });
}
