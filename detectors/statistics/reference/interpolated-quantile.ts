import { requireFiniteValues, requireProbability } from '../counts.js';

/**
 * Sample quantile by linear interpolation at position q (n - 1) (Hyndman & Fan type 7; NumPy's and Kayenta's default). For
 * display of samples; thresholds of decisions come from the frozen `LogHistogram`.
 * @throws RangeError naming a value that is not finite, an empty sample, or q outside [0, 1].
 */
export function interpolatedQuantile(values: readonly number[], q: number): number {
  requireFiniteValues('values', values);
  requireProbability('q', q);
  const sorted = Float64Array.from(values).sort();
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[below + 1] ?? low;
  return low + (position - below) * (high - low);
}
