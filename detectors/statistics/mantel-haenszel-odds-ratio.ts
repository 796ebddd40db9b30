import { type ComparedCounts, requireBetween, requireComparedCounts } from './counts.js';
import type { Interval } from './proportion-confidence-sequence.js';
import { normalQuantile } from './special/normal.js';

/** The common odds ratio of failure over strata, candidate to baseline. */
export interface CommonOddsRatio {
  /** Σ f1 k0 / N over Σ f0 k1 / N, k the successes. `Infinity` when only the baseline has no failures that compare. */
  readonly oddsRatio: number;
  /** Of ln(oddsRatio); not a number while either sum is 0. */
  readonly standardErrorOfLog: number;
}

/** Counts of one stratum: failures and successes of the candidate (a, b) and of the baseline (c, d). */
export interface FourCells {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly total: number;
}

/** @throws RangeError naming the count that is not one. */
export function fourCells(counts: ComparedCounts): FourCells {
  requireComparedCounts(counts);
  const { baseline, candidate } = counts;
  return {
    a: candidate.failures,
    b: candidate.n - candidate.failures,
    c: baseline.failures,
    d: baseline.n - baseline.failures,
    total: candidate.n + baseline.n,
  };
}

/**
 * Mantel-Haenszel odds ratio with the variance of Robins, Breslow & Greenland (Biometrics 1986), right for few large
 * and for many small strata. An effect size for display: it is not valid for continuous looking, the
 * `OddsRatioSequence` is. `null` when no stratum compares anything.
 */
export function mantelHaenszelOddsRatio(strata: readonly ComparedCounts[]): CommonOddsRatio | null {
  let r = 0;
  let s = 0;
  let pr = 0;
  let psQr = 0;
  let qs = 0;
  for (const stratum of strata) {
    const { a, b, c, d, total } = fourCells(stratum);
    if (total === 0) continue;
    const ri = (a * d) / total;
    const si = (b * c) / total;
    const p = (a + d) / total;
    const q = (b + c) / total;
    r += ri;
    s += si;
    pr += p * ri;
    psQr += p * si + q * ri;
    qs += q * si;
  }
  if (r === 0 && s === 0) return null;
  const variance = pr / (2 * r * r) + psQr / (2 * r * s) + qs / (2 * s * s);
  return { oddsRatio: r / s, standardErrorOfLog: Math.sqrt(variance) };
}

/** Interval of the odds ratio at one look. @throws RangeError unless 0 < alpha < 1. */
export function oddsRatioInterval(estimate: CommonOddsRatio, alpha: number): Interval {
  requireBetween('alpha', alpha, 0, 1);
  const factor = Math.exp(-normalQuantile(alpha / 2) * estimate.standardErrorOfLog);
  return { lower: estimate.oddsRatio / factor, upper: estimate.oddsRatio * factor };
}
