import { requireBetween, requireFiniteValues } from './counts.js';
import { betaBinomialMixture, type MixtureBoundary, type Tuning } from './mixture-boundary.js';

const GOLDEN = (Math.sqrt(5) - 1) / 2;
const SEARCH_STEPS = 60;

/** One arm: its sorted values, and the supermartingale of "q is its quantile" as a function of q. */
interface Arm {
  readonly sorted: Float64Array;
  readonly logValueAt: (x: number) => number;
  /** Values between which the supermartingale is smallest. */
  readonly from: number;
  readonly to: number;
}

/**
 * ln of the evidence that two arms do not have the same p-quantile: the smallest product, over all values q, of the
 * evidence of each arm against "q is its p-quantile". Valid at any look, for any distribution; needs all values, so it is
 * for display beside the exceedances, which need counts only.
 * Source: Howard & Ramdas, "Sequential estimation of quantiles" (Bernoulli 2022), section 4.
 * @param tightestAt units an arm at which it is to be most powerful
 * @throws RangeError unless 0 < p < 1, naming a value that is not finite.
 */
export function quantileLogE(
  baseline: readonly number[],
  candidate: readonly number[],
  p: number,
  tightestAt: number,
  alpha = 0.05,
): number {
  requireBetween('p', p, 0, 1);
  requireFiniteValues('baseline', baseline);
  requireFiniteValues('candidate', candidate);
  const tuning: Tuning = { tightestAt: tightestAt * p * (1 - p), alpha };
  const mixture = betaBinomialMixture(tuning, p, 1 - p, 2);
  const arms = [armOf(baseline, p, mixture), armOf(candidate, p, mixture)].sort((a, b) => a.to - b.to);
  const [first, second] = arms;
  if (first === undefined || second === undefined) return 0;
  let smallest = Math.min(both(first, second, first.to), both(first, second, second.from));
  for (const x of second.sorted) {
    if (x >= first.to && x <= second.from) smallest = Math.min(smallest, both(first, second, x));
  }
  return smallest;
}

function both(first: Arm, second: Arm, x: number): number {
  return first.logValueAt(x) + second.logValueAt(x);
}

function armOf(values: readonly number[], p: number, mixture: MixtureBoundary): Arm {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const ofShare = (share: number): number => mixture.logValue((share - p) * n, p * (1 - p) * n);
  const best = minimiser(ofShare);
  const from = sorted[Math.max(0, Math.ceil(best * n) - 1)] ?? 0;
  const to = sorted[Math.min(n - 1, Math.floor(best * n))] ?? 0;
  const logValueAt = (x: number): number => {
    if (x < from) return ofShare(countUpTo(sorted, x, true) / n);
    return x > to ? ofShare(countUpTo(sorted, x, false) / n) : ofShare(best);
  };
  return { sorted, logValueAt, from, to };
}

/** The share in [0, 1] at which a convex function is smallest. */
function minimiser(objective: (share: number) => number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const left = high - GOLDEN * (high - low);
    const right = low + GOLDEN * (high - low);
    if (objective(left) < objective(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}

function countUpTo(sorted: Float64Array, limit: number, including: boolean): number {
  let count = 0;
  for (const value of sorted) {
    if (including ? value > limit : value >= limit) break;
    count++;
  }
  return count;
}
