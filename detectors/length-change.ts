import type { Block } from '../src/model/index.js';
import { type Change, DirectionWatch, directionThreshold } from './change.js';
import { rateChange } from './rate-change.js';
import {
  DEFAULT_TOLERANCE,
  type ExceedanceProcess,
  exceedanceLogE,
  freezeThresholds,
  type MeasuredBlock,
  startExceedance,
  updateExceedance,
} from './statistics/exceedance.js';
import { bucketOf, histogramOf } from './statistics/log-histogram.js';

/** The middle and the tail; quantiles further out would need a longer reference. */
const LENGTH_QUANTILES: readonly number[] = [0.5, 0.9];

/** Candidate units before a change of length is a finding. */
const MINIMUM_UNITS = 10;

export const LENGTH_WEIGHT = 0.1;

/** Lengths of both arms in one bucket. */
export interface LengthBlock {
  readonly bucket: number;
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
}

/** `baseline` and `candidate` of the change: shares of units longer than the reference's median. */
export interface LengthChange extends Change {
  readonly referenceMedian: number;
}

/**
 * Did outputs become longer or shorter by more than a tenth?
 *
 * Thresholds are the median and the 90th percentile of the reference, frozen before any block; reference units must not be in
 * a block. Longer: the candidate exceeds 1.1 c more often than the baseline exceeds c. Shorter: the baseline exceeds c more
 * often than the candidate exceeds c / 1.1. Guarantee: as rateChange, for a candidate within a tenth of the baseline's lengths.
 * @param blocks in bucket order
 * @param alpha the metric's share α w of the false-alarm budget
 */
export function lengthChange(
  reference: readonly number[],
  blocks: readonly LengthBlock[],
  alpha: number,
): LengthChange | null {
  const histogram = histogramOf(reference);
  const longer = freezeThresholds(histogram, DEFAULT_TOLERANCE, LENGTH_QUANTILES);
  const shorter = freezeThresholds(histogram, 1 / (1 + DEFAULT_TOLERANCE) - 1, LENGTH_QUANTILES);
  const median = longer?.buckets[0];
  if (longer === null || shorter === null || median === undefined) return null;
  const logThreshold = directionThreshold(alpha);
  const up = watched(blocks, startExceedance(longer, 'harm'), logThreshold);
  const down = watched(blocks, startExceedance(shorter, 'promotion'), logThreshold);
  const shown = rateChange(exceedances(blocks, median), { ...SHOWN, weight: LENGTH_WEIGHT }, alpha);
  return { ...shown, up, down, logThreshold, referenceMedian: medianOf(reference) };
}

/** The shares that are shown decide nothing: the evidence is that of the tolerant thresholds. */
const SHOWN = { riseFloor: 0.01, fallFloor: 0.01, minimumEvents: 0, minimumExpectedEvents: 0 };

function watched(blocks: readonly LengthBlock[], start: ExceedanceProcess, logThreshold: number): Change['up'] {
  const watch = new DirectionWatch(logThreshold);
  let process = start;
  let candidates = 0;
  for (const block of blocks) {
    process = updateExceedance(process, measured(block));
    candidates += block.candidate.length;
    watch.look(block.bucket, exceedanceLogE(process), candidates >= MINIMUM_UNITS);
  }
  return watch.evidence;
}

function measured({ baseline, candidate }: LengthBlock): MeasuredBlock {
  return { baseline: histogramOf(baseline), candidate: histogramOf(candidate) };
}

function exceedances(blocks: readonly LengthBlock[], threshold: number): Block[] {
  const counts = (lengths: readonly number[]) => {
    const failures = lengths.filter((length) => bucketOf(length) > threshold).length;
    return { n: lengths.length, failures, scoreSum: lengths.length - failures };
  };
  return blocks.map(({ bucket, baseline, candidate }) => ({
    bucket,
    stratum: 'all',
    baseline: counts(baseline),
    candidate: counts(candidate),
  }));
}

/** The order statistic that was frozen. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
