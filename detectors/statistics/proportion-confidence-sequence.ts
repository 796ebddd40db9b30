import { type FailureCounts, requireBetween, requireFailureCounts } from './counts.js';
import { logChooseUnchecked } from './log-combinatorics.js';

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** Bisection steps; each halves the error. */
const BISECTION_STEPS = 60;

/**
 * Interval for a failure rate that may be looked at after every unit: with probability 1 - α it holds the true rate at
 * all times at once.
 *
 * The rates p at which the e-value ∫ θ^f (1-θ)^(n-f) dBeta(θ; ½, ½) / (p^f (1-p)^(n-f)) stays below 1/α (Robbins'
 * method of mixtures; the mixture is the Krichevsky-Trofimov estimator, so nothing has to be tuned).
 * Exact for units with one constant rate, at any n.
 * @throws RangeError naming a bad count, or alpha outside (0, 1).
 */
export function proportionConfidenceSequence(counts: FailureCounts, alpha: number): Interval {
  requireFailureCounts('counts', counts);
  requireBetween('alpha', alpha, 0, 1);
  const { n, failures } = counts;
  if (n === 0) return { lower: 0, upper: 1 };
  const successes = n - failures;
  const logMixture = logKrichevskyTrofimov(successes, failures);
  const rejected = (p: number): boolean =>
    logMixture - term(failures, p) - term(successes, 1 - p) >= Math.log(1 / alpha);
  const rate = failures / n;
  return {
    lower: failures === 0 ? 0 : boundary(rate, 0, rejected),
    upper: successes === 0 ? 1 : boundary(rate, 1, rejected),
  };
}

/** ln of B(s+½, f+½)/B(½, ½) = C(2s, s) C(2f, f) / (4^n C(n, s)). */
function logKrichevskyTrofimov(successes: number, failures: number): number {
  const n = successes + failures;
  return (
    logChooseUnchecked(2 * successes, successes) +
    logChooseUnchecked(2 * failures, failures) -
    logChooseUnchecked(n, successes) -
    n * Math.log(4)
  );
}

/** count · ln p, with 0 · ln 0 = 0 */
function term(count: number, p: number): number {
  return count === 0 ? 0 : count * Math.log(p);
}

/** The last rate between `inside` (never rejected) and `outside` that is not rejected. */
function boundary(inside: number, outside: number, rejected: (p: number) => boolean): number {
  let kept = inside;
  let gone = outside;
  for (let step = 0; step < BISECTION_STEPS; step++) {
    const middle = (kept + gone) / 2;
    if (rejected(middle)) gone = middle;
    else kept = middle;
  }
  return kept;
}
