import { WORD_KINDS, type WordKind } from '../lexicon/index.js';
import { VARIETY_WINDOW_WORDS } from '../read-prose.js';
import { TRACKED_WORDS, wordCell } from '../words.js';
import { type Feature, feature, rate, ratio } from './feature.js';

const LABELS: Readonly<Record<Exclude<WordKind, 'function'>, string>> = {
  firstSingular: 'first person singular',
  firstPlural: 'first person plural',
  secondPerson: 'second person',
  hedge: 'hedges ("may", "perhaps")',
  apology: 'words of apology',
  praise: 'words of praise',
  intensifier: 'words of emphasis ("very", "crucial")',
  negation: 'negations',
  connective: 'connectives ("however", "additionally")',
  obligation: 'words of duty ("should", "ensure")',
  politeness: 'polite words',
  ability: 'words of ability ("can", "allows")',
};

const LEXICAL_KINDS = WORD_KINDS.filter((kind) => kind !== 'function');

/** How it is written, whatever it says: lengths of words and sentences, variety, word forms, function words. */
export const STYLE: readonly Feature[] = [
  feature('style', 'mean', 'wordLength', 'characters a word', ({ counts }) =>
    ratio(counts.wordCharacters, counts.words),
  ),
  rate('style', 'longWords', 'long words', (counts) => counts.longWords),
  feature(
    'style',
    'share',
    'variety',
    `share of different words among the first ${VARIETY_WINDOW_WORDS}`,
    ({ counts }) => ratio(counts.distinct.size, Math.min(counts.words, VARIETY_WINDOW_WORDS)),
  ),
  feature('style', 'mean', 'sentenceWords', 'words a sentence', ({ counts }) => ratio(counts.words, counts.sentences)),
  feature('style', 'mean', 'sentenceSpread', 'standard deviation of words a sentence', ({ counts }) => {
    const mean = ratio(counts.words, counts.sentences);
    return Math.sqrt(Math.max(0, ratio(counts.sentenceWordsSquared, counts.sentences) - mean * mean));
  }),
  feature('style', 'count', 'longestSentence', 'words in the longest sentence', ({ counts }) => counts.longestSentence),
  rate('style', 'capitalised', 'capitalised words', (counts) => counts.capitalised),
  rate('style', 'allCapitals', 'words in capitals', (counts) => counts.allCapitals),
  rate('style', 'endingsLy', 'words in -ly', (counts) => counts.endingsLy),
  rate('style', 'endingsIng', 'words in -ing', (counts) => counts.endingsIng),
  rate('style', 'endingsEd', 'words in -ed', (counts) => counts.endingsEd),
  rate('style', 'endingsIon', 'words in -ion', (counts) => counts.endingsIon),
  ...TRACKED_WORDS.map((word, index) =>
    rate('style', `word:${word}`, `the word "${word}"`, (counts) => counts.tracked[index] ?? 0),
  ),
];

/** Whom it speaks to, how sure and how warm: what people notice first when a model's manner changes. */
export const TONE: readonly Feature[] = [
  rate('tone', 'contractions', 'contractions', (counts) => counts.contractions),
  ...LEXICAL_KINDS.map((kind) =>
    rate('tone', `${kind}Words`, LABELS[kind], (counts, { language }) => {
      return counts.kinds[wordCell(language, WORD_KINDS.indexOf(kind))] ?? 0;
    }),
  ),
  feature('tone', 'count', 'questions', 'question marks', ({ counts }) => counts.questions),
  feature('tone', 'count', 'exclamations', 'exclamation marks', ({ counts }) => counts.exclamations),
  feature('tone', 'count', 'pictographs', 'emoji and pictographs', ({ counts }) => counts.pictographs),
];
