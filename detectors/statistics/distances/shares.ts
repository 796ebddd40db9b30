import { requireCounts } from '../counts.js';

/** Counts of the same categories, in the same order, in the reference and in the current data. */
export interface CategoryCounts {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/** Shares of the same categories; each list sums to 1. */
export interface CategoryShares {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/** @throws RangeError naming a count that is not one, lists of unequal length, or a side without any unit. */
export function sharesOf(counts: CategoryCounts): CategoryShares {
  requireCounts('reference', counts.reference);
  requireCounts('current', counts.current);
  if (counts.reference.length !== counts.current.length) {
    throw new RangeError('reference and current must list the same categories');
  }
  return { reference: normalised('reference', counts.reference), current: normalised('current', counts.current) };
}

function normalised(name: string, counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new RangeError(`${name} must count at least one unit`);
  return counts.map((count) => count / total);
}

/** Σ over categories of a term in the two shares. */
export function sumOver(shares: CategoryShares, term: (reference: number, current: number) => number): number {
  let sum = 0;
  for (const [index, reference] of shares.reference.entries()) sum += term(reference, shares.current[index] ?? 0);
  return sum;
}
