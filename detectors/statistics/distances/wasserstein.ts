import { standardDeviation } from 'simple-statistics';
import { empiricalSteps } from './empirical-distributions.js';

/**
 * Wasserstein distance (earth mover's): the mean distance by which values must be moved, ∫ |F - G|, in their own unit.
 * @throws RangeError naming a value that is not finite, or an empty sample.
 */
export function wasserstein(reference: readonly number[], current: readonly number[]): number {
  return empiricalSteps(reference, current).reduce(
    (sum, step) => sum + step.width * Math.abs(step.reference - step.current),
    0,
  );
}

/**
 * {@link wasserstein} in standard deviations of the reference (divided by n): Evidently's normed distance, drift from
 * 0.1. `Infinity` or NaN when the reference is constant.
 */
export function normedWasserstein(reference: readonly number[], current: readonly number[]): number {
  return wasserstein(reference, current) / standardDeviation([...reference]);
}
