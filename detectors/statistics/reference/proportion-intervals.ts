import { type FailureCounts, requireBetween, requireCount } from '../counts.js';
import type { Interval } from '../proportion-confidence-sequence.js';
import { betaQuantile } from '../special/beta.js';
import { normalQuantile } from '../special/normal.js';

/**
 * Intervals for one proportion at a number of units fixed in advance: right for a single look, too narrow for
 * monitoring (`proportionConfidenceSequence` is for that). `alpha` is the two-sided error.
 */
export type ProportionInterval = (successes: number, n: number, alpha: number) => Interval;

/** Wilson's score interval. @throws RangeError naming a bad count, successes above n, or alpha outside (0, 1). */
export const wilson: ProportionInterval = (successes, n, alpha) => {
  requireProportion(successes, n, alpha);
  const z = -normalQuantile(alpha / 2);
  const square = z * z;
  const centre = (successes + square / 2) / (n + square);
  const rate = successes / n;
  const half = (z / (n + square)) * Math.sqrt(n * rate * (1 - rate) + square / 4);
  return { lower: Math.max(0, centre - half), upper: Math.min(1, centre + half) };
};

/** Clopper & Pearson's exact interval: covers at least 1 - alpha at every rate. */
export const clopperPearson: ProportionInterval = (successes, n, alpha) => {
  requireProportion(successes, n, alpha);
  return {
    lower: successes === 0 ? 0 : betaQuantile(successes, n - successes + 1, alpha / 2),
    upper: successes === n ? 1 : betaQuantile(successes + 1, n - successes, 1 - alpha / 2),
  };
};

/** Agresti & Coull's interval: Wald's after adding z²/2 successes and failures, cut to [0, 1]. */
export const agrestiCoull: ProportionInterval = (successes, n, alpha) => {
  requireProportion(successes, n, alpha);
  const z = -normalQuantile(alpha / 2);
  const size = n + z * z;
  const rate = (successes + (z * z) / 2) / size;
  const half = z * Math.sqrt((rate * (1 - rate)) / size);
  return { lower: Math.max(0, rate - half), upper: Math.min(1, rate + half) };
};

/** Equal-tailed interval of the posterior under Jeffreys' Beta(½, ½) prior. */
export const jeffreys: ProportionInterval = (successes, n, alpha) => {
  requireProportion(successes, n, alpha);
  const a = successes + 0.5;
  const b = n - successes + 0.5;
  return { lower: betaQuantile(a, b, alpha / 2), upper: betaQuantile(a, b, 1 - alpha / 2) };
};

/**
 * The highest failure rate that the counts do not exclude at the level: the pessimistic side of a reference
 * (Clopper-Pearson, one-sided). 1 without any unit.
 * @throws RangeError naming a bad count, or level outside (0, 1).
 */
export function upperFailureRate(counts: FailureCounts, level: number): number {
  requireBetween('level', level, 0, 1);
  const { n, failures } = counts;
  if (n === 0 || failures === n) return 1;
  return betaQuantile(failures + 1, n - failures, level);
}

/** The lowest failure rate that the counts do not exclude at the level; 0 without any unit. */
export function lowerFailureRate(counts: FailureCounts, level: number): number {
  const { n, failures } = counts;
  return 1 - upperFailureRate({ n, failures: n - failures }, level);
}

function requireProportion(successes: number, n: number, alpha: number): void {
  requireCount('successes', successes);
  requireCount('n', n);
  if (n === 0) throw new RangeError('n must be at least 1');
  if (successes > n) throw new RangeError(`successes must not exceed n: ${successes} of ${n}`);
  requireBetween('alpha', alpha, 0, 1);
}
