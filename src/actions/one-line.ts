/** Control and line-breaking characters, and those that reorder text: names and versions come from telemetry. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]+/gu;

/** Text from outside on one line, without characters that hide or reorder what is read; lone surrogates are replaced. */
export function oneLine(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll(UNPRINTABLE, ' ').trim();
}

/** The text, or its beginning and `…`, in at most `limit` UTF-16 units; never half a character. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
