/** ln E of one hypothesis now, and its weight; the weights must sum to at most 1. */
export interface Evidence {
  readonly logE: number;
  readonly weight: number;
}

const WEIGHT_ROUNDING = 1e-9;

/**
 * ln Σ w E: evidence that at least one of the hypotheses is false ("something is wrong"). An e-process when its members
 * are e-processes for the same stream of data, so that it may be looked at any time; it names nobody. What the weights
 * leave of 1 counts as E = 1.
 * @throws RangeError when a weight is negative or they sum to more than 1.
 */
export function meanLogE(evidence: readonly Evidence[]): number {
  const sum = evidence.reduce((total, { weight }) => total + weight, 0);
  if (sum > 1 + WEIGHT_ROUNDING) throw new RangeError(`weights must sum to at most 1, got ${sum}`);
  if (evidence.some(({ weight }) => !(weight >= 0))) throw new RangeError('weights must not be negative');
  const terms = evidence.map(({ logE, weight }) => logE + Math.log(weight));
  if (sum < 1) terms.push(Math.log(1 - Math.min(1, sum)));
  const largest = Math.max(...terms);
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(terms.reduce((total, term) => total + Math.exp(term - largest), 0));
}

/** Plain mean of e-values, for display where they fit a number. @throws RangeError when one is negative or none is given. */
export function meanE(e: readonly number[]): number {
  if (e.length === 0) throw new RangeError('e must not be empty');
  for (const [index, value] of e.entries()) {
    if (!(value >= 0)) throw new RangeError(`e[${index}] must not be negative, got ${value}`);
  }
  return e.reduce((sum, value) => sum + value, 0) / e.length;
}
