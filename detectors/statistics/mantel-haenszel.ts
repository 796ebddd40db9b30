import { type ComparedCounts, requireComparedCounts } from './counts.js';

/** Sums over strata or blocks from which the Mantel-Haenszel rates follow; additive. */
export interface MantelHaenszel {
  readonly weight: number;
  readonly weightedBaseline: number;
  readonly weightedCandidate: number;
}

/** The failure rates of both arms weighted alike over strata, and their difference. */
export interface StandardisedRates {
  readonly baseline: number;
  readonly candidate: number;
  /** Candidate minus baseline. */
  readonly difference: number;
}

export const NO_STRATA: MantelHaenszel = { weight: 0, weightedBaseline: 0, weightedCandidate: 0 };

/**
 * Adds one stratum or block, weighted n0 n1 / (n0 + n1); one with an empty arm compares nothing and adds nothing.
 * @throws RangeError naming the count that is not one.
 */
export function addStratum(sums: MantelHaenszel, counts: ComparedCounts): MantelHaenszel {
  requireComparedCounts(counts);
  const { baseline, candidate } = counts;
  if (baseline.n === 0 || candidate.n === 0) return sums;
  const total = baseline.n + candidate.n;
  return {
    weight: sums.weight + (baseline.n * candidate.n) / total,
    weightedBaseline: sums.weightedBaseline + (baseline.failures * candidate.n) / total,
    weightedCandidate: sums.weightedCandidate + (candidate.failures * baseline.n) / total,
  };
}

/**
 * Mantel-Haenszel risk difference: Σ w (p1 - p0) / Σ w within strata, so that a different mix of requests in the two
 * arms is not taken for a difference between them. `null` before any stratum has both arms.
 * Source: Greenland & Robins, Biometrics 1985.
 */
export function mantelHaenszelRates(sums: MantelHaenszel): StandardisedRates | null {
  if (sums.weight === 0) return null;
  const baseline = sums.weightedBaseline / sums.weight;
  const candidate = sums.weightedCandidate / sums.weight;
  return { baseline, candidate, difference: candidate - baseline };
}
