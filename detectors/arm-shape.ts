import type { LogHistogram } from '../src/model/index.js';
import { valueOfBucket } from './statistics/log-histogram.js';

/** Buckets of the fine histogram in one bin: a bin is 10 % wide. */
const BIN_BUCKETS = 5;
/** A factor of 500 to each side of the centre; what lies further out is counted at the ends. */
const HALF_BINS = 63;

/** The distribution of one arm's values, coarse and small: for the quantiles that are shown. */
export class ArmShape {
  readonly #centre: number;
  readonly #bins: Uint32Array;

  /** @param centre bucket in the middle of what is expected */
  constructor(centre: number, bins = new Uint32Array(2 * HALF_BINS + 1)) {
    this.#centre = centre;
    this.#bins = bins;
  }

  add(histogram: LogHistogram): void {
    for (const [bucket, count] of histogram) {
      const bin = Math.round((bucket - this.#centre) / BIN_BUCKETS);
      const index = Math.min(2 * HALF_BINS, Math.max(0, bin + HALF_BINS));
      this.#bins[index] = (this.#bins[index] ?? 0) + count;
    }
  }

  /** The value below which this part of the units lies, within a tenth; 0 without units. */
  quantile(q: number): number {
    const size = this.#bins.reduce((sum, count) => sum + count, 0);
    let passed = 0;
    for (const [index, count] of this.#bins.entries()) {
      passed += count;
      if (passed > q * (size - 1))
        return size === 0 ? 0 : valueOfBucket(this.#centre + (index - HALF_BINS) * BIN_BUCKETS);
    }
    return 0;
  }

  /** A copy that goes its own way. */
  clone(): ArmShape {
    return new ArmShape(this.#centre, this.#bins.slice());
  }
}
