import { HISTOGRAM_GAMMA, HISTOGRAM_ZERO_BUCKET, type LogHistogram } from '../../src/model/index.js';
import { requireCount } from './counts.js';

export type { LogHistogram } from '../../src/model/index.js';

/** Ratio of neighbouring bucket bounds: values are known to 1 %. */
export const GAMMA = HISTOGRAM_GAMMA;
const LOG_GAMMA = Math.log(GAMMA);

/** Bucket of zeros and of everything below the smallest bound (1e-9). */
export const ZERO_BUCKET = HISTOGRAM_ZERO_BUCKET;

/**
 * The bucket of a value.
 * @throws RangeError unless it is at least 0 and finite.
 */
export function bucketOf(value: number): number {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) throw new RangeError(`value must be at least 0, got ${value}`);
  if (value === 0) return ZERO_BUCKET;
  return Math.max(ZERO_BUCKET, Math.ceil(Math.log(value) / LOG_GAMMA - 1e-9));
}

/** The value that stands for a bucket: its error is at most 1 % of any value in it. */
export function valueOfBucket(bucket: number): number {
  return bucket <= ZERO_BUCKET ? 0 : (2 * GAMMA ** bucket) / (GAMMA + 1);
}

/** How many buckets higher a value lies when it is (1 + r) times as large; r = 0.1 gives 5. */
export function bucketsOf(relativeIncrease: number): number {
  if (!(relativeIncrease > -1)) throw new RangeError(`relativeIncrease must exceed -1, got ${relativeIncrease}`);
  return Math.round(Math.log1p(relativeIncrease) / LOG_GAMMA);
}

/** Histogram of some values. @throws RangeError naming a value that is negative or not finite. */
export function histogramOf(values: Iterable<number>): LogHistogram {
  const counts = new Map<number, number>();
  for (const value of values) {
    const bucket = bucketOf(value);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return counts;
}

/** Both together. @throws RangeError naming a count that is not one. */
export function mergeHistograms(a: LogHistogram, b: LogHistogram): LogHistogram {
  const counts = new Map(a);
  for (const [bucket, count] of b) {
    requireCount(`count of bucket ${bucket}`, count);
    counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  return counts;
}

export function sizeOf(histogram: LogHistogram): number {
  let size = 0;
  for (const count of histogram.values()) size += count;
  return size;
}

/** Units in buckets above a bucket. */
export function countAbove(histogram: LogHistogram, bucket: number): number {
  let above = 0;
  for (const [at, count] of histogram) if (at > bucket) above += count;
  return above;
}

/**
 * The bucket that holds the order statistic at ⌊q (n-1)⌋; `null` without units.
 * @throws RangeError unless 0 <= q <= 1.
 */
export function quantileBucket(histogram: LogHistogram, q: number): number | null {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`q must lie between 0 and 1, got ${q}`);
  const size = sizeOf(histogram);
  const rank = Math.floor(q * (size - 1));
  let passed = 0;
  for (const [bucket, count] of [...histogram].sort(([a], [b]) => a - b)) {
    passed += count;
    if (passed > rank) return bucket;
  }
  return null;
}
