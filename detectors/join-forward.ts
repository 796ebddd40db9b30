import type { ArmCounts, Block, LogHistogram } from '../src/model/index.js';
import { CopyOnWriteMap } from './copy-on-write-map.js';
import { mergeHistograms } from './statistics/log-histogram.js';

/** Buckets with one arm only wait this long for the other arm. */
const JOIN_SPAN_SECONDS = 300;

/**
 * Joins buckets in which one arm was silent with the next one of the same stratum in which it spoke, so that little
 * traffic gives evidence too. Looks only at how many units there are, never at how they ended, which keeps the evidence
 * valid; spans are bounded, so that a drifting base rate is not taken for a difference.
 */
export class JoinForward {
  /** Blocks that wait, by stratum, oldest first. A list is replaced, never changed, so that copies may share it. */
  readonly #waiting: CopyOnWriteMap<string, readonly Block[]>;

  constructor(waiting = new CopyOnWriteMap<string, readonly Block[]>()) {
    this.#waiting = waiting;
  }

  /**
   * @param block of no earlier bucket than any before
   * @returns what may be compared now, oldest first: blocks that found no partner in time, and then, named by its last
   * bucket, the one that did
   */
  add(block: Block): Block[] {
    const queue = this.#waiting.get(block.stratum) ?? [];
    const ready = queue.filter(({ bucket }) => bucket < block.bucket - JOIN_SPAN_SECONDS);
    const waiting = [...queue.slice(ready.length), block];
    const joined = join(waiting, block);
    if (joined.baseline.n > 0 && joined.candidate.n > 0) {
      this.#waiting.delete(block.stratum);
      return [...ready, joined];
    }
    this.#waiting.set(block.stratum, waiting);
    return ready;
  }

  /** What has found no partner yet. */
  get waiting(): Block[] {
    return [...this.#waiting.values()].flat();
  }

  /** A copy that goes its own way. */
  clone(): JoinForward {
    return new JoinForward(this.#waiting.clone());
  }
}

function join(blocks: readonly Block[], last: Block): Block {
  if (blocks.length === 1) return last;
  return {
    bucket: last.bucket,
    stratum: last.stratum,
    baseline: sumCounts(blocks.map(({ baseline }) => baseline)),
    candidate: sumCounts(blocks.map(({ candidate }) => candidate)),
  };
}

function sumCounts(counts: readonly ArmCounts[]): ArmCounts {
  const sum = { n: 0, failures: 0, scoreSum: 0 };
  let histogram: LogHistogram | undefined;
  for (const arm of counts) {
    sum.n += arm.n;
    sum.failures += arm.failures;
    sum.scoreSum += arm.scoreSum;
    if (arm.histogram) histogram = histogram ? mergeHistograms(histogram, arm.histogram) : arm.histogram;
  }
  return histogram ? { ...sum, histogram } : sum;
}
