import { requireBetween } from '../counts.js';

/** The evidence of one guardrail, and its share of the error budget. */
export interface WeightedEvidence {
  /** Largest ln E so far. */
  readonly maxLogE: number;
  /** w: the weights of all guardrails must sum to at most 1. */
  readonly weight: number;
}

/** Weights are sums of decimal fractions; they may exceed 1 by rounding only. */
const WEIGHT_ROUNDING = 1e-9;

/**
 * ln(1 / (α w)): what the evidence of a guardrail must reach before something is done about it without asking.
 * @throws RangeError unless 0 < alpha < 1 and 0 < weight <= 1.
 */
export function weightedThreshold(alpha: number, weight: number): number {
  requireBetween('alpha', alpha, 0, 1);
  if (!(weight > 0 && weight <= 1 + WEIGHT_ROUNDING)) throw new RangeError(`weight must lie in (0, 1], got ${weight}`);
  return Math.log(1 / (alpha * weight));
}

/**
 * The guardrails to blame, by index: those whose running maximum reached their threshold.
 *
 * Guarantee: P(any guardrail that is fine is ever blamed) <= α over the whole life, whatever the dependence between
 * guardrails and however often one looks (Ville's inequality for each, union bound over all).
 * @throws RangeError when the weights sum to more than 1.
 */
export function blamedGuardrails(evidence: readonly WeightedEvidence[], alpha: number): number[] {
  const sum = evidence.reduce((total, { weight }) => total + weight, 0);
  if (sum > 1 + WEIGHT_ROUNDING) throw new RangeError(`weights must sum to at most 1, got ${sum}`);
  return evidence.flatMap(({ maxLogE, weight }, index) => (maxLogE >= weightedThreshold(alpha, weight) ? [index] : []));
}
