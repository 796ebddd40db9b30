import { requireFiniteValues } from '../counts.js';

/** One stretch of the number line on which neither empirical distribution function changes. */
interface Step {
  /** Where the stretch begins, and its length; the last has length 0. */
  readonly at: number;
  readonly width: number;
  /** Share of each sample at or below `at`. */
  readonly reference: number;
  readonly current: number;
}

/**
 * Both empirical distribution functions side by side, from the smallest to the largest value.
 * @throws RangeError naming a value that is not finite, or an empty sample.
 */
export function empiricalSteps(reference: readonly number[], current: readonly number[]): Step[] {
  requireFiniteValues('reference', reference);
  requireFiniteValues('current', current);
  const a = Float64Array.from(reference).sort();
  const b = Float64Array.from(current).sort();
  const points = [...new Set([...a, ...b])].sort((x, y) => x - y);
  let i = 0;
  let j = 0;
  return points.map((at, index) => {
    while (i < a.length && (a[i] ?? 0) <= at) i++;
    while (j < b.length && (b[j] ?? 0) <= at) j++;
    return { at, width: (points[index + 1] ?? at) - at, reference: i / a.length, current: j / b.length };
  });
}
