import { medianSorted } from 'simple-statistics';
import { requireBetween, requireFiniteValues } from '../counts.js';
import type { Interval } from '../proportion-confidence-sequence.js';
import { normalQuantile } from '../special/normal.js';
import { mannWhitneyQuantile, standardDeviationOfU } from './mann-whitney.js';

/** Bisection steps over the range of differences. */
const BISECTION_STEPS = 80;

/**
 * Hodges-Lehmann estimate of the shift from y to x: the median of all differences x - y.
 * @throws RangeError naming a value that is not finite, or an empty sample.
 */
export function hodgesLehmann(x: readonly number[], y: readonly number[]): number {
  return medianSorted(sortedDifferences(x, y));
}

function sortedDifferences(x: readonly number[], y: readonly number[]): number[] {
  requireFiniteValues('x', x);
  requireFiniteValues('y', y);
  return x.flatMap((a) => y.map((b) => a - b)).sort((a, b) => a - b);
}

/** Interval of the shift from the exact distribution of U without ties (R's wilcox.test). Valid for one look. */
export function hodgesLehmannExactInterval(x: readonly number[], y: readonly number[], alpha: number): Interval {
  requireBetween('alpha', alpha, 0, 1);
  const differences = sortedDifferences(x, y);
  const rank = Math.max(1, mannWhitneyQuantile(alpha / 2, x.length, y.length));
  return { lower: differences[rank - 1] ?? 0, upper: differences[differences.length - rank] ?? 0 };
}

/** Estimate and interval of the shift where the normal approximation of U, with ties, crosses its quantiles. */
export function hodgesLehmannAsymptotic(
  x: readonly number[],
  y: readonly number[],
  alpha: number,
): Interval & { readonly estimate: number } {
  requireBetween('alpha', alpha, 0, 1);
  const differences = sortedDifferences(x, y);
  const z = -normalQuantile(alpha / 2);
  const crossing = (target: number, correction: number): number => {
    let low = differences[0] ?? 0;
    let high = differences.at(-1) ?? 0;
    for (let step = 0; step < BISECTION_STEPS; step++) {
      const middle = (low + high) / 2;
      if (shiftedZ(x, y, middle, differences, correction) > target) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return { lower: crossing(z, 0.5), upper: crossing(-z, -0.5), estimate: crossing(0, 0) };
}

/** z of U after x has been moved down by the shift; the continuity correction counts towards 0. */
function shiftedZ(
  x: readonly number[],
  y: readonly number[],
  shift: number,
  differences: readonly number[],
  correction: number,
): number {
  let u = 0;
  for (const difference of differences) u += difference > shift ? 1 : difference === shift ? 0.5 : 0;
  const moved = x.map((value) => value - shift);
  const spread = standardDeviationOfU(moved, y);
  return (u - (x.length * y.length) / 2 - correction) / spread;
}
