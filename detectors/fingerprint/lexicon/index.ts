import { chinese } from './chinese.js';
import { english } from './english.js';
import { french } from './french.js';
import { german } from './german.js';
import { italian } from './italian.js';
import { japanese } from './japanese.js';
import type { Lexicon } from './lexicon.js';
import { portuguese } from './portuguese.js';
import { russian } from './russian.js';
import { spanish } from './spanish.js';

export * from './lexicon.js';

/**
 * Languages whose words are counted; text in any other is described by script, structure and punctuation.
 * English first: texts without any known word are read as English. The order is part of the fingerprint: append only.
 */
export const LEXICONS: readonly Lexicon[] = [
  english,
  german,
  french,
  spanish,
  portuguese,
  italian,
  russian,
  chinese,
  japanese,
];
