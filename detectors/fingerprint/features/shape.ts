import type { TextCounts } from '../text-counts.js';
import { type Feature, feature, ratio } from './feature.js';

const BACKTICK = 96;

const filledLines = (counts: TextCounts) => counts.lines - counts.blankLines;

const lengthCount = (name: string, label: string, count: (counts: TextCounts) => number): Feature =>
  feature('length', 'count', name, label, ({ counts }) => count(counts));
const formatCount = (name: string, label: string, count: (counts: TextCounts) => number): Feature =>
  feature('format', 'count', name, label, ({ counts }) => count(counts));
const lineShare = (name: string, label: string, count: (counts: TextCounts) => number): Feature =>
  feature('format', 'share', name, label, ({ counts }) => ratio(count(counts), filledLines(counts)));

/** How long a text is. */
export const LENGTH: readonly Feature[] = [
  lengthCount('characters', 'characters', (counts) => counts.characters),
  lengthCount('words', 'words', (counts) => counts.words),
  lengthCount('sentences', 'sentences', (counts) => counts.sentences),
  lengthCount('lines', 'lines', (counts) => counts.lines),
  lengthCount('paragraphs', 'paragraphs', (counts) => counts.paragraphs),
];

/** How it is laid out: paragraphs, lists, headings, emphasis, tables, code, white space. */
export const FORMAT: readonly Feature[] = [
  formatCount('wordsPerParagraph', 'words a paragraph', ({ words, paragraphs }) => ratio(words, paragraphs)),
  formatCount('charactersPerLine', 'characters a line', (counts) => ratio(counts.proseCharacters, filledLines(counts))),
  formatCount('longestLine', 'characters in the longest line', (counts) => counts.longestLine),
  feature('format', 'share', 'blankLines', 'share of blank lines', ({ counts }) =>
    ratio(counts.blankLines, counts.lines),
  ),
  formatCount('bullets', 'bullet points', (counts) => counts.bullets),
  formatCount('numbered', 'numbered points', (counts) => counts.numbered),
  lineShare('listLines', 'share of lines that are list items', ({ bullets, numbered }) => bullets + numbered),
  formatCount('labelledItems', 'list items with a label and a colon', (counts) => counts.labelledItems),
  formatCount('headings', 'headings', (counts) => counts.headings),
  formatCount('boldSpans', 'bold spans', (counts) => counts.boldMarks / 2),
  formatCount('boldLeads', 'lines that begin in bold', (counts) => counts.boldLeads),
  formatCount('colonLines', 'lines that end with a colon', (counts) => counts.colonLines),
  lineShare('shortLines', 'share of short lines without a full stop', (counts) => counts.shortLines),
  formatCount('tableRows', 'table rows', (counts) => counts.tableRows),
  formatCount('quoteLines', 'quoted lines', (counts) => counts.quoteLines),
  formatCount('rules', 'horizontal rules', (counts) => counts.rules),
  formatCount('codeBlocks', 'code fences', (counts) => counts.fences),
  feature('format', 'share', 'code', 'share of code', ({ counts }) =>
    ratio(counts.codeCharacters, counts.readCharacters),
  ),
  formatCount('inlineCode', 'inline code spans', (counts) => (counts.ascii[BACKTICK] ?? 0) / 2),
  formatCount('links', 'links', (counts) => counts.links),
  lineShare('indentedLines', 'share of indented lines', (counts) => counts.indentedLines),
  lineShare('trailingSpaces', 'share of lines with trailing spaces', (counts) => counts.trailingSpaceLines),
  formatCount('doubleSpaces', 'double spaces', (counts) => counts.doubleSpaces),
  feature('format', 'flag', 'leadingSpace', 'begins with white space', ({ text }) => Number(/^\s/.test(text))),
  feature('format', 'flag', 'finalSpace', 'ends with white space', ({ text }) => Number(/\s$/.test(text))),
];
