import { type CategoryCounts, sharesOf } from './shares.js';

/**
 * L∞ distance: the largest change of one category's share, 0 to 1.
 * @throws RangeError as {@link sharesOf}.
 */
export function largestDifference(counts: CategoryCounts): number {
  const { reference, current } = sharesOf(counts);
  return Math.max(...reference.map((share, index) => Math.abs(share - (current[index] ?? 0))));
}
