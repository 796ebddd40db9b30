import type { Edges } from '../edges.js';
import type { TextCounts } from '../text-counts.js';

/** Which kind of change a feature belongs to; features of a family tend to move together. */
export const FAMILIES = ['length', 'format', 'opening', 'closing', 'style', 'tone', 'punctuation', 'language'] as const;

export type FeatureFamily = (typeof FAMILIES)[number];

/** How a value is stored: a count n as ln(1 + n), a rate per 100 words, a share in [0, 1], a flag as 0 or 1, a mean as it is. */
export type FeatureScale = 'count' | 'rate' | 'share' | 'flag' | 'mean';

/** Everything a feature may look at. */
export interface Reading {
  /** At most the first part of a very long text. */
  readonly text: string;
  readonly counts: TextCounts;
  readonly edges: Edges;
  /** Index in LEXICONS of the language with the most function words. */
  readonly language: number;
}

export interface Feature {
  /** Stable identifier. */
  readonly name: string;
  readonly family: FeatureFamily;
  readonly scale: FeatureScale;
  /** For people: what the number counts. */
  readonly label: string;
  /** In the unit of the scale, before a count's logarithm is taken. */
  readonly measure: (reading: Reading) => number;
}

export function ratio(numerator: number, denominator: number): number {
  return denominator > 0 ? numerator / denominator : 0;
}

/** Names the family and the scale once for many features. */
export function feature(
  family: FeatureFamily,
  scale: FeatureScale,
  name: string,
  label: string,
  measure: (reading: Reading) => number,
): Feature {
  return { name, family, scale, label, measure };
}

/** A rate per 100 words. */
export function rate(
  family: FeatureFamily,
  name: string,
  label: string,
  count: (counts: TextCounts, reading: Reading) => number,
): Feature {
  return feature(family, 'rate', name, label, (reading) => {
    return ratio(100 * count(reading.counts, reading), reading.counts.words);
  });
}
