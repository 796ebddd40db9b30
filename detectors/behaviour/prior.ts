import type { FeatureFamily } from '../fingerprint/index.js';

/**
 * How probable it is that a change shows in each family first; sums to 1. Length and layout move most often when a model or
 * its instructions change, openings next. A prior costs power where it is wrong, never validity.
 */
export const FAMILY_PRIOR: Readonly<Record<FeatureFamily, number>> = {
  length: 0.25,
  format: 0.2,
  opening: 0.15,
  closing: 0.08,
  style: 0.08,
  tone: 0.08,
  punctuation: 0.08,
  language: 0.08,
};

/** Standard deviations of a change of one feature alone, in units of that feature's own deviation. */
export const SINGLE_EFFECTS: readonly number[] = [0.15, 0.4, 1];

/** Sizes (Mahalanobis) of a change spread over one family. */
export const FAMILY_EFFECTS: readonly number[] = [0.3, 0.7];

/** Sizes of a change spread over all features. */
export const OVERALL_EFFECTS: readonly number[] = [0.5, 1, 2];
