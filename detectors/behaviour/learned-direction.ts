import type { Contrast } from './contrast.js';
import { cholesky, type SquareMatrix, solveLower, solveUpper, squareMatrix } from './symmetric-matrix.js';

/**
 * Weights of the features that tell candidate from baseline, learned from a contrast by ridge regression: the first Newton
 * step of the conditional logistic likelihood under a normal prior, (V + P)⁻¹ U.
 *
 * @param effect prior size (Mahalanobis) of the change; small values learn slowly and safely
 */
export function learnedDirection({ featureCount, sum, covariance }: Contrast, effect: number): Float64Array {
  const penalised = squareMatrix(featureCount);
  penalised.values.set(covariance.values);
  for (let index = 0; index < featureCount; index++) {
    const at = index * featureCount + index;
    penalised.values[at] = (covariance.values[at] ?? 0) + precision(featureCount, effect);
  }
  return solve(penalised, sum);
}

/** Centred ranks have variance 1/12: a weight w moves the score by w²/12 of its variance. */
function precision(featureCount: number, effect: number): number {
  return featureCount / (RANK_PRECISION * effect * effect);
}
const RANK_PRECISION = 12;

function solve(matrix: SquareMatrix, b: Float64Array): Float64Array {
  const factor = cholesky(matrix);
  return solveUpper(factor, solveLower(factor, Float64Array.from(b)));
}
