import { requireBetween, requirePositive } from './counts.js';
import type { Interval } from './proportion-confidence-sequence.js';
import { logBeta, regularisedBeta } from './special/beta.js';
import { logGamma, regularisedGamma } from './special/gamma.js';
import { normalLogCdf } from './special/normal.js';

/** Bisection steps and doublings of the search for a boundary. */
const BISECTION_STEPS = 80;
const MAX_DOUBLINGS = 60;

/** How narrow the sequence is to be where: tightest at intrinsic time v for boundaries at level α. */
export interface Tuning {
  readonly tightestAt: number;
  readonly alpha: number;
}

/**
 * A mixture supermartingale of a centred sum s at intrinsic time v (its accumulated variance): `logValue` is ln of it, and
 * s stays below the boundary where it reaches 1/α, at all times at once, with probability 1 - α.
 * Source: Howard, Ramdas, McAuliffe & Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences"
 * (Annals of Statistics 2021).
 */
export interface MixtureBoundary {
  readonly logValue: (s: number, v: number) => number;
  /** s can be no larger than this. */
  readonly largestSum: (v: number) => number;
}

/** ρ of the two-sided normal mixture. */
function twoSidedScale({ tightestAt, alpha }: Tuning): number {
  requirePositive('tightestAt', tightestAt);
  requireBetween('alpha', alpha, 0, 1);
  const logAlpha = 2 * Math.log(1 / alpha);
  return tightestAt / (logAlpha + Math.log1p(logAlpha));
}

function oneSidedScale({ tightestAt, alpha }: Tuning): number {
  return twoSidedScale({ tightestAt, alpha: 2 * alpha });
}

const unbounded = (): number => Number.POSITIVE_INFINITY;

/** For sub-Gaussian sums; `sides` 2 bounds |s|. */
export function normalMixture(tuning: Tuning, sides: 1 | 2): MixtureBoundary {
  const rho = sides === 2 ? twoSidedScale(tuning) : oneSidedScale(tuning);
  return {
    largestSum: unbounded,
    logValue: (s, v) => {
      const total = v + rho;
      const value = Math.log(rho / total) / 2 + (s * s) / (2 * total);
      return sides === 2 ? value : value + Math.LN2 + normalLogCdf(s / Math.sqrt(total));
    },
  };
}

/** For sub-exponential sums of scale c (bounded below: what empirical Bernstein needs). */
export function gammaExponentialMixture(tuning: Tuning, c: number): MixtureBoundary {
  requirePositive('c', c);
  const rho = oneSidedScale(tuning) / (c * c);
  const constant = rho * Math.log(rho) - logGamma(rho) - Math.log(regularisedGamma(rho, rho).lower);
  return {
    largestSum: unbounded,
    logValue: (s, v) => {
      const shifted = (c * s + v) / (c * c);
      const shape = v / (c * c) + rho;
      const inside = shifted + rho;
      const tail = Math.log(regularisedGamma(shape, inside).lower);
      return constant + logGamma(shape) + tail - shape * Math.log(inside) + shifted;
    },
  };
}

/** For sub-Poisson sums of scale c (bounded above). */
export function gammaPoissonMixture(tuning: Tuning, c: number): MixtureBoundary {
  requirePositive('c', c);
  const rho = oneSidedScale(tuning) / (c * c);
  const constant = rho * Math.log(rho) - logGamma(rho) - Math.log(regularisedGamma(rho, rho).upper);
  return {
    largestSum: unbounded,
    logValue: (s, v) => {
      const rate = v / (c * c) + rho;
      const shape = s / c + rate;
      const tail = Math.log(regularisedGamma(shape, rate).upper);
      return constant + logGamma(shape) + tail - shape * Math.log(rate) + v / (c * c);
    },
  };
}

/** For sums of centred variables in [-g, h]; exact for Bernoulli. `sides` 2 bounds both directions. */
export function betaBinomialMixture(tuning: Tuning, g: number, h: number, sides: 1 | 2): MixtureBoundary {
  requirePositive('g', g);
  requirePositive('h', h);
  const rho = sides === 2 ? twoSidedScale(tuning) : oneSidedScale(tuning);
  const r = Math.max(rho - g * h, 1e-3 * g * h);
  const width = g + h;
  const limit = sides === 2 ? 1 : h / width;
  const normaliser = logIncompleteBeta(r / (g * width), r / (h * width), limit);
  return {
    largestSum: (v) => v / g,
    logValue: (s, v) =>
      (v / (g * h)) * Math.log(width) -
      ((v + h * s) / (h * width)) * Math.log(g) -
      ((v - g * s) / (g * width)) * Math.log(h) +
      logIncompleteBeta((r + v - g * s) / (g * width), (r + v + h * s) / (h * width), limit) -
      normaliser,
  };
}

function logIncompleteBeta(a: number, b: number, x: number): number {
  return x === 1 ? logBeta(a, b) : logBeta(a, b) + Math.log(regularisedBeta(a, b, x).lower);
}

/**
 * The sum that stays uncrossed at all times with probability 1 - α.
 * @throws RangeError unless v >= 0 and 0 < alpha < 1.
 */
export function boundaryAt(mixture: MixtureBoundary, v: number, alpha: number): number {
  requireBetween('alpha', alpha, 0, 1);
  if (!(v >= 0)) throw new RangeError(`v must not be negative, got ${v}`);
  const threshold = Math.log(1 / alpha);
  let outside = mixture.largestSum(v);
  if (outside === Number.POSITIVE_INFINITY) {
    outside = Math.max(v, 1);
    for (let i = 0; i < MAX_DOUBLINGS && mixture.logValue(outside, v) <= threshold; i++) outside *= 2;
  } else if (mixture.logValue(outside, v) < threshold) return outside;
  let inside = 0;
  for (let step = 0; step < BISECTION_STEPS; step++) {
    const middle = (inside + outside) / 2;
    if (mixture.logValue(middle, v) < threshold) inside = middle;
    else outside = middle;
  }
  return (inside + outside) / 2;
}

/**
 * Confidence sequence of one constant rate from the beta-binomial mixture, tightest at a chosen number of units.
 * `proportionConfidenceSequence` is the same without anything to tune.
 * @throws RangeError unless 0 <= successes <= n, n > 0 and the tuning is in range.
 */
export function bernoulliSequence(
  successes: number,
  n: number,
  alpha: number,
  tightestAt: number,
  tunedFor = 0.05,
): Interval {
  requirePositive('n', n);
  if (!(successes >= 0 && successes <= n))
    throw new RangeError(`successes must lie between 0 and n: ${successes} of ${n}`);
  const rate = successes / n;
  const threshold = Math.log(1 / alpha);
  const rejected = (p: number): boolean => {
    const tuning = { tightestAt: p * (1 - p) * tightestAt, alpha: tunedFor };
    return betaBinomialMixture(tuning, p, 1 - p, 2).logValue((rate - p) * n, p * (1 - p) * n) >= threshold;
  };
  const end = (outside: number): number => {
    let kept = rate;
    let gone = outside;
    for (let step = 0; step < BISECTION_STEPS; step++) {
      const middle = (kept + gone) / 2;
      if (middle <= 0 || middle >= 1) break;
      if (rejected(middle)) gone = middle;
      else kept = middle;
    }
    return (kept + gone) / 2;
  };
  return { lower: rate > 0 ? end(0) : 0, upper: rate < 1 ? end(1) : 1 };
}
