import { afterEscape, isAsciiLetter, isDigit } from './boundaries.js';
import type { Finder } from './finder.js';

/** RFC 5321, section 4.5.3.1. */
const MAX_LOCAL_CHARACTERS = 64;
const MAX_DOMAIN_CHARACTERS = 255;

/** `@`, and `%40` as URLs have it. */
const AT_SIGNS = ['@', '%40'] as const;
const LOCAL_SYMBOLS = "._%+-'";
const DOMAIN_SYMBOLS = '.-';

/** E-mail addresses as people write them: no quoted local parts, no domains without a dot. */
export const email: Finder = {
  name: 'email',
  find(text, report) {
    for (const sign of AT_SIGNS) {
      for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) {
        const start = localStart(text, at);
        const end = domainEnd(text, at + sign.length);
        if (start < at && end > 0) report(start, end, 'email');
      }
    }
  },
};

/** Latin letters with accents, Greek and Cyrillic. Scripts that set no spaces would take their neighbours with them. */
function isLetterOrDigit(code: number): boolean {
  return isAsciiLetter(code) || isDigit(code) || (code >= 0xc0 && code < 0x530);
}

function localStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < MAX_LOCAL_CHARACTERS) {
    if (!isLetterOrDigit(text.charCodeAt(start - 1)) && !LOCAL_SYMBOLS.includes(text.charAt(start - 1))) break;
    start--;
  }
  start = afterEscape(text, start);
  while (start < at && !isLetterOrDigit(text.charCodeAt(start))) start++;
  return start;
}

/** @returns 0 when it is no domain */
function domainEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && end - from < MAX_DOMAIN_CHARACTERS) {
    if (!isLetterOrDigit(text.charCodeAt(end)) && !DOMAIN_SYMBOLS.includes(text.charAt(end))) break;
    end++;
  }
  while (end > from && DOMAIN_SYMBOLS.includes(text.charAt(end - 1))) end--;
  const domain = text.slice(from, end);
  const lastDot = domain.lastIndexOf('.');
  const topLevel = domain.slice(lastDot + 1);
  return lastDot > 0 && topLevel.length >= 2 && !isDigit(topLevel.charCodeAt(0)) ? end : 0;
}
