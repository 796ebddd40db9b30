/** JSON kept as text: what changes is changed in place, all else stays byte for byte (numbers of any size, double names). */

/** Printable ASCII spelled as an escape (`\u0040`, or `\/`): allowed in JSON, and a way to say what nobody finds. */
const HIDDEN_CHARACTER = /\\+(?:u00[2-7][\da-f]|\/)/gi;
const NEVER_PLAIN = '"\\';

export function mayHideCharacters(text: string): boolean {
  return text.includes('\\u00') || text.includes('\\/');
}

/** The same JSON, such characters spelled as themselves, also in JSON within it. */
export function withPlainCharacters(text: string): string {
  return text.replace(HIDDEN_CHARACTER, (spelled) => {
    const character = spelled.endsWith('/') ? '/' : String.fromCharCode(Number.parseInt(spelled.slice(-2), 16));
    return NEVER_PLAIN.includes(character) || character === '\x7f' ? spelled : character;
  });
}

/**
 * Changes the strings and numbers of a JSON text. A number that is changed becomes a string.
 * @returns `null` when the text is not JSON
 */
export function redactJson(text: string, redact: (value: string) => string): string | null {
  if (!isJson(text)) return null;
  let result = '';
  let done = 0;
  while (done < text.length) {
    const quote = text.indexOf('"', done);
    const structureEnd = quote < 0 ? text.length : quote;
    result += text.slice(done, structureEnd).replace(/-?\d[\d.eE+-]*/g, (number) => redactNumber(number, redact));
    done = quote < 0 ? text.length : endOfString(text, quote);
    if (quote >= 0) result += redactString(text.slice(quote, done), redact);
  }
  return result;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // An expected outcome: most texts are not JSON, and SDKs cut long attributes off.
  }
}

/** @returns where a JSON string that begins at `start` ends, its quotes included */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end + 1;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charAt(index - 1 - backslashes) === '\\') backslashes++;
  return backslashes % 2 === 1;
}

function redactString(literal: string, redact: (value: string) => string): string {
  if (!literal.includes('\\')) {
    const inner = literal.slice(1, -1);
    const changed = redact(inner);
    return changed === inner ? literal : JSON.stringify(changed);
  }
  const value: unknown = JSON.parse(literal);
  if (typeof value !== 'string') return literal;
  const changed = redact(value);
  return changed === value ? literal : JSON.stringify(changed);
}

function redactNumber(number: string, redact: (value: string) => string): string {
  const changed = redact(number);
  return changed === number ? number : JSON.stringify(changed);
}
