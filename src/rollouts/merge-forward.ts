import type { ArmCounts, Block } from '../model/index.js';

/** Buckets with one arm only wait this long for the other arm. */
const MERGE_SPAN_SECONDS = 300;

/**
 * Joins buckets in which one arm was silent with the next one of the same stratum in which it spoke, so that little
 * traffic gives evidence too. Looks only at how many units there are, never at how they ended, which keeps the evidence
 * valid; spans are bounded, so that a drifting base rate is not taken for a difference.
 * @param blocks in bucket order
 * @returns blocks in bucket order, named by the last bucket they contain; what found no partner stays one-armed
 */
export function mergeForward(blocks: readonly Block[]): Block[] {
  const waiting = new Map<string, Block[]>();
  const merged: Block[] = [];
  for (const block of blocks) {
    const queue = waiting.get(block.stratum) ?? [];
    while (queue[0] !== undefined && queue[0].bucket < block.bucket - MERGE_SPAN_SECONDS)
      merged.push(...queue.splice(0, 1));
    queue.push(block);
    const joined = join(queue, block);
    if (joined.baseline.n > 0 && joined.candidate.n > 0) {
      merged.push(joined);
      waiting.delete(block.stratum);
    } else waiting.set(block.stratum, queue);
  }
  for (const queue of waiting.values()) merged.push(...queue);
  return merged.sort((a, b) => a.bucket - b.bucket);
}

function join(blocks: readonly Block[], last: Block): Block {
  return {
    bucket: last.bucket,
    stratum: last.stratum,
    baseline: sumCounts(blocks.map(({ baseline }) => baseline)),
    candidate: sumCounts(blocks.map(({ candidate }) => candidate)),
  };
}

function sumCounts(counts: readonly ArmCounts[]): ArmCounts {
  const sum = { n: 0, failures: 0, scoreSum: 0 };
  for (const { n, failures, scoreSum } of counts) {
    sum.n += n;
    sum.failures += failures;
    sum.scoreSum += scoreSum;
  }
  return sum;
}
