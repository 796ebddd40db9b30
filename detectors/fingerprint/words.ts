import { LEXICONS, WORD_KINDS } from './lexicon/index.js';

/** 32-bit FNV-1a (Fowler, Noll, Vo), one step a UTF-16 code unit. */
export const HASH_SEED = 0x811c9dc5;
const HASH_PRIME = 0x01000193;

export function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, HASH_PRIME);
}

export function hashOf(word: string): number {
  let hash = HASH_SEED;
  for (let index = 0; index < word.length; index++) hash = hashStep(hash, word.charCodeAt(index));
  return hash;
}

/** Where counts of a word go: one cell per language and kind. */
const CELLS_BY_WORD: ReadonlyMap<number, readonly number[]> = indexWords();

export const WORD_CELLS = LEXICONS.length * WORD_KINDS.length;

/** The cell of a kind of word in a language, both as indices. */
export function wordCell(language: number, kind: number): number {
  return language * WORD_KINDS.length + kind;
}

function indexWords(): Map<number, number[]> {
  const cells = new Map<number, number[]>();
  LEXICONS.forEach((lexicon, language) => {
    WORD_KINDS.forEach((kind, kindIndex) => {
      for (const word of (lexicon.words[kind] ?? '').split(' ')) {
        if (word === '') continue;
        const hash = hashOf(word);
        cells.set(hash, [...(cells.get(hash) ?? []), wordCell(language, kindIndex)]);
      }
    });
  });
  return cells;
}

/** Cells in which a word counts; undefined for the many words that say what a text is about. */
export function cellsOf(hash: number): readonly number[] | undefined {
  return CELLS_BY_WORD.get(hash);
}

/** Common English words counted one by one: how often each is used tells writers apart (Mosteller and Wallace 1964). */
export const TRACKED_WORDS: readonly string[] = 'the and of in for is as be also this that which can will it you'.split(
  ' ',
);

const TRACKED_BY_HASH: ReadonlyMap<number, number> = new Map(TRACKED_WORDS.map((word, index) => [hashOf(word), index]));

/** Index in {@link TRACKED_WORDS}; undefined for other words. */
export function trackedIndexOf(hash: number): number | undefined {
  return TRACKED_BY_HASH.get(hash);
}
