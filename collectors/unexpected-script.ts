/** Scripts that one reader rarely expects beside another; Latin is everywhere (names, code) and never unexpected. */
const SCRIPTS: readonly (readonly [name: string, letters: RegExp])[] = [
  ['Arab', /\p{Script=Arabic}/u],
  ['Cyrl', /\p{Script=Cyrillic}/u],
  ['Deva', /\p{Script=Devanagari}/u],
  ['Grek', /\p{Script=Greek}{3,}/u], // Single Greek letters are mathematics.
  ['Hang', /\p{Script=Hangul}/u],
  ['Hani', /\p{Script=Han}/u],
  ['Hebr', /\p{Script=Hebrew}/u],
  ['Jpan', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['Thai', /\p{Script=Thai}/u],
];

/** Beyond Latin Extended-B, punctuation and symbols: most texts have nothing there. */
const BEYOND_LATIN = /[\u0250-\u1fff\u2c00-\u{1efff}\u{1fb00}-\u{10ffff}]/u;
/** The same with every symbol beyond U+FFFF: said without the flag, it is found faster that there are none. */
const MAYBE_BEYOND_LATIN = /[\u0250-\u1fff\u2c00-\uffff]/;

/** A text is read up to here. */
const MAX_READ_CHARACTERS = 20_000;

/**
 * The script (ISO 15924) of letters in an output that its input has none of: how a damaged or mis-routed model shows
 * itself. Empty when there is none.
 * @param input everything the model was given, asked for only when it matters; `null` when the trace does not carry it,
 *   then nothing is unexpected
 */
export function unexpectedScript(output: string | null, input: () => string | null): string {
  if (output === null) return '';
  const read = output.slice(0, MAX_READ_CHARACTERS);
  if (!MAYBE_BEYOND_LATIN.test(read) || !BEYOND_LATIN.test(read)) return '';
  const given = input()?.slice(0, MAX_READ_CHARACTERS);
  if (given === undefined) return '';
  const found = SCRIPTS.find(([, letters]) => read.search(letters) >= 0 && given.search(letters) < 0);
  return found?.[0] ?? '';
}
