import { requirePositive } from '../counts.js';

const HALF_LOG_TWO_PI = 0.9189385332046728;

/** From here on five terms of Stirling's series are exact to a double. */
const STIRLING_FROM = 16;

/** Terms of a series or continued fraction; near a = x they need a few times the square root of a. */
const MAX_TERMS = 200_000;
const PRECISION = 1e-16;
const TINY = 1e-300;

/** Below this size u - ln(1+u) is summed as a series, because the difference would cancel. */
const SERIES_BELOW = 0.2;
const SERIES_TERMS = 60;

/**
 * ln Γ(x) for x > 0: Stirling's series, reached by the recurrence Γ(x+1) = x Γ(x). Relative error about 1e-15.
 * @throws RangeError unless x is positive and finite.
 */
export function logGamma(x: number): number {
  requirePositive('x', x);
  let shifted = x;
  let product = 1;
  while (shifted < STIRLING_FROM) {
    product *= shifted;
    shifted += 1;
  }
  return (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + stirlingSeries(shifted) - Math.log(product);
}

/** Error of Stirling's formula: ln Γ(x+1) - [(x + ½) ln x - x + ½ ln 2π], for x > 0 (Loader 2000). */
export function stirlingErrorOf(x: number): number {
  if (x >= STIRLING_FROM) return stirlingSeries(x);
  return logGamma(x + 1) - ((x + 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI);
}

function stirlingSeries(x: number): number {
  const square = x * x;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / (1188 * square)) / square) / square) / square) / x;
}

/** x ln(x/m) + m - x: how far x lies from its mean m; exact also for x close to m (Loader 2000, bd0). */
export function deviance(x: number, mean: number): number {
  if (x === 0) return mean;
  const u = (mean - x) / x;
  if (Math.abs(u) >= SERIES_BELOW) return x * Math.log(x / mean) + mean - x;
  let sum = 0;
  let power = -u;
  for (let k = 2; k < SERIES_TERMS; k++) {
    power *= -u;
    sum += power / k;
    if (Math.abs(power) < PRECISION * sum) break;
  }
  return x * sum;
}

/**
 * P(a, x), the regularised lower incomplete gamma function, and Q(a, x) = 1 - P, each exact in its own tail.
 * @throws RangeError unless a > 0 and x >= 0.
 */
export function regularisedGamma(a: number, x: number): { readonly lower: number; readonly upper: number } {
  requirePositive('a', a);
  if (!(x >= 0)) throw new RangeError(`x must be at least 0, got ${x}`);
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  if (x < a + 1) {
    const lower = (density(a, x) / a) * powerSeries(a, x);
    return { lower, upper: 1 - lower };
  }
  const upper = density(a, x) * continuedFraction(a, x);
  return { lower: 1 - upper, upper };
}

/** x^a e^-x / Γ(a) */
function density(a: number, x: number): number {
  return Math.sqrt(a / (2 * Math.PI)) * Math.exp(-deviance(a, x) - stirlingErrorOf(a));
}

function powerSeries(a: number, x: number): number {
  let sum = 1;
  for (let n = 1, term = 1; n < MAX_TERMS; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < PRECISION * sum) return sum;
  }
  throw new RangeError(`the incomplete gamma function did not converge at a = ${a}, x = ${x}`);
}

/** Legendre's continued fraction of Γ(a, x) / (x^a e^-x), by the modified Lentz method. */
function continuedFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < MAX_TERMS; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / avoidZero(numerator * d + b);
    c = avoidZero(b + numerator / c);
    const factor = d * c;
    value *= factor;
    if (Math.abs(factor - 1) < 2 * PRECISION) return value;
  }
  throw new RangeError(`the incomplete gamma function did not converge at a = ${a}, x = ${x}`);
}

function avoidZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
