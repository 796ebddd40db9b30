import type { TextCounts } from './text-counts.js';

export type LineKind = 'blank' | 'fence' | 'text';

const SHORT_LINE_CHARACTERS = 50;
const LABEL_CHARACTERS = 48;
const INDENT_SPACES = 2;
const FENCE_MARKS = 3;
const MAX_HEADING_LEVEL = 6;
const MAX_LIST_DIGITS = 3;

const TAB = 9;
const SPACE = 32;
const EXCLAMATION = 33;
const HASH = 35;
const OPEN_PARENTHESIS = 40;
const CLOSE_PARENTHESIS = 41;
const STAR = 42;
const PLUS = 43;
const MINUS = 45;
const FULL_STOP = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const GREATER = 62;
const QUESTION = 63;
const CLOSE_BRACKET = 93;
const UNDERSCORE = 95;
const BACKTICK = 96;
const PIPE = 124;
const TILDE = 126;
const BULLET = 0x2022;

/** Counts what the line [start, end) is in the eyes of a reader of Markdown (CommonMark 0.31, chapter 4, simplified). */
export function readLine(counts: TextCounts, text: string, start: number, end: number, inCode: boolean): LineKind {
  let first = start;
  while (first < end && text.charCodeAt(first) <= SPACE) first++;
  let last = end;
  while (last > first && text.charCodeAt(last - 1) <= SPACE) last--;
  counts.lines++;
  if (first === last) {
    counts.blankLines++;
    return 'blank';
  }
  const code = text.charCodeAt(first);
  if ((code === BACKTICK || code === TILDE) && runLength(text, first, last) >= FENCE_MARKS) {
    counts.fences++;
    return 'fence';
  }
  if (inCode) {
    counts.codeCharacters += last - first;
    return 'text';
  }
  if (last < end) counts.trailingSpaceLines++;
  if (first - start >= INDENT_SPACES || text.charCodeAt(start) === TAB) counts.indentedLines++;
  if (last - first > counts.longestLine) counts.longestLine = last - first;
  readBlock(counts, text, first, last);
  readSpans(counts, text, first, last);
  return 'text';
}

function readBlock(counts: TextCounts, text: string, first: number, last: number): void {
  const item = itemStart(text, first, last);
  if (item > 0) readItem(counts, text, first, item, last);
  else readOtherBlock(counts, text, first, last);
  const body = item > 0 ? item : first;
  if (text.charCodeAt(body) === STAR && text.charCodeAt(body + 1) === STAR) counts.boldLeads++;
  const final = text.charCodeAt(last - 1);
  if (final === COLON) counts.colonLines++;
  const isOpen = final !== FULL_STOP && final !== EXCLAMATION && final !== QUESTION;
  if (item === 0 && isOpen && last - first < SHORT_LINE_CHARACTERS) counts.shortLines++;
}

function readItem(counts: TextCounts, text: string, first: number, item: number, last: number): void {
  if (isDigit(text.charCodeAt(first))) counts.numbered++;
  else counts.bullets++;
  for (let index = item; index < last && index - item < LABEL_CHARACTERS; index++) {
    if (text.charCodeAt(index) !== COLON || !endsLabel(text, index + 1, last)) continue;
    counts.labelledItems++;
    return;
  }
}

/** A colon in a time, an address or a path ends no label. */
function endsLabel(text: string, after: number, last: number): boolean {
  const code = text.charCodeAt(after);
  return after === last || code === SPACE || code === STAR;
}

function readOtherBlock(counts: TextCounts, text: string, first: number, last: number): void {
  const code = text.charCodeAt(first);
  if (code === HASH) {
    const level = runLength(text, first, last);
    if (level <= MAX_HEADING_LEVEL && text.charCodeAt(first + level) === SPACE) counts.headings++;
  } else if (code === PIPE) counts.tableRows++;
  else if (code === GREATER) counts.quoteLines++;
  else if (code === MINUS || code === STAR || code === UNDERSCORE) {
    const length = last - first;
    if (length >= FENCE_MARKS && runLength(text, first, last) === length) counts.rules++;
  }
}

/** Where the words of a list item begin; 0 when the line is no item. */
function itemStart(text: string, first: number, last: number): number {
  const code = text.charCodeAt(first);
  if (code === MINUS || code === STAR || code === PLUS || code === BULLET) {
    const next = text.charCodeAt(first + 1);
    return first + 2 < last && (next === SPACE || next === TAB) ? first + 2 : 0;
  }
  let index = first;
  while (index < last && index - first < MAX_LIST_DIGITS && isDigit(text.charCodeAt(index))) index++;
  if (index === first || index + 2 >= last) return 0;
  const mark = text.charCodeAt(index);
  const isMarked = mark === FULL_STOP || mark === CLOSE_PARENTHESIS;
  return isMarked && text.charCodeAt(index + 1) === SPACE ? index + 2 : 0;
}

/** Counts bold marks, links and doubled spaces. */
function readSpans(counts: TextCounts, text: string, first: number, last: number): void {
  let previous = 0;
  for (let index = first; index < last; index++) {
    const code = text.charCodeAt(index);
    if (code === previous && code === STAR) {
      counts.boldMarks++;
      previous = 0;
      continue;
    }
    if (code === previous && code === SPACE) counts.doubleSpaces++;
    else if (code === OPEN_PARENTHESIS && previous === CLOSE_BRACKET) counts.links++;
    previous = code;
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function runLength(text: string, from: number, end: number): number {
  const code = text.charCodeAt(from);
  let index = from;
  while (index < end && text.charCodeAt(index) === code) index++;
  return index - from;
}
