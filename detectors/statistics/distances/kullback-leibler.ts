import { type CategoryCounts, type CategoryShares, sharesOf, sumOver } from './shares.js';

/**
 * Σ current ln(current / reference), in nats: the information lost when the reference stands for the current data. Not
 * symmetric; swap the two for the other direction. `Infinity` when a current category is unknown to the reference.
 * @throws RangeError as {@link sharesOf}.
 */
export function kullbackLeibler(counts: CategoryCounts): number {
  return kullbackLeiblerOfShares(sharesOf(counts));
}

/** {@link kullbackLeibler} of shares that each sum to 1. */
export function kullbackLeiblerOfShares(shares: CategoryShares): number {
  return sumOver(shares, (reference, current) => (current === 0 ? 0 : current * Math.log(current / reference)));
}
