import { requireCount } from './counts.js';

const HALF_LOG_TWO_PI = 0.9189385332046728;

/** Up to here n! is a whole number below 2^53, so its logarithm is right to the last bit. */
const LARGEST_EXACT_FACTORIAL = 18;

const EXACT_LOG_FACTORIALS: readonly number[] = exactLogFactorials();

function exactLogFactorials(): number[] {
  const logs = [0];
  let factorial = 1;
  for (let n = 1; n <= LARGEST_EXACT_FACTORIAL; n++) {
    factorial *= n;
    logs.push(Math.log(factorial));
  }
  return logs;
}

/**
 * Error of Stirling's formula: ln n! - [(n + ½) ln n - n + ½ ln 2π], for n >= 1.
 * Source: Loader, "Fast and accurate computation of binomial probabilities" (2000); five terms are enough from n = 19.
 */
function stirlingError(n: number): number {
  const exact = EXACT_LOG_FACTORIALS[n];
  if (exact !== undefined) return exact - ((n + 0.5) * Math.log(n) - n + HALF_LOG_TWO_PI);
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / (1188 * square)) / square) / square) / square) / n;
}

/**
 * ln n!, to a relative error of 1e-15.
 * @throws RangeError when n is not a count.
 */
export function logFactorial(n: number): number {
  requireCount('n', n);
  return EXACT_LOG_FACTORIALS[n] ?? (n + 0.5) * Math.log(n) - n + HALF_LOG_TWO_PI + stirlingError(n);
}

/**
 * ln C(n, k), the logarithm of the number of ways to choose k of n; `-Infinity` when k > n.
 *
 * Relative error about 1e-15 at any size: the saddle-point form (Loader 2000) never subtracts two large logarithms, as
 * ln n! - ln k! - ln (n-k)! would.
 * @throws RangeError when n or k is not a count.
 */
export function logChoose(n: number, k: number): number {
  requireCount('n', n);
  requireCount('k', k);
  if (k > n) return Number.NEGATIVE_INFINITY;
  return logChooseUnchecked(n, k);
}

/** {@link logChoose} for callers that have checked 0 <= k <= n already (the inner loop of the conditional kernel). */
export function logChooseUnchecked(n: number, k: number): number {
  const rest = n - k;
  if (k === 0 || rest === 0) return 0;
  const entropy = -k * Math.log(k / n) - rest * Math.log1p(-k / n);
  const width = 0.5 * Math.log(n / (k * rest)) - HALF_LOG_TWO_PI;
  return entropy + width + stirlingError(n) - stirlingError(k) - stirlingError(rest);
}
