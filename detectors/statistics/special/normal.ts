import { requireProbability } from '../counts.js';

const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);
const LOG_SQRT_TWO_PI = Math.log(SQRT_TWO_PI);

/** Up to here the power series is summed, beyond it the continued fraction of Mills' ratio converges quickly. */
const SERIES_UP_TO = 2.5;
const MAX_TERMS = 500;
const PRECISION = 1e-17;
const TINY = 1e-300;

/** Newton steps on the logarithm of the tail; each doubles the number of right digits. */
const NEWTON_STEPS = 12;

/** P(Z <= x) for a standard normal Z; relative error about 1e-15 in both tails. */
export function normalCdf(x: number): number {
  return x > 0 ? 1 - upperTail(x) : upperTail(-x);
}

/** P(Z > x), exact where 1 - {@link normalCdf} would cancel. */
export function normalSurvival(x: number): number {
  return normalCdf(-x);
}

/** ln P(Z <= x); finite also where the probability itself underflows. */
export function normalLogCdf(x: number): number {
  if (x > 0) return Math.log1p(-upperTail(x));
  if (x > -SERIES_UP_TO) return Math.log(upperTail(-x));
  return -(x * x) / 2 - LOG_SQRT_TWO_PI + Math.log(millsRatio(-x));
}

/** P(Z > x) for x >= 0. */
function upperTail(x: number): number {
  if (Number.isNaN(x)) throw new RangeError('x must be a number, got NaN');
  if (x < SERIES_UP_TO) return 0.5 - centralArea(x);
  return (Math.exp(-(x * x) / 2) / SQRT_TWO_PI) * millsRatio(x);
}

/** P(0 < Z < x) = φ(x) Σ x^(2k+1) / (1·3·…·(2k+1)): only positive terms. */
function centralArea(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; k < MAX_TERMS && term > PRECISION * sum; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return (Math.exp(-(x * x) / 2) / SQRT_TWO_PI) * sum;
}

/** P(Z > x) / φ(x) = 1/(x + 1/(x + 2/(x + 3/(x + …)))), by the modified Lentz method. */
function millsRatio(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  let value = x;
  let c = x;
  let d = 0;
  for (let k = 1; k < MAX_TERMS; k++) {
    d = 1 / (x + k * d || TINY);
    c = x + k / c || TINY;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < PRECISION) break;
  }
  return 1 / value;
}

/**
 * The x with P(Z <= x) = p; ±Infinity at 0 and 1. For probabilities close to 1 ask for -normalQuantile(1 - p).
 * @throws RangeError unless 0 <= p <= 1.
 */
export function normalQuantile(p: number): number {
  requireProbability('p', p);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  if (p > 0.5) return -normalQuantile(1 - p);
  const target = Math.log(p);
  let x = startingPoint(target);
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const logCdf = normalLogCdf(x);
    const slope = Math.exp(-(x * x) / 2 - LOG_SQRT_TWO_PI - logCdf);
    const change = (logCdf - target) / slope;
    x -= change;
    if (Math.abs(change) < 1e-15 * Math.abs(x)) break;
  }
  return x;
}

/** Rational start of absolute error below 0.003 (Abramowitz & Stegun 26.2.23). */
function startingPoint(logP: number): number {
  const t = Math.sqrt(-2 * logP);
  return -(t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t)));
}
