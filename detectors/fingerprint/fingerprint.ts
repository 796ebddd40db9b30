import { edgesOf } from './edges.js';
import { FEATURES, type Feature } from './features/index.js';
import { LEXICONS, WORD_KINDS } from './lexicon/index.js';
import { readText } from './read-text.js';
import type { TextCounts } from './text-counts.js';
import { wordCell } from './words.js';

/** How many features a fingerprint of each version has, from version 1 on. Versions only append. */
const FEATURES_BY_VERSION: readonly number[] = [FEATURES.length];

export const FINGERPRINT_VERSION = FEATURES_BY_VERSION.length;

/** Values are rounded to 11 of 23 bits of mantissa: 3 digits stay, and rows of them compress to about half. */
const KEPT_BITS = 0xfffff000;
const HALF_OF_LAST_KEPT_BIT = 0x800;
/** "No" alone is no Spanish. */
const MOST_CHANCE_WORDS = 1;
const FUNCTION_WORDS = WORD_KINDS.indexOf('function');

/**
 * Describes an output by how it is written, not by what it says.
 *
 * @returns one number a feature, in the order of {@link FEATURES}; counts as ln(1 + n), rates per 100 words, shares in [0, 1],
 * flags 0 or 1. Always finite. Takes time proportional to the length up to MAX_READ_CHARACTERS, constant beyond.
 */
export function fingerprintOf(text: string): Float32Array {
  const counts = readText(text);
  const read = counts.readCharacters < text.length ? text.slice(0, counts.readCharacters) : text;
  const reading = { text: read, counts, edges: edgesOf(text), language: languageOf(counts) };
  const fingerprint = new Float32Array(FEATURES.length);
  FEATURES.forEach(({ scale, measure }, index) => {
    const value = measure(reading);
    fingerprint[index] = scale === 'count' ? Math.log1p(value) : value;
  });
  const bits = new Uint32Array(fingerprint.buffer);
  for (let index = 0; index < bits.length; index++)
    bits[index] = ((bits[index] ?? 0) + HALF_OF_LAST_KEPT_BIT) & KEPT_BITS;
  return fingerprint;
}

/** Index in LEXICONS: English, unless another language has more function words and more than a chance one. */
function languageOf(counts: TextCounts): number {
  const functionWords = (language: number) => counts.kinds[wordCell(language, FUNCTION_WORDS)] ?? 0;
  let best = 0;
  for (let language = 1; language < LEXICONS.length; language++) {
    if (functionWords(language) > Math.max(functionWords(best), MOST_CHANCE_WORDS)) best = language;
  }
  return best;
}

/**
 * The features that rows of two lengths have in common: what fingerprints of different versions are compared by.
 * @throws RangeError when no version has that many features
 */
export function sharedFeatures(lengthA: number, lengthB: number): readonly Feature[] {
  for (const length of [lengthA, lengthB]) {
    if (!FEATURES_BY_VERSION.includes(length)) throw new RangeError(`no fingerprint version has ${length} features`);
  }
  return FEATURES.slice(0, Math.min(lengthA, lengthB));
}

/** A stored value in the unit a person reads: the count itself, the rate per 100 words, the share, the mean. */
export function readableValue(feature: Feature, value: number): number {
  return feature.scale === 'count' ? Math.expm1(value) : value;
}
