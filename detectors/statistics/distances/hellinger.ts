import { type CategoryCounts, sharesOf, sumOver } from './shares.js';

/**
 * Hellinger distance √(1 - Σ √(p q)), 0 to 1. For display: whylogs reads 0.15 as possible and 0.4 as certain drift.
 * @throws RangeError as {@link sharesOf}.
 */
export function hellinger(counts: CategoryCounts): number {
  const affinity = sumOver(sharesOf(counts), (reference, current) => Math.sqrt(reference * current));
  return Math.sqrt(Math.max(0, 1 - affinity));
}
