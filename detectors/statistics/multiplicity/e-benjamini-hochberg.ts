import { requireBetween } from '../counts.js';

/** Weights average 1 up to rounding. */
const WEIGHT_ROUNDING = 1e-9;

/**
 * e-BH: the hypotheses to show as findings on a page of many rows, by index. Rejects the k* largest e-values,
 * k* = max{k: e_(k) >= m / (k α)}.
 *
 * Guarantee: the expected share of false findings on the page is at most α, under any dependence. Takes the e-values of
 * now; running maxima must go through `adjustedForSupremum` first (Tavyrikov, Goeman & de Heide, arXiv 2501.19360).
 * Source: Wang & Ramdas, JRSS B 2022; weighted by priors of mean 1.
 * @param logE ln of the e-values
 * @param weights prior weights of mean 1; all 1 when left out
 * @throws RangeError unless 0 < alpha < 1, or when weights are negative, not as many as e-values, or not of mean 1.
 */
export function eBenjaminiHochberg(logE: readonly number[], alpha: number, weights?: readonly number[]): number[] {
  requireBetween('alpha', alpha, 0, 1);
  if (weights !== undefined) requireWeights(weights, logE.length);
  const weighted = logE.map((value, index) => value + Math.log(weights?.[index] ?? 1));
  if (weighted.some(Number.isNaN)) throw new RangeError('logE must hold numbers');
  const order = weighted.map((_, index) => index).sort((a, b) => (weighted[b] ?? 0) - (weighted[a] ?? 0) || a - b);
  let rejected = 0;
  for (const [rank, index] of order.entries()) {
    const threshold = Math.log(logE.length / ((rank + 1) * alpha));
    if ((weighted[index] ?? 0) >= threshold - Number.EPSILON * Math.abs(threshold)) rejected = rank + 1;
  }
  return order.slice(0, rejected).sort((a, b) => a - b);
}

function requireWeights(weights: readonly number[], count: number): void {
  if (weights.length !== count)
    throw new RangeError(`weights must be as many as e-values: ${weights.length} of ${count}`);
  if (weights.some((weight) => !(weight >= 0))) throw new RangeError('weights must not be negative');
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / count;
  if (Math.abs(mean - 1) > WEIGHT_ROUNDING) throw new RangeError(`weights must have mean 1, got ${mean}`);
}
