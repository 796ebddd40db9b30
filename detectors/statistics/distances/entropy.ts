import { requireCounts } from '../counts.js';

/**
 * Shannon entropy of the shares of some counts: 0 when all fall into one category.
 * @param base of the logarithm: e for nats, 2 for bits
 * @throws RangeError naming a count that is not one, or when there is no unit.
 */
export function entropy(counts: readonly number[], base = Math.E): number {
  requireCounts('counts', counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new RangeError('counts must count at least one unit');
  let sum = 0;
  for (const count of counts) if (count > 0) sum -= (count / total) * Math.log(count / total);
  return sum / Math.log(base) + 0;
}
