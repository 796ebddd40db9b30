import { type CategoryCounts, sharesOf, sumOver } from './shares.js';

/**
 * Total variation distance ½ Σ |p - q|: the share of units that would have to change category, 0 to 1.
 * @throws RangeError as {@link sharesOf}.
 */
export function totalVariation(counts: CategoryCounts): number {
  return sumOver(sharesOf(counts), (reference, current) => Math.abs(current - reference)) / 2;
}
