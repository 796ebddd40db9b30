import { LANGUAGE, PUNCTUATION } from './characters.js';
import { CLOSING, OPENING } from './edges.js';
import type { Feature } from './feature.js';
import { FORMAT, LENGTH } from './shape.js';
import { STYLE, TONE } from './voice.js';

export * from './feature.js';

/**
 * Every feature, in the order of a fingerprint. Append only: a new feature goes into a list of its own after these, and
 * one that is measured differently gets a new name there, so that the beginning of a row means the same for ever.
 */
export const FEATURES: readonly Feature[] = [
  ...LENGTH,
  ...FORMAT,
  ...OPENING,
  ...CLOSING,
  ...STYLE,
  ...TONE,
  ...PUNCTUATION,
  ...LANGUAGE,
];
