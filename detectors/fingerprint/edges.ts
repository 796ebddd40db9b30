import { type EdgeKind, LEXICONS, type Lexicon } from './lexicon/index.js';

const OPENING_CHARACTERS = 160;
const CLOSING_CHARACTERS = 280;

export const OPENING_KINDS = ['agreement', 'flattery', 'apology', 'refusal', 'presentation'] as const;
export const CLOSING_KINDS = ['offer', 'summary'] as const;

/** Kinds that only count as the very first words. */
const FIRST_WORDS: ReadonlySet<EdgeKind> = new Set(['agreement', 'flattery', 'presentation']);

/** The first and the last stretch of a text, in lower case with plain apostrophes, without white space around. */
export interface Edges {
  readonly opening: string;
  readonly closing: string;
}

export function edgesOf(text: string): Edges {
  const opening = text
    .slice(0, 2 * OPENING_CHARACTERS)
    .trimStart()
    .slice(0, OPENING_CHARACTERS);
  const closing = text
    .slice(-2 * CLOSING_CHARACTERS)
    .trimEnd()
    .slice(-CLOSING_CHARACTERS);
  return { opening: plain(opening), closing: plain(closing) };
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll('’', "'");
}

type EdgePatterns = ReadonlyMap<EdgeKind, RegExp>;

const PATTERNS: readonly EdgePatterns[] = LEXICONS.map(patternsOf);

function patternsOf(lexicon: Lexicon): EdgePatterns {
  const patterns = new Map<EdgeKind, RegExp>();
  for (const kind of [...OPENING_KINDS, ...CLOSING_KINDS]) {
    const alternatives = lexicon.edges[kind];
    if (alternatives === undefined) continue;
    const before = FIRST_WORDS.has(kind) ? '^[^\\p{L}]{0,4}' : lexicon.writtenWithSpaces ? '(?:^|[^\\p{L}])' : '';
    patterns.set(kind, new RegExp(`${before}(?:${alternatives})`, 'u'));
  }
  return patterns;
}

/** Whether an edge of a text has a phrase of the kind, in the language with this index in LEXICONS. */
export function hasPhrase(language: number, kind: EdgeKind, edge: string): boolean {
  return PATTERNS[language]?.get(kind)?.test(edge) ?? false;
}
