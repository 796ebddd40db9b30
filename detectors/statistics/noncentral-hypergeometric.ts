import { logChooseUnchecked } from './log-combinatorics.js';

/** A term below this share of the largest one cannot change the sum: terms fall faster than geometrically from there. */
const NEGLIGIBLE = 1e-19;

/** Sizes of the two arms and the failures of both together: what the conditional kernel conditions on. */
export interface Margins {
  readonly baselineN: number;
  readonly candidateN: number;
  readonly failures: number;
}

/** Fewest and most of the failures that the candidate can have had. Equal when the block can tell nothing. */
export function candidateFailureRange(margins: Margins): { readonly fewest: number; readonly most: number } {
  return {
    fewest: Math.max(0, margins.failures - margins.baselineN),
    most: Math.min(margins.candidateN, margins.failures),
  };
}

/**
 * A(t) = ln Σ_x C(n1, x) C(n0, m-x) e^{t x}: the log normaliser of Fisher's non-central hypergeometric distribution of
 * the candidate's failures x, given m failures in both arms and the log odds ratio t.
 *
 * Summed outwards from the largest term, so that its cost grows with the standard deviation of x and not with the size
 * of the block. Counts must have been checked by the caller.
 */
export function logNormaliser(margins: Margins, logOddsRatio: number): number {
  const { baselineN, candidateN, failures } = margins;
  const { fewest, most } = candidateFailureRange(margins);
  const mode = modeOf(margins, fewest, most, Math.exp(logOddsRatio));
  const oddsRatio = Math.exp(logOddsRatio);
  let sum = 1;
  for (let x = mode, term = 1; x < most && term > NEGLIGIBLE * sum; x++) {
    term *= (oddsRatio * (candidateN - x) * (failures - x)) / ((x + 1) * (baselineN - failures + x + 1));
    sum += term;
  }
  for (let x = mode, term = 1; x > fewest && term > NEGLIGIBLE * sum; x--) {
    term *= (x * (baselineN - failures + x)) / (oddsRatio * (candidateN - x + 1) * (failures - x + 1));
    sum += term;
  }
  const largest =
    logChooseUnchecked(candidateN, mode) + logChooseUnchecked(baselineN, failures - mode) + logOddsRatio * mode;
  return largest + Math.log(sum);
}

/** Supports up to this size are summed once for all odds ratios; most blocks of a small candidate are. */
const MAX_SHARED_SUPPORT = 64;

/** Logarithm that sums of weights must stay below to be doubles. */
const MAX_LOG_WEIGHT = 690;

/**
 * A(t + g) - A(t) for each g: what a block's likelihood ratios need. On a small support the weights at t are made once, by
 * their recurrence and without a logarithm, and each g only tilts them.
 */
export function logTilts(margins: Margins, logOddsRatio: number, tilts: readonly number[]): number[] {
  const { fewest, most } = candidateFailureRange(margins);
  const weights = sharedWeights(margins, fewest, most, logOddsRatio, Math.max(0, ...tilts));
  if (weights === null) {
    const atNull = logNormaliser(margins, logOddsRatio);
    return tilts.map((tilt) => logNormaliser(margins, logOddsRatio + tilt) - atNull);
  }
  let sum = 0;
  for (const weight of weights) sum += weight;
  return tilts.map((tilt) => tilt * fewest + Math.log(polynomial(weights, Math.exp(tilt)) / sum));
}

/** Weights relative to that of the fewest failures; `null` when the support is large or the weights might overflow. */
function sharedWeights(
  { baselineN, candidateN, failures }: Margins,
  fewest: number,
  most: number,
  logOddsRatio: number,
  largestTilt: number,
): number[] | null {
  const steps = most - fewest;
  if (steps > MAX_SHARED_SUPPORT) return null;
  const oddsRatio = Math.exp(logOddsRatio);
  const ratio = (x: number): number =>
    (oddsRatio * (candidateN - x) * (failures - x)) / ((x + 1) * (baselineN - failures + x + 1));
  // The first step is the largest.
  if (steps * (Math.log(Math.max(1, ratio(fewest))) + largestTilt) > MAX_LOG_WEIGHT) return null;
  const weights = [1];
  for (let x = fewest, weight = 1; x < most; x++) {
    weight *= ratio(x);
    weights.push(weight);
  }
  return weights;
}

/** Σ w_k z^k by Horner's rule. */
function polynomial(weights: readonly number[], z: number): number {
  let sum = 0;
  for (let k = weights.length - 1; k >= 0; k--) sum = sum * z + (weights[k] ?? 0);
  return sum;
}

/**
 * Where the terms of {@link logNormaliser} are largest: the integer part of the smaller root of
 * (ψ-1) x² - b x + ψ (n1+1)(m+1) = 0, b = ψ (n1+m+2) + n0 - m (Liao & Rosen, The American Statistician 2001).
 */
function modeOf(margins: Margins, fewest: number, most: number, oddsRatio: number): number {
  const { baselineN, candidateN, failures } = margins;
  const a = oddsRatio - 1;
  const b = oddsRatio * (candidateN + failures + 2) + baselineN - failures;
  const c = oddsRatio * (candidateN + 1) * (failures + 1);
  const root = (2 * c) / (b + Math.sqrt(Math.max(0, b * b - 4 * a * c)));
  return Math.min(most, Math.max(fewest, Math.floor(root)));
}
