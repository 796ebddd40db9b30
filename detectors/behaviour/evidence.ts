import { FAMILIES, type Feature } from '../fingerprint/index.js';
import type { Contrast } from './contrast.js';
import { FAMILY_EFFECTS, FAMILY_PRIOR, OVERALL_EFFECTS, SINGLE_EFFECTS } from './prior.js';
import { cholesky, logDeterminant, type SquareMatrix, solveLower, squareMatrix } from './symmetric-matrix.js';

/** Features whose covariance within blocks is smaller do not vary. */
const LEAST_VARIANCE = 1e-9;

/** One feature, one family, everything: each a third of the prior. */
const SCOPES = 3;

/** ln of (prior weight × Bayes factor) of one way in which the arms may differ, from standardised sums. */
type Hypothesis = (standardised: Float64Array) => number;

/**
 * How much a labelled sum speaks for "the arms differ" against "they do not": the log Bayes factor of a mixture of
 * one feature moving, one family moving, everything moving a little.
 *
 * Used as a test statistic only: its null distribution comes from permuting labels, so that the normal approximation and the
 * prior decide where the test is strong, not whether it is valid. Even in the sum: swapping the arms changes nothing.
 */
export interface Evidence {
  /** @param sum like Contrast.sum, for any labelling within blocks */
  logBayesFactor(sum: Float64Array): number;
}

export function evidenceFor(contrast: Contrast, features: readonly Feature[]): Evidence {
  const { size, values } = contrast.covariance;
  const deviations = Float64Array.from({ length: size }, (_, index) => Math.sqrt(values[index * size + index] ?? 0));
  const moving = Array.from(deviations.keys()).filter((index) => (deviations[index] ?? 0) > LEAST_VARIANCE);
  const hypotheses = [
    singles(contrast, features, moving),
    ...FAMILIES.flatMap((family) => {
      const members = moving.filter((index) => features[index]?.family === family);
      return FAMILY_EFFECTS.map((size) =>
        spread(contrast, deviations, members, size, FAMILY_PRIOR[family] / FAMILY_EFFECTS.length),
      );
    }),
    ...OVERALL_EFFECTS.map((size) => spread(contrast, deviations, moving, size, 1 / OVERALL_EFFECTS.length)),
  ];
  const standardised = new Float64Array(size);
  return {
    logBayesFactor(sum) {
      for (const index of moving) standardised[index] = (sum[index] ?? 0) / (deviations[index] ?? 1);
      return logSumExp(hypotheses.map((hypothesis) => hypothesis(standardised))) - Math.log(SCOPES);
    },
  };
}

/** One feature alone moved by N(0, τ²) deviations: mean over features by family prior and over τ. */
function singles(contrast: Contrast, features: readonly Feature[], moving: readonly number[]): Hypothesis {
  const sizes = familySizes(features);
  const terms = SINGLE_EFFECTS.map((effect) => {
    const signal = contrast.information * effect * effect;
    return {
      slope: (0.5 * signal) / (1 + signal),
      offset: -0.5 * Math.log1p(signal) - Math.log(SINGLE_EFFECTS.length),
    };
  });
  const logWeights = moving.map((index) => {
    const family = features[index]?.family ?? 'length';
    return Math.log(FAMILY_PRIOR[family] / (sizes.get(family) ?? 1));
  });
  const logs = new Float64Array(moving.length * terms.length);
  return (standardised) => {
    let at = 0;
    moving.forEach((index, position) => {
      const square = (standardised[index] ?? 0) ** 2;
      for (const { slope, offset } of terms) logs[at++] = (logWeights[position] ?? 0) + offset + slope * square;
    });
    return logSumExp(logs);
  };
}

function familySizes(features: readonly Feature[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { family } of features) sizes.set(family, (sizes.get(family) ?? 0) + 1);
  return sizes;
}

/**
 * All of some features moved, along a random direction of the given expected size (ridge regression's prior).
 *
 * z ~ N(0, R + c R²) against N(0, R) with R the correlations and c = information · size² / d: the log ratio is
 * ½ zᵀ (R + I/c)⁻¹ z - ½ ln det(I + c R).
 */
function spread(
  contrast: Contrast,
  deviations: Float64Array,
  members: readonly number[],
  size: number,
  weight: number,
): Hypothesis {
  const d = members.length;
  if (d === 0) return () => Math.log(weight);
  const ridge = d / (contrast.information * size * size);
  const factor = cholesky(ridgeCorrelations(contrast.covariance, deviations, members, ridge));
  const offset = Math.log(weight) - 0.5 * (logDeterminant(factor) - d * Math.log(ridge));
  const scratch = new Float64Array(d);
  return (standardised) => {
    for (let row = 0; row < d; row++) scratch[row] = standardised[members[row] ?? 0] ?? 0;
    solveLower(factor, scratch);
    let square = 0;
    for (let row = 0; row < d; row++) square += (scratch[row] ?? 0) ** 2;
    return offset + 0.5 * square;
  };
}

function ridgeCorrelations(
  { size, values }: SquareMatrix,
  deviations: Float64Array,
  members: readonly number[],
  ridge: number,
): SquareMatrix {
  const matrix = squareMatrix(members.length);
  members.forEach((member, row) => {
    for (let column = 0; column <= row; column++) {
      const other = members[column] ?? 0;
      const scale = (deviations[member] ?? 1) * (deviations[other] ?? 1);
      const correlation = (values[member * size + other] ?? 0) / scale;
      matrix.values[row * members.length + column] = correlation + (column === row ? ridge : 0);
    }
  });
  return matrix;
}

function logSumExp(values: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) largest = Math.max(largest, values[index] ?? largest);
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += Math.exp((values[index] ?? largest) - largest);
  return largest + Math.log(sum);
}
