import { requirePositive, requireProbability } from '../counts.js';
import { deviance, logGamma, stirlingErrorOf } from './gamma.js';

/** Near the mean the fraction needs a few times the square root of the larger parameter. */
const MAX_TERMS = 200_000;
const PRECISION = 2e-16;
const TINY = 1e-300;

/** The quantile is searched in ln(x / (1-x)); these ends are 0 and 1 to a double. */
const LOWEST_LOGIT = -740;
const HIGHEST_LOGIT = 740;
const BISECTION_STEPS = 90;

/** ln B(a, b), for a, b > 0. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/**
 * I_x(a, b), the distribution function of the Beta distribution, and its complement, each exact in its own tail.
 * @param complement 1 - x, when it is known more exactly than by the subtraction
 * @throws RangeError unless a, b > 0 and 0 <= x <= 1.
 */
export function regularisedBeta(
  a: number,
  b: number,
  x: number,
  complement = 1 - x,
): { readonly lower: number; readonly upper: number } {
  requirePositive('a', a);
  requirePositive('b', b);
  requireProbability('x', x);
  if (x === 0) return { lower: 0, upper: 1 };
  if (complement === 0) return { lower: 1, upper: 0 };
  const scale = density(a, b, x, complement);
  if (x <= (a + 1) / (a + b + 2)) {
    const lower = (scale * continuedFraction(a, b, x)) / a;
    return { lower, upper: 1 - lower };
  }
  const upper = (scale * continuedFraction(b, a, complement)) / b;
  return { lower: 1 - upper, upper };
}

/**
 * x^a (1-x)^b / B(a, b), in the saddle-point form of the binomial probability (Loader 2000), which does not subtract
 * large logarithms.
 */
function density(a: number, b: number, x: number, complement: number): number {
  const n = a + b;
  const exponent = stirlingErrorOf(n) - stirlingErrorOf(a) - stirlingErrorOf(b);
  const distance = deviance(a, n * x) + deviance(b, n * complement);
  return Math.sqrt((a * b) / (2 * Math.PI * n)) * Math.exp(exponent - distance);
}

/** Continued fraction of I_x(a, b) a B(a, b) / (x^a (1-x)^b), by the modified Lentz method. */
function continuedFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / avoidZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / avoidZero(1 + even * d);
    c = avoidZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / avoidZero(1 + odd * d);
    c = avoidZero(1 + odd / c);
    const factor = d * c;
    value *= factor;
    if (Math.abs(factor - 1) < PRECISION) return value;
  }
  throw new RangeError(`the incomplete beta function did not converge at a = ${a}, b = ${b}, x = ${x}`);
}

function avoidZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/**
 * The x with I_x(a, b) = p, to a relative error of about 1e-14 in x and in 1 - x.
 * @throws RangeError unless a, b > 0 and 0 <= p <= 1.
 */
export function betaQuantile(a: number, b: number, p: number): number {
  requireProbability('p', p);
  if (p === 0 || p === 1) return p;
  let low = LOWEST_LOGIT;
  let high = HIGHEST_LOGIT;
  for (let step = 0; step < BISECTION_STEPS && high - low > PRECISION; step++) {
    const middle = (low + high) / 2;
    const { lower, upper } = regularisedBeta(a, b, logistic(middle), logistic(-middle));
    if (p <= 0.5 ? lower < p : upper > 1 - p) low = middle;
    else high = middle;
  }
  return logistic((low + high) / 2);
}

function logistic(logit: number): number {
  if (logit < 0) {
    const odds = Math.exp(logit);
    return odds / (1 + odds);
  }
  return 1 / (1 + Math.exp(-logit));
}
