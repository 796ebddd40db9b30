import { requireBetween, requirePositive } from './counts.js';

/** Ratio of the epochs that are stitched together, and the exponent by which their levels fall. */
const EPOCH_RATIO = 2;
const LEVEL_EXPONENT = 1.4;

const K1 = (EPOCH_RATIO ** 0.25 + EPOCH_RATIO ** -0.25) / Math.SQRT2;
const K2 = (Math.sqrt(EPOCH_RATIO) + 1) / 2;

/**
 * Polynomial stitched boundary for a centred sum of scale c at intrinsic time v: in closed form and of the rate of the law
 * of the iterated logarithm. Source: Howard et al. 2021, eq. 10.
 * @throws RangeError unless v >= 0, startsAt > 0 and 0 < alpha < 1.
 */
export function polynomialStitching(v: number, alpha: number, startsAt: number, c = 0): number {
  requireBetween('alpha', alpha, 0, 1);
  requirePositive('startsAt', startsAt);
  const time = Math.max(v, startsAt);
  const constant = Math.log(zeta(LEVEL_EXPONENT) / Math.log(EPOCH_RATIO) ** LEVEL_EXPONENT);
  const level = LEVEL_EXPONENT * Math.log(Math.log((EPOCH_RATIO * time) / startsAt)) + constant + Math.log(1 / alpha);
  const linear = K2 * c * level;
  return Math.sqrt(K1 * K1 * time * level + linear * linear) + linear;
}

/**
 * Boundary, in counts, of an empirical distribution function around the quantile p after t units, for all p and t at once.
 * Source: Howard & Ramdas, "Sequential estimation of quantiles" (Bernoulli 2022), double stitching.
 * @throws RangeError when a member is out of range.
 */
export function doubleStitching(p: number, t: number, alpha: number, startsAt: number, delta = 0.5): number {
  requireBetween('p', p, 0, 1);
  requireBetween('alpha', alpha, 0, 1);
  requirePositive('startsAt', startsAt);
  const time = Math.max(t, startsAt);
  const logit = Math.log(p / (1 - p));
  const shifted = 1 / (1 + Math.exp(-(logit + 2 * delta * Math.sqrt((startsAt * EPOCH_RATIO) / time))));
  const r = p >= 0.5 ? p : Math.min(0.5, shifted);
  const variance = r * (1 - r);
  const epochs = (Math.sqrt(time / startsAt) * Math.abs(logit)) / (2 * delta) + 1;
  const series = zeta(LEVEL_EXPONENT);
  const level =
    LEVEL_EXPONENT * Math.log(Math.log((EPOCH_RATIO * time) / startsAt)) +
    LEVEL_EXPONENT * Math.log(epochs) +
    Math.log((2 * series * (2 * series + 1)) / (alpha * Math.log(EPOCH_RATIO) ** LEVEL_EXPONENT));
  const linear = (K2 * (1 - 2 * p) * level) / 3;
  const spread = delta * Math.sqrt((EPOCH_RATIO * time * variance) / startsAt);
  return spread + Math.sqrt(K1 * K1 * variance * time * level + linear * linear) + linear;
}

/** Riemann's ζ(s), s > 1, by Euler-Maclaurin summation. */
function zeta(s: number): number {
  const n = 20;
  let sum = 0;
  for (let k = 1; k < n; k++) sum += k ** -s;
  sum += n ** (1 - s) / (s - 1) + n ** -s / 2 + (s * n ** (-s - 1)) / 12;
  sum -= (s * (s + 1) * (s + 2) * n ** (-s - 3)) / 720;
  return sum + (s * (s + 1) * (s + 2) * (s + 3) * (s + 4) * n ** (-s - 5)) / 30_240;
}

/** ε of the closed-form minimisation below. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const SEARCH_STEPS = 100;

/**
 * Half-width of a confidence band for a whole distribution function after t units, at all t >= startsAt at once; of the
 * rate of the law of the iterated logarithm. `Infinity` before `startsAt`. Source: Howard & Ramdas 2022, theorem 2.
 * @throws RangeError unless scale > 1/√2 and 0 < alpha < 1.
 */
export function distributionBand(t: number, alpha: number, startsAt: number, scale = 0.85): number {
  requireBetween('alpha', alpha, 0, 1);
  if (!(scale > Math.SQRT1_2)) throw new RangeError(`scale must exceed 1/√2, got ${scale}`);
  if (t < startsAt) return Number.POSITIVE_INFINITY;
  let low = 0.1;
  let high = 1000;
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const middle = (low + high) / 2;
    if (smallestError(middle, scale) > alpha) low = middle;
    else high = middle;
  }
  return scale * Math.sqrt((Math.log(1 + Math.log(t / startsAt)) + high) / t);
}

/** The least error over the ratio of the epochs, for a constant C of the band. */
function smallestError(constant: number, scale: number): number {
  const error = (ratio: number): number => {
    const gamma = (2 / ratio) * (scale - Math.sqrt((2 * (ratio - 1)) / constant)) ** 2;
    if (gamma <= 1) return Number.POSITIVE_INFINITY;
    return 4 * Math.exp(-gamma * constant) * (1 + 1 / ((gamma - 1) * Math.log(ratio)));
  };
  let low = 1;
  let high = largestRatio(constant, scale);
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const left = high - GOLDEN * (high - low);
    const right = low + GOLDEN * (high - low);
    if (error(left) < error(right)) high = right;
    else low = left;
  }
  return error((low + high) / 2);
}

function largestRatio(constant: number, scale: number): number {
  let low = 1;
  let high = 2 * scale * scale;
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const middle = (low + high) / 2;
    if (Math.sqrt(middle / 2) + Math.sqrt((2 * (middle - 1)) / constant) < scale) low = middle;
    else high = middle;
  }
  return low;
}
