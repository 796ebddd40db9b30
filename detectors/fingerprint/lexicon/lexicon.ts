/** Kinds of words that say how a text speaks rather than what it is about. */
export const WORD_KINDS = [
  'function',
  'firstSingular',
  'firstPlural',
  'secondPerson',
  'hedge',
  'apology',
  'praise',
  'intensifier',
  'negation',
  'connective',
  'obligation',
  'politeness',
  'ability',
] as const;

export type WordKind = (typeof WORD_KINDS)[number];

/** Openings and closings that assistants are fond of, as phrases looked for at the edges of a text. */
export type EdgeKind = 'agreement' | 'flattery' | 'apology' | 'refusal' | 'presentation' | 'offer' | 'summary';

/** The words of one language that a fingerprint counts. */
export interface Lexicon {
  /** ISO 639-1. */
  readonly language: string;
  /** Chinese and Japanese are not: phrases may begin anywhere. */
  readonly writtenWithSpaces: boolean;
  /** Words in lower case, separated by spaces; an apostrophe is part of a word. */
  readonly words: Readonly<Partial<Record<WordKind, string>>>;
  /** Alternatives of a regular expression, in lower case. They are looked for in text in lower case. */
  readonly edges: Readonly<Partial<Record<EdgeKind, string>>>;
}
