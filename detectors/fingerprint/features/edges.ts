import { CLOSING_KINDS, hasPhrase, OPENING_KINDS } from '../edges.js';
import type { EdgeKind } from '../lexicon/index.js';
import { type Feature, type FeatureFamily, feature } from './feature.js';

const LABELS: Readonly<Record<EdgeKind, string>> = {
  agreement: 'opens with agreement ("Sure", "Certainly")',
  flattery: 'opens with praise or thanks ("Great question")',
  apology: 'apologises at the beginning',
  refusal: 'declines or speaks of being an AI at the beginning',
  presentation: 'opens by presenting ("Here is", "Let us")',
  offer: 'closes with an offer or a wish ("Let me know")',
  summary: 'closes with a summary or a reminder ("Overall")',
};

const flag = (family: FeatureFamily, name: string, label: string, pattern: RegExp): Feature =>
  feature(family, 'flag', name, label, ({ edges }) =>
    Number(pattern.test(family === 'opening' ? edges.opening : edges.closing)),
  );

/** How a text begins. */
export const OPENING: readonly Feature[] = [
  ...OPENING_KINDS.map((kind) =>
    feature('opening', 'flag', `${kind}Opening`, LABELS[kind], ({ edges, language }) =>
      Number(hasPhrase(language, kind, edges.opening)),
    ),
  ),
  feature(
    'opening',
    'count',
    'firstSentence',
    'words in the first sentence',
    ({ counts }) => counts.firstSentenceWords,
  ),
  feature('opening', 'count', 'firstLine', 'characters in the first line', ({ text }) => firstLineLength(text)),
  flag('opening', 'firstIsI', 'first word is I', /^(i|i'm|i'd|i'll|i've)\b/),
  flag('opening', 'firstIsArticle', 'first word is an article', /^(the|an?|der|die|das|le|la|les|el|los|il|o|os)\b/),
  flag('opening', 'firstIsMark', 'begins with a mark or a digit', /^[^\p{L}]/u),
  flag('opening', 'openingExclaims', 'exclamation mark in the opening', /[!！]/),
  flag('opening', 'openingAsks', 'question mark in the opening', /[?？]/),
  flag('opening', 'openingColon', 'a line of the opening ends with a colon', /[:：]\s*\n/),
];

/** How it ends. */
export const CLOSING: readonly Feature[] = [
  ...CLOSING_KINDS.map((kind) =>
    feature('closing', 'flag', `${kind}Closing`, LABELS[kind], ({ edges, language }) =>
      Number(hasPhrase(language, kind, edges.closing)),
    ),
  ),
  feature('closing', 'count', 'lastLine', 'characters in the last line', ({ text }) => lastLineLength(text)),
  flag('closing', 'endsAsking', 'ends with a question', /[?？][^\p{L}\d]{0,3}$/u),
  flag('closing', 'endsExclaiming', 'ends with an exclamation', /[!！][^\p{L}\d]{0,3}$/u),
  flag('closing', 'endsUnpunctuated', 'ends without punctuation', /[\p{L}\d]$/u),
  flag('closing', 'endsInList', 'last line is a list item', /(?:^|\n)[ \t]*(?:[-*•+]|\d{1,3}[.)]) [^\n]*$/),
];

function firstLineLength(text: string): number {
  const body = text.trimStart();
  const newline = body.indexOf('\n');
  return newline < 0 ? body.length : newline;
}

function lastLineLength(text: string): number {
  const body = text.trimEnd();
  return body.length - 1 - body.lastIndexOf('\n');
}
