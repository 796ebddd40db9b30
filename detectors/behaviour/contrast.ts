import type { BehaviourBlock } from './block.js';
import { ReferenceRanks } from './reference-ranks.js';
import { type SquareMatrix, squareMatrix } from './symmetric-matrix.js';

/**
 * What a set of blocks says about the difference of the arms, feature by feature, in ranks among all outputs.
 *
 * With labels permuted within blocks the sum has mean 0 and exactly this covariance: it is the stratified rank statistic
 * (van Elteren 1960) of every feature at once. Everything but `sum` is the same for every labelling.
 */
export interface Contrast {
  readonly featureCount: number;
  readonly ranks: ReferenceRanks;
  /** Ranks of every output less the mean of its block, row after row, in the order baseline, candidate of each block. */
  readonly centred: Float64Array;
  /** Σ over candidate outputs of the centred ranks. */
  readonly sum: Float64Array;
  readonly covariance: SquareMatrix;
  /** Σ over blocks of n0 n1 / (n0 + n1): half the number a side in balanced blocks. */
  readonly information: number;
}

export function informationOf({ baseline, candidate }: BehaviourBlock): number {
  const units = baseline.length + candidate.length;
  return units === 0 ? 0 : (baseline.length * candidate.length) / units;
}

export function contrastOf(blocks: readonly BehaviourBlock[], featureCount: number): Contrast {
  const rows = blocks.flatMap(({ baseline, candidate }) =>
    [...baseline, ...candidate].map((output) => output.fingerprint),
  );
  const ranks = new ReferenceRanks(rows, featureCount);
  const centred = new Float64Array(rows.length * featureCount);
  rows.forEach((row, index) => {
    ranks.read(row, centred, index * featureCount);
  });
  const sum = new Float64Array(featureCount);
  const covariance = squareMatrix(featureCount);
  let information = 0;
  let first = 0;
  for (const block of blocks) {
    const units = block.baseline.length + block.candidate.length;
    const part = centred.subarray(first * featureCount, (first + units) * featureCount);
    centre(part, featureCount, units);
    addRows(part.subarray(block.baseline.length * featureCount), featureCount, sum);
    addProducts(part, featureCount, informationOf(block) / (units - 1), covariance);
    information += informationOf(block);
    first += units;
  }
  return { featureCount, ranks, centred, sum, covariance, information };
}

function centre(rows: Float64Array, width: number, count: number): void {
  for (let column = 0; column < width; column++) {
    let sum = 0;
    for (let at = column; at < rows.length; at += width) sum += rows[at] ?? 0;
    const mean = sum / count;
    for (let at = column; at < rows.length; at += width) rows[at] = (rows[at] ?? 0) - mean;
  }
}

function addRows(rows: Float64Array, width: number, into: Float64Array): void {
  for (let start = 0; start < rows.length; start += width) {
    for (let column = 0; column < width; column++) into[column] = (into[column] ?? 0) + (rows[start + column] ?? 0);
  }
}

/** Adds weight · Σ xᵢ xᵢᵀ to the lower triangle. */
function addProducts(rows: Float64Array, width: number, weight: number, { values }: SquareMatrix): void {
  for (let start = 0; start < rows.length; start += width) {
    for (let row = 0; row < width; row++) {
      const scaled = weight * (rows[start + row] ?? 0);
      if (scaled === 0) continue;
      const offset = row * width;
      for (let column = 0; column <= row; column++) {
        values[offset + column] = (values[offset + column] ?? 0) + scaled * (rows[start + column] ?? 0);
      }
    }
  }
}
