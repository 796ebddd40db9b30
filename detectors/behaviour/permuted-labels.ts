import type { BehaviourBlock } from './block.js';
import { randomBelow, randomWords } from './seeded-random.js';

/**
 * Sums of the candidate's rows under fake labellings of the same blocks: the same number of candidates in each block, chosen
 * at random, independently of everything seen.
 *
 * Labelling p of a block depends on the seed and the block's position only, so that it is the same at every look.
 * @param centred rows of all blocks, as in Contrast
 * @returns one row of `width` sums a labelling
 */
export function permutedSums(
  blocks: readonly BehaviourBlock[],
  centred: Float64Array,
  width: number,
  labellings: number,
  seed: number,
): Float64Array {
  const sums = new Float64Array(labellings * width);
  let first = 0;
  blocks.forEach(({ baseline, candidate }, index) => {
    const units = baseline.length + candidate.length;
    const rows = centred.subarray(first * width, (first + units) * width);
    addPermutedBlock(rows, units, candidate.length, sums, width, randomWords(seed, index));
    first += units;
  });
  return sums;
}

/** The rows are centred: choosing baselines and subtracting is the same as choosing candidates, so the smaller arm is drawn. */
function addPermutedBlock(
  rows: Float64Array,
  units: number,
  candidates: number,
  sums: Float64Array,
  width: number,
  next: () => number,
): void {
  const drawn = Math.min(candidates, units - candidates);
  const sign = drawn === candidates ? 1 : -1;
  const order = Uint32Array.from({ length: units }, (_, index) => index);
  for (let start = 0; start < sums.length; start += width) {
    const into = sums.subarray(start, start + width);
    for (let position = 0; position < drawn; position++) {
      const swap = position + randomBelow(next, units - position);
      const row = order[swap] ?? 0;
      order[swap] = order[position] ?? 0;
      order[position] = row;
      const offset = row * width;
      for (let column = 0; column < width; column++) {
        into[column] = (into[column] ?? 0) + sign * (rows[offset + column] ?? 0);
      }
    }
  }
}
