import { type Feature, readableValue } from '../fingerprint/index.js';
import type { BehaviourBlock, Output } from './block.js';
import type { Contrast } from './contrast.js';
import { FAMILY_PRIOR } from './prior.js';

/** Information (n0 n1 / (n0 + n1)) at which intervals are as short as they can be: 100 outputs a side. */
const BEST_INFORMATION = 50;
/** A feature that is ten times as probable beforehand counts as a tenth more certain. */
const PRIOR_EXPONENT = 0.05;

/** How one feature differs between the arms. */
export interface FeatureMove {
  readonly feature: Feature;
  /**
   * P(a candidate's output has more of it than a baseline's) + ½ P(as much); ½ when nothing moved. Within blocks, ranked
   * among all outputs.
   */
  readonly superiority: number;
  /** Of the superiority, valid at any look for this feature. */
  readonly interval: { readonly lower: number; readonly upper: number; readonly level: number };
  /** Standard errors from no difference. */
  readonly standardErrors: number;
  /** Arithmetic means in the feature's readable unit, over all kept outputs. */
  readonly baselineMean: number;
  readonly candidateMean: number;
}

/**
 * How each feature that varies has moved, the most certain first; of two about as certain, the one that changes more often.
 *
 * The intervals are asymptotic confidence sequences with a normal mixture (Robbins 1970; Waudby-Smith et al. 2021) and use
 * the variance under permutation, which is too large rather than too small when arms differ. They explain; the verdict is
 * the test's alone.
 */
export function movedFeatures(
  contrast: Contrast,
  blocks: readonly BehaviourBlock[],
  features: readonly Feature[],
  level = 0.95,
): FeatureMove[] {
  const { information, covariance, sum } = contrast;
  if (information === 0) return [];
  const baseline = blocks.flatMap((block) => block.baseline);
  const candidate = blocks.flatMap((block) => block.candidate);
  const width = radius(information, 1 - level);
  const moves = features.map((feature, index): FeatureMove | undefined => {
    const deviation = Math.sqrt(covariance.values[index * covariance.size + index] ?? 0);
    if (deviation === 0) return undefined;
    const superiority = Math.max(0, Math.min(1, 0.5 + (sum[index] ?? 0) / information));
    const margin = (width * deviation) / information;
    return {
      feature,
      superiority,
      interval: { lower: Math.max(0, superiority - margin), upper: Math.min(1, superiority + margin), level },
      standardErrors: (sum[index] ?? 0) / deviation,
      baselineMean: meanOf(baseline, feature, index),
      candidateMean: meanOf(candidate, feature, index),
    };
  });
  return moves.filter((move) => move !== undefined).sort((a, b) => prominence(b, features) - prominence(a, features));
}

/**
 * Standard errors, with a few percent in favour of what is probable beforehand, to two digits: when outputs become short
 * everything moves, and length, which comes first among equals, says why.
 */
export function prominence({ feature, standardErrors }: FeatureMove, features: readonly Feature[]): number {
  const siblings = features.filter(({ family }) => family === feature.family).length;
  const value = Math.abs(standardErrors) * (FAMILY_PRIOR[feature.family] / siblings) ** PRIOR_EXPONENT;
  return Number(value.toPrecision(2));
}

/** Half-width of a two-sided confidence sequence, in standard errors. */
function radius(information: number, alpha: number): number {
  const signal = information / BEST_INFORMATION;
  return Math.sqrt(((1 + signal) / signal) * Math.log((1 + signal) / alpha ** 2));
}

function meanOf(outputs: readonly Output[], feature: Feature, index: number): number {
  let sum = 0;
  for (const { fingerprint } of outputs) sum += readableValue(feature, fingerprint[index] ?? 0);
  return sum / outputs.length;
}
