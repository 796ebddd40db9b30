import { LEXICONS, WORD_KINDS } from '../lexicon/index.js';
import type { TextCounts } from '../text-counts.js';
import { wordCell } from '../words.js';
import { type Feature, feature, rate, ratio } from './feature.js';

const FUNCTION_WORDS = WORD_KINDS.indexOf('function');
const LATIN = 0;

/** Rate of any of some ASCII characters. */
function marks(name: string, label: string, characters: string): Feature {
  const codes = Array.from(characters, (character) => character.charCodeAt(0));
  return rate('punctuation', name, label, ({ ascii }) => {
    let sum = 0;
    for (const code of codes) sum += ascii[code] ?? 0;
    return sum;
  });
}

/** Which marks it uses. */
export const PUNCTUATION: readonly Feature[] = [
  marks('commas', 'commas', ','),
  marks('fullStops', 'full stops', '.'),
  marks('colons', 'colons', ':'),
  marks('semicolons', 'semicolons', ';'),
  marks('parentheses', 'parentheses', '('),
  marks('brackets', 'square and curly brackets', '[{'),
  marks('doubleQuotes', 'straight double quotes', '"'),
  marks('apostrophes', 'straight apostrophes', "'"),
  rate('punctuation', 'curlyQuotes', 'curly quotes and apostrophes', (counts) => counts.curlyQuotes),
  marks('hyphens', 'hyphens', '-'),
  rate('punctuation', 'longDashes', 'long dashes', (counts) => counts.longDashes),
  rate('punctuation', 'ellipses', 'ellipsis characters', (counts) => counts.ellipses),
  marks('slashes', 'slashes', '/'),
  marks('asterisks', 'asterisks', '*'),
  marks('digits', 'digits', '0123456789'),
  marks('operators', 'operators', '+=<>^%&|~'),
  marks('formulas', 'dollar signs and backslashes', '\\$'),
];

/** Which language and script it is written in; a second script in one text is a sign of corrupted output. */
export const LANGUAGE: readonly Feature[] = [
  feature('language', 'share', 'nonAscii', 'share of characters outside ASCII', ({ counts }) =>
    ratio(counts.nonAscii, counts.readCharacters),
  ),
  feature('language', 'share', 'nonLatin', 'share of letters outside the Latin script', ({ counts }) => {
    const { all, latin } = letters(counts);
    return ratio(all - latin, all);
  }),
  feature('language', 'share', 'otherScript', 'share of letters outside the main script', ({ counts }) => {
    const { all, main } = letters(counts);
    return ratio(all - main, all);
  }),
  ...LEXICONS.map(({ language }, index) =>
    // Only in texts of that language: "a" and "as" are function words of several.
    rate('language', `functionWords:${language}`, `function words, in texts in ${language}`, (counts, reading) => {
      return reading.language === index ? (counts.kinds[wordCell(index, FUNCTION_WORDS)] ?? 0) : 0;
    }),
  ),
];

const FIRST_UPPER = 65;
const FIRST_LOWER = 97;
const ALPHABET = 26;

function letters(counts: TextCounts): { all: number; latin: number; main: number } {
  let latin = counts.scripts[LATIN] ?? 0;
  for (let offset = 0; offset < ALPHABET; offset++) {
    latin += (counts.ascii[FIRST_UPPER + offset] ?? 0) + (counts.ascii[FIRST_LOWER + offset] ?? 0);
  }
  let all = latin;
  let main = latin;
  for (let script = LATIN + 1; script < counts.scripts.length; script++) {
    const count = counts.scripts[script] ?? 0;
    all += count;
    if (count > main) main = count;
  }
  return { all, latin, main };
}
