/**
 * Where words begin and end in text that may be the inside of JSON: in `\nbob@example.com` the `n` belongs to the escape,
 * however often the JSON was wrapped in JSON.
 */

const BACKSLASH = 0x5c;
const UNDERSCORE = 0x5f;
const LETTER_ESCAPES = 'bfnrt';
const UNICODE_ESCAPE_CHARACTERS = 'u0000'.length;

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isAsciiLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

/** Is nothing that belongs to a word or a number right before `index`? */
export function startsWord(text: string, index: number): boolean {
  const before = text.charCodeAt(index - 1);
  if (!(isAsciiLetter(before) || isDigit(before) || before === UNDERSCORE)) return true;
  return afterEscape(text, index - 1) === index || afterEscape(text, index - UNICODE_ESCAPE_CHARACTERS) === index;
}

/** Is nothing that belongs to a word or a number at `index`? */
export function endsWord(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return !(isAsciiLetter(code) || isDigit(code) || code === UNDERSCORE);
}

/** Where the text goes on when `index` is right behind the backslash of an escape; else `index` itself. */
export function afterEscape(text: string, index: number): number {
  if (text.charCodeAt(index - 1) !== BACKSLASH) return index;
  if (LETTER_ESCAPES.includes(text.charAt(index))) return index + 1;
  const end = index + UNICODE_ESCAPE_CHARACTERS;
  return /^u[0-9a-f]{4}$/i.test(text.slice(index, end)) ? end : index;
}
