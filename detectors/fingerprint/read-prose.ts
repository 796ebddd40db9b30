import {
  ASCII_LIMIT,
  classOf,
  DIGIT,
  IDEOGRAPH,
  LETTER,
  LOWER,
  MARK,
  PICTOGRAPH,
  SPACE,
  scriptOf,
  TO_LOWER,
  UPPER,
} from './characters.js';
import type { TextCounts } from './text-counts.js';
import { cellsOf, HASH_SEED, hashStep, trackedIndexOf } from './words.js';

/** Variety of words falls with length: a window makes texts of different length comparable. */
export const VARIETY_WINDOW_WORDS = 128;
const LONG_WORD_CHARACTERS = 7;
const MIN_CHARACTERS_BEFORE_ENDING = 5;

const NEWLINE = 10;
const EXCLAMATION = 33;
const DOUBLE_QUOTE = 34;
const APOSTROPHE = 39;
const CLOSE_PARENTHESIS = 41;
const STAR = 42;
const FULL_STOP = 46;
const QUESTION = 63;
const EN_DASH = 0x2013;
const EM_DASH = 0x2014;
const LEFT_QUOTE = 0x2018;
const CURLY_APOSTROPHE = 0x2019;
const CLOSE_CURLY_QUOTE = 0x201d;
const LAST_QUOTE = 0x201f;
const ELLIPSIS = 0x2026;
const IDEOGRAPHIC_FULL_STOP = 0x3002;
const FULLWIDTH_EXCLAMATION = 0xff01;
const FULLWIDTH_QUESTION = 0xff1f;
const LOWER_D = 100;
const LOWER_E = 101;
const LOWER_G = 103;
const LOWER_I = 105;
const LOWER_L = 108;
const LOWER_N = 110;
const LOWER_O = 111;
const LOWER_Y = 121;

/** Counts characters, words and sentences of the line [start, end) of prose, one code unit at a time. */
export function readProse(counts: TextCounts, text: string, start: number, end: number): void {
  const wordsBefore = counts.words;
  let sentenceStart = wordsBefore;
  let wordStart = -1;
  let hash = HASH_SEED;
  let capitals = 0;
  let hasApostrophe = false;
  for (let index = start; index <= end; index++) {
    const code = index < end ? text.charCodeAt(index) : NEWLINE;
    const kind = classOf(code);
    if (code < ASCII_LIMIT) counts.ascii[code] = (counts.ascii[code] ?? 0) + 1;
    else countOutsideAscii(counts, code, kind);
    const isApostrophe = wordStart >= 0 && (code === APOSTROPHE || code === CURLY_APOSTROPHE);
    if (isApostrophe || kind === LOWER || kind === UPPER || kind === LETTER || kind === DIGIT) {
      if (wordStart < 0) {
        wordStart = index;
        hash = HASH_SEED;
        capitals = 0;
        hasApostrophe = false;
      }
      if (kind === UPPER) capitals++;
      if (isApostrophe) hasApostrophe = true;
      hash = hashStep(hash, isApostrophe ? APOSTROPHE : kind === UPPER ? code + TO_LOWER : code);
      continue;
    }
    if (wordStart >= 0) {
      countWord(counts, hash, index - wordStart);
      countForm(counts, text, wordStart, index, capitals, hasApostrophe);
      wordStart = -1;
    }
    if (kind === IDEOGRAPH) countWord(counts, hashStep(HASH_SEED, code), 1);
    if (kind === MARK && endsSentence(counts, text, code, index, end)) {
      endSentence(counts, counts.words - sentenceStart);
      sentenceStart = counts.words;
    }
  }
  endSentence(counts, counts.words - sentenceStart);
  counts.proseCharacters += end - start;
}

function countOutsideAscii(counts: TextCounts, code: number, kind: number): void {
  counts.nonAscii++;
  if (kind === LETTER || kind === UPPER || kind === IDEOGRAPH) {
    const script = scriptOf(code);
    counts.scripts[script] = (counts.scripts[script] ?? 0) + 1;
  } else if (kind === PICTOGRAPH) counts.pictographs++;
  else if (code >= LEFT_QUOTE && code <= LAST_QUOTE) counts.curlyQuotes++;
  else if (code === EN_DASH || code === EM_DASH) counts.longDashes++;
  else if (code === ELLIPSIS) counts.ellipses++;
}

function countWord(counts: TextCounts, hash: number, length: number): void {
  counts.words++;
  counts.wordCharacters += length;
  if (length >= LONG_WORD_CHARACTERS) counts.longWords++;
  if (counts.words <= VARIETY_WINDOW_WORDS) counts.distinct.add(hash);
  const tracked = trackedIndexOf(hash);
  if (tracked !== undefined) counts.tracked[tracked] = (counts.tracked[tracked] ?? 0) + 1;
  const cells = cellsOf(hash);
  if (cells === undefined) return;
  for (const cell of cells) counts.kinds[cell] = (counts.kinds[cell] ?? 0) + 1;
}

function countForm(
  counts: TextCounts,
  text: string,
  start: number,
  end: number,
  capitals: number,
  hasApostrophe: boolean,
): void {
  if (hasApostrophe) counts.contractions++;
  const length = end - start;
  if (capitals > 0) {
    if (classOf(text.charCodeAt(start)) === UPPER) counts.capitalised++;
    if (capitals > 1 && capitals === length) counts.allCapitals++;
  }
  if (length >= MIN_CHARACTERS_BEFORE_ENDING) countEnding(counts, text, end);
}

/** English endings that tell registers apart: -ly, -ing, -ed, -ion (Biber, Variation across Speech and Writing, 1988). */
function countEnding(counts: TextCounts, text: string, end: number): void {
  const last = text.charCodeAt(end - 1);
  const before = text.charCodeAt(end - 2);
  if (last === LOWER_Y && before === LOWER_L) counts.endingsLy++;
  else if (last === LOWER_G && before === LOWER_N) counts.endingsIng++;
  else if (last === LOWER_D && before === LOWER_E) counts.endingsEd++;
  else if (last === LOWER_N && before === LOWER_O && text.charCodeAt(end - 3) === LOWER_I) counts.endingsIon++;
}

/** Whether a mark ends a sentence: a full-width one does, a narrow one when a space, a quote or a bracket follows. */
function endsSentence(counts: TextCounts, text: string, code: number, index: number, end: number): boolean {
  const isWide = code === IDEOGRAPHIC_FULL_STOP || code === FULLWIDTH_EXCLAMATION || code === FULLWIDTH_QUESTION;
  if (!isWide && code !== FULL_STOP && code !== EXCLAMATION && code !== QUESTION) return false;
  if (code === EXCLAMATION || code === FULLWIDTH_EXCLAMATION) counts.exclamations++;
  if (code === QUESTION || code === FULLWIDTH_QUESTION) counts.questions++;
  if (isWide || index + 1 >= end) return true;
  const next = text.charCodeAt(index + 1);
  return (
    classOf(next) === SPACE ||
    next === DOUBLE_QUOTE ||
    next === CLOSE_PARENTHESIS ||
    next === STAR ||
    next === CLOSE_CURLY_QUOTE
  );
}

function endSentence(counts: TextCounts, words: number): void {
  if (words === 0) return;
  counts.sentences++;
  if (counts.sentences === 1) counts.firstSentenceWords = words;
  counts.sentenceWordsSquared += words * words;
  if (words > counts.longestSentence) counts.longestSentence = words;
}
