import { type CategoryCounts, sharesOf, sumOver } from './shares.js';

/** An empty category's share, and what it is divided by when other shares are that small. */
const SMALLEST_SHARE = 1e-4;
const SMALLER_THAN_SMALLEST = 1e6;

/**
 * PSI = Σ (current - reference) ln(current / reference). For display: users read < 0.1 as stable and > 0.25 as moved.
 * `Infinity` when a category is empty on one side only; {@link filledStabilityIndex} avoids that.
 * @throws RangeError as {@link sharesOf}.
 */
export function populationStabilityIndex(counts: CategoryCounts): number {
  return sumOver(sharesOf(counts), term);
}

/**
 * PSI with empty categories at 0.0001 (or a millionth of the smallest share, when that is smaller), not normalised
 * again: the convention of Evidently.
 */
export function filledStabilityIndex(counts: CategoryCounts): number {
  const shares = sharesOf(counts);
  return sumOver({ reference: filled(shares.reference), current: filled(shares.current) }, term);
}

function term(reference: number, current: number): number {
  if (reference === current) return 0;
  return (current - reference) * Math.log(current / reference);
}

function filled(shares: readonly number[]): number[] {
  const smallest = Math.min(...shares.filter((share) => share > 0));
  const filler = smallest <= SMALLEST_SHARE ? smallest / SMALLER_THAN_SMALLEST : SMALLEST_SHARE;
  return shares.map((share) => (share === 0 ? filler : share));
}
