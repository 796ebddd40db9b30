import { kullbackLeiblerOfShares } from './kullback-leibler.js';
import { type CategoryCounts, sharesOf } from './shares.js';

/**
 * Jensen-Shannon divergence in nats: the mean Kullback-Leibler divergence to the average of both, 0 to ln 2.
 * @throws RangeError as {@link sharesOf}.
 */
export function jensenShannonDivergence(counts: CategoryCounts): number {
  const { reference, current } = sharesOf(counts);
  const middle = reference.map((share, index) => (share + (current[index] ?? 0)) / 2);
  const divergence =
    kullbackLeiblerOfShares({ reference: middle, current: reference }) +
    kullbackLeiblerOfShares({ reference: middle, current });
  return Math.max(0, divergence / 2);
}

/**
 * Jensen-Shannon distance: the root of the divergence, a metric.
 * @param base of the logarithm: e as in SciPy and Evidently, 2 for a distance from 0 to 1
 */
export function jensenShannonDistance(counts: CategoryCounts, base = Math.E): number {
  return Math.sqrt(jensenShannonDivergence(counts) / Math.log(base));
}
