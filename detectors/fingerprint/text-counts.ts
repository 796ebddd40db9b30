import { ASCII_LIMIT, SCRIPTS } from './characters.js';
import { TRACKED_WORDS, WORD_CELLS } from './words.js';

/** What one pass over a text counts. Everything in a fingerprint is a function of these numbers and of the text's edges. */
export class TextCounts {
  /** Of the whole text, in UTF-16 code units. */
  characters = 0;
  /** Of what was read: the beginning of very long texts. */
  readCharacters = 0;
  /** Outside fenced code; so are all counts below but those of lines and code. */
  proseCharacters = 0;
  readonly ascii = new Uint32Array(ASCII_LIMIT);
  /** Letters outside ASCII by script, in the order of SCRIPTS. */
  readonly scripts = new Uint32Array(SCRIPTS.length);
  nonAscii = 0;
  pictographs = 0;
  curlyQuotes = 0;
  longDashes = 0;
  ellipses = 0;

  words = 0;
  wordCharacters = 0;
  longWords = 0;
  capitalised = 0;
  allCapitals = 0;
  contractions = 0;
  endingsLy = 0;
  endingsIng = 0;
  endingsEd = 0;
  endingsIon = 0;
  /** By language and kind of word: see wordCell. */
  readonly kinds = new Uint32Array(WORD_CELLS);
  readonly tracked = new Uint32Array(TRACKED_WORDS.length);
  /** Hashes of the different words among the first of the text. */
  readonly distinct = new Set<number>();

  sentences = 0;
  sentenceWordsSquared = 0;
  longestSentence = 0;
  firstSentenceWords = 0;
  questions = 0;
  exclamations = 0;

  lines = 0;
  blankLines = 0;
  paragraphs = 0;
  longestLine = 0;
  bullets = 0;
  numbered = 0;
  labelledItems = 0;
  headings = 0;
  tableRows = 0;
  quoteLines = 0;
  rules = 0;
  fences = 0;
  codeCharacters = 0;
  indentedLines = 0;
  trailingSpaceLines = 0;
  colonLines = 0;
  shortLines = 0;
  boldMarks = 0;
  boldLeads = 0;
  links = 0;
  doubleSpaces = 0;
}
