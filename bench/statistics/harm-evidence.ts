import {
  conditionalLogE,
  startConditionalEProcess,
  updateConditionalEProcess,
} from '../../detectors/statistics/conditional-e-process.js';
import type { ComparedCounts } from '../../detectors/statistics/counts.js';

const START = startConditionalEProcess();
const NOTHING = Float64Array.from(START.logRatios);

/** Counts of a simulated block stay below this, so that four of them make one exact number. */
const KEY_BASE = 2 ** 13;

/** Most kinds of blocks whose gains are kept. */
const MAX_KEPT = 200_000;

const gains = new Map<number, Float64Array>();

/**
 * What a block adds to kernel A. Evidence is a sum over blocks, so that blocks with the same counts are put through the
 * detectors' function once: the sums are those of the detectors, and 10,000 looks cost little.
 */
function gainsOf(block: ComparedCounts): Float64Array {
  const { baseline, candidate } = block;
  if (baseline.failures + candidate.failures === 0) return NOTHING;
  const key = ((baseline.n * KEY_BASE + candidate.n) * KEY_BASE + baseline.failures) * KEY_BASE + candidate.failures;
  const known = gains.get(key);
  if (known !== undefined) return known;
  const values = Float64Array.from(updateConditionalEProcess(START, block).logRatios);
  if (gains.size >= MAX_KEPT) gains.clear();
  gains.set(key, values);
  return values;
}

/** Kernel A over the blocks of one simulated run, as the detectors use it for harm. */
export class HarmEvidence {
  readonly #sums = Float64Array.from(NOTHING);
  #largest = 0;

  add(block: ComparedCounts): void {
    this.#put(gainsOf(block), 1);
  }

  /** Takes a block out again, whose counts have changed since. */
  remove(block: ComparedCounts): void {
    this.#put(gainsOf(block), -1);
  }

  #put(values: Float64Array, sign: 1 | -1): void {
    if (values === NOTHING) return;
    let largest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < values.length; index++) {
      const sum = (this.#sums[index] ?? 0) + sign * (values[index] ?? 0);
      this.#sums[index] = sum;
      if (sum > largest) largest = sum;
    }
    this.#largest = largest;
  }

  /** Is ln E now at least the threshold? The mean of a mixture is never above its largest member. */
  reaches(logThreshold: number): boolean {
    if (this.#largest < logThreshold) return false;
    return conditionalLogE({ ...START, logRatios: Array.from(this.#sums) }) >= logThreshold;
  }
}
