import { type AsymptoticSequence, halfWidth } from '../../detectors/statistics/asymptotic-confidence-sequence.js';
import type { ComparedCounts } from '../../detectors/statistics/counts.js';
import { logBeta } from '../../detectors/statistics/special/beta.js';
import { normalCdf } from '../../detectors/statistics/special/normal.js';

/** All units of a run so far, over time and strata: what the usual rules look at. */
export interface Totals {
  baselineN: number;
  baselineFailures: number;
  candidateN: number;
  candidateFailures: number;
}

/** Before the first unit. */
export const NO_UNITS: Readonly<Totals> = { baselineN: 0, baselineFailures: 0, candidateN: 0, candidateFailures: 0 };

export function addToTotals(totals: Totals, { baseline, candidate }: ComparedCounts): void {
  totals.baselineN += baseline.n;
  totals.baselineFailures += baseline.failures;
  totals.candidateN += candidate.n;
  totals.candidateFailures += candidate.failures;
}

/** One-sided 5 % point of the normal distribution. */
const Z_95 = 1.6448536269514722;

/** Below this z no posterior reaches 95 %, so that it need not be computed. */
const Z_WORTH_A_POSTERIOR = 1;

/** From so many candidate failures on, a Beta posterior is as good as normal. */
const MAX_EXACT_FAILURES = 60;

/** N* = 5,000, the default of a well-known tool; one-sided, for harm. */
const SEQUENCE: AsymptoticSequence = { alpha: 0.05, tightestAt: 5000, sides: 1 };

/** "Wait for some data": what a careful team asks for before it looks. */
export function isEnoughData(totals: Totals): boolean {
  return totals.candidateN >= 100 && totals.candidateFailures >= 5;
}

/** Test of two proportions with a pooled variance, one-sided, at 5 %. */
export function naiveZAlarms(totals: Totals): boolean {
  return pooledZ(totals) >= Z_95;
}

function pooledZ({ baselineN, baselineFailures, candidateN, candidateFailures }: Totals): number {
  if (baselineN === 0 || candidateN === 0) return 0;
  const rate = (baselineFailures + candidateFailures) / (baselineN + candidateN);
  const variance = rate * (1 - rate) * (1 / baselineN + 1 / candidateN);
  return variance === 0 ? 0 : (candidateFailures / candidateN - baselineFailures / baselineN) / Math.sqrt(variance);
}

/** P(candidate fails more often | data) > 95 %, uniform priors. */
export function bayesAlarms(totals: Totals): boolean {
  return pooledZ(totals) > Z_WORTH_A_POSTERIOR && probabilityWorse(totals) > 0.95;
}

/** P(θ1 > θ0) for independent Beta posteriors: a finite sum for whole numbers; normal when it would be long. */
export function probabilityWorse({ baselineN, baselineFailures, candidateN, candidateFailures }: Totals): number {
  const [a0, b0] = [baselineFailures + 1, baselineN - baselineFailures + 1];
  const [a1, b1] = [candidateFailures + 1, candidateN - candidateFailures + 1];
  if (candidateFailures > MAX_EXACT_FAILURES) {
    const variance = betaVariance(a0, b0) + betaVariance(a1, b1);
    return normalCdf((a1 / (a1 + b1) - a0 / (a0 + b0)) / Math.sqrt(variance));
  }
  let term = Math.exp(logBeta(a0, b0 + b1) - logBeta(a0, b0));
  let sum = term;
  for (let i = 0; i < a1 - 1; i++) {
    term *= ((a0 + i) * (b1 + i)) / ((a0 + b0 + b1 + i) * (1 + i));
    sum += term;
  }
  return sum;
}

function betaVariance(a: number, b: number): number {
  return (a * b) / ((a + b) ** 2 * (a + b + 1));
}

/** Asymptotic confidence sequence of the difference of the two rates excludes 0 from above, at 5 %. */
export function asymptoticAlarms({ baselineN, baselineFailures, candidateN, candidateFailures }: Totals): boolean {
  if (baselineN === 0 || candidateN === 0) return false;
  const q0 = baselineFailures / baselineN;
  const q1 = candidateFailures / candidateN;
  if (q1 <= q0) return false;
  const units = baselineN + candidateN;
  const variance = ((q0 * (1 - q0)) / baselineN + (q1 * (1 - q1)) / candidateN) * units;
  return q1 - q0 > halfWidth(variance, units, SEQUENCE);
}
