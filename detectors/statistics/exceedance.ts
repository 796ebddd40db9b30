import {
  type ConditionalEProcess,
  conditionalLogE,
  EXCEEDANCE_GRID,
  startConditionalEProcess,
  updateConditionalEProcess,
} from './conditional-e-process.js';
import { type ComparedCounts, requireBetween } from './counts.js';
import { bucketsOf, countAbove, type LogHistogram, quantileBucket, sizeOf } from './log-histogram.js';
import { logMeanExp } from './log-sum-exp.js';

/** Quantiles of the reference at which slowness shows: the middle, and three points of the tail. */
export const EXCEEDANCE_QUANTILES: readonly number[] = [0.5, 0.9, 0.95, 0.99];

/** A relative change smaller than this is no harm: 5 buckets of the histogram. */
export const DEFAULT_TOLERANCE = 0.1;

/** Thresholds that were frozen before the rollout, as buckets of the log histogram. */
export interface FrozenThresholds {
  readonly buckets: readonly number[];
  /** Buckets by which the candidate's thresholds lie higher: the relative effect that is tolerated. */
  readonly shift: number;
}

/**
 * Freezes thresholds at quantiles of the reference. `null` without a reference.
 * @param tolerance relative effect that is tolerated: 0.1 lets the candidate be 10 % slower
 * @throws RangeError when a quantile lies outside (0, 1) or the tolerance is at most -1.
 */
export function freezeThresholds(
  reference: LogHistogram,
  tolerance = DEFAULT_TOLERANCE,
  quantiles: readonly number[] = EXCEEDANCE_QUANTILES,
): FrozenThresholds | null {
  const buckets: number[] = [];
  for (const quantile of quantiles) {
    requireBetween('quantile', quantile, 0, 1);
    const bucket = quantileBucket(reference, quantile);
    if (bucket === null) return null;
    buckets.push(bucket);
  }
  return { buckets, shift: bucketsOf(tolerance) };
}

/** One block: what each arm took (time, tokens, money), in one stratum and bucket of time. */
export interface MeasuredBlock {
  readonly baseline: LogHistogram;
  readonly candidate: LogHistogram;
}

/**
 * Evidence that the candidate is slower, longer or dearer than tolerated: one e-process for each threshold, mixed.
 */
export interface ExceedanceProcess {
  readonly thresholds: FrozenThresholds;
  /** harm: the candidate exceeds by more than tolerated. promotion: it exceeds by less. */
  readonly question: 'harm' | 'promotion';
  readonly processes: readonly ConditionalEProcess[];
}

export function startExceedance(
  thresholds: FrozenThresholds,
  question: ExceedanceProcess['question'] = 'harm',
): ExceedanceProcess {
  return { thresholds, question, processes: thresholds.buckets.map(() => startConditionalEProcess(EXCEEDANCE_GRID)) };
}

/**
 * Adds a block: how many of the baseline's units exceed c_q, and of the candidate's (1 + r) c_q.
 *
 * Guarantee: harm: if the candidate divided by 1 + r exceeds no threshold more often than the baseline does, then
 * P(E ever reaches 1/α) <= α, whatever the tails (it is a count of exceedances). promotion: the same with the arms
 * exchanged, for candidates that exceed at least as often at every threshold.
 */
export function updateExceedance(process: ExceedanceProcess, block: MeasuredBlock): ExceedanceProcess {
  const processes = process.processes.map((one, index) => {
    const counts = exceedancesOf(block, process.thresholds, index);
    return updateConditionalEProcess(one, process.question === 'harm' ? counts : exchanged(counts));
  });
  return { ...process, processes };
}

/** Exceedances of one threshold as failures. */
export function exceedancesOf(block: MeasuredBlock, thresholds: FrozenThresholds, index: number): ComparedCounts {
  const bucket = thresholds.buckets[index];
  if (bucket === undefined) throw new RangeError(`there is no threshold ${index}`);
  return {
    baseline: { n: sizeOf(block.baseline), failures: countAbove(block.baseline, bucket) },
    candidate: { n: sizeOf(block.candidate), failures: countAbove(block.candidate, bucket + thresholds.shift) },
  };
}

function exchanged({ baseline, candidate }: ComparedCounts): ComparedCounts {
  return { baseline: candidate, candidate: baseline };
}

/** ln of the mean over thresholds. */
export function exceedanceLogE(process: ExceedanceProcess): number {
  return logMeanExp(process.processes.map(conditionalLogE));
}
