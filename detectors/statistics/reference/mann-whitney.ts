import { requireFiniteValues } from '../counts.js';
import { normalSurvival } from '../special/normal.js';

/** Largest product of sizes for which the exact distribution is counted. */
const LARGEST_EXACT_PRODUCT = 10_000;

/**
 * Mann-Whitney U of the first sample: pairs in which its value is larger, ties counting half.
 * @throws RangeError naming a value that is not finite, or an empty sample.
 */
export function mannWhitneyU(x: readonly number[], y: readonly number[]): number {
  requireFiniteValues('x', x);
  requireFiniteValues('y', y);
  const sorted = Float64Array.from(y).sort();
  return x.reduce((sum, value) => sum + (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / 2, 0);
}

/** How many of the sorted values lie below a limit, or up to it. */
function countBelow(sorted: Float64Array, limit: number, including: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle] ?? 0;
    if (including ? value <= limit : value < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Common-language effect size P(X > Y) + ½ P(X = Y): also the area under the ROC curve of x against y. */
export function commonLanguageEffect(x: readonly number[], y: readonly number[]): number {
  return mannWhitneyU(x, y) / (x.length * y.length);
}

/** Cliff's δ = P(X > Y) - P(X < Y), -1 to 1. */
export function cliffsDelta(x: readonly number[], y: readonly number[]): number {
  return 2 * commonLanguageEffect(x, y) - 1;
}

/** How U is turned into a p-value. Valid for one look. */
export interface RankTest {
  readonly alternative: 'two-sided' | 'greater' | 'less';
  readonly continuityCorrection: boolean;
}

/** p from the normal approximation with ties in the variance. */
export function mannWhitneyAsymptotic(x: readonly number[], y: readonly number[], test: RankTest): number {
  const u = mannWhitneyU(x, y);
  const correction = test.continuityCorrection ? 0.5 : 0;
  const excess = u - (x.length * y.length) / 2;
  const spread = standardDeviationOfU(x, y);
  if (test.alternative === 'two-sided')
    return Math.min(1, 2 * normalSurvival((Math.abs(excess) - correction) / spread));
  const direction = test.alternative === 'greater' ? excess : -excess;
  return normalSurvival((direction - correction) / spread);
}

/** √(n m / 12 · ((N + 1) - Σ (t³ - t) / (N (N-1)))), t the sizes of the groups of ties. */
export function standardDeviationOfU(x: readonly number[], y: readonly number[]): number {
  const total = x.length + y.length;
  const groups = new Map<number, number>();
  for (const value of [...x, ...y]) groups.set(value, (groups.get(value) ?? 0) + 1);
  let ties = 0;
  for (const size of groups.values()) ties += size ** 3 - size;
  return Math.sqrt(((x.length * y.length) / 12) * (total + 1 - ties / (total * (total - 1))));
}

/** Two-sided p from the exact distribution of U without ties (R's wilcox.test). @throws RangeError when n m > 10,000. */
export function mannWhitneyExact(x: readonly number[], y: readonly number[]): number {
  const u = Math.round(mannWhitneyU(x, y));
  const product = x.length * y.length;
  const lowerTail = (limit: number): number => cumulative(exactDistribution(x.length, y.length), limit);
  const p = u > product / 2 ? lowerTail(product - u) : lowerTail(u);
  return Math.min(1, 2 * p);
}

/** The smallest u with P(U <= u) >= p, without ties. */
export function mannWhitneyQuantile(p: number, n: number, m: number): number {
  const distribution = exactDistribution(n, m);
  let sum = 0;
  for (const [u, mass] of distribution.entries()) {
    sum += mass;
    if (sum >= p * (1 - 1e-12)) return u;
  }
  return n * m;
}

function cumulative(distribution: Float64Array, limit: number): number {
  let sum = 0;
  for (let u = 0; u <= limit; u++) sum += distribution[u] ?? 0;
  return sum;
}

/** P(U = u) without ties: coefficients of the Gaussian binomial, built one factor (1 - q^(m+i)) / (1 - q^i) at a time. */
function exactDistribution(n: number, m: number): Float64Array {
  if (n * m > LARGEST_EXACT_PRODUCT) throw new RangeError(`the exact distribution of U is counted up to n m = 10,000`);
  const mass = new Float64Array(n * m + 1);
  mass[0] = 1;
  for (let i = 1; i <= n; i++) {
    for (let u = n * m; u >= m + i; u--) mass[u] = (mass[u] ?? 0) - (mass[u - m - i] ?? 0);
    for (let u = i; u <= n * m; u++) mass[u] = (mass[u] ?? 0) + (mass[u - i] ?? 0);
    // Divided on the way by C(m+i, i) / C(m+i-1, i-1), so that the masses stay probabilities.
    for (let u = 0; u <= n * m; u++) mass[u] = ((mass[u] ?? 0) * i) / (m + i);
  }
  return mass;
}
