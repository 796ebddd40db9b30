import { afterEscape } from './boundaries.js';
import { eachMatch } from './each-match.js';
import type { Finder, Report } from './finder.js';
import { eachRun } from './runs.js';

/** Keys and tokens are no shorter. */
const MIN_KEY_CHARACTERS = 16;

/** Keys are known by how their issuers begin them. */
const ISSUED_KEY =
  /(?<![\w-])(?:sk-|[rsp]k_(?:live|test)_|gh[oprsu]_|github_pat_|glpat-|xox[abeoprs]-|xapp-|AKIA|ASIA|AIza|ya29\.|hf_|npm_|gsk_|xai-|pplx-|nvapi-|r8_|pypi-|dop_v1_|whsec_|SG\.)[\w.+/-]{15,}[\w-]/g;
const WEB_TOKEN = /(?<![\w-])eyJ[\w-]{8,}(?:\.[\w-]*){2,4}/g;

/** What stands before a key: the scheme of an Authorization header, or the name of the value that it is. */
const SCHEME = /(?:bearer|basic) {1,3}$/i;
const NAME = /(?:key|token|secret|credentials?|authorization|cookie)["'\\ ]{0,16}[:=]["'\\ ]{0,16}$/i;
const MAX_NAME_CHARACTERS = 48;

const PASSWORD =
  /(?:passw(?:or)?d|passphrase|pwd)["'\\]{0,16} ?[:=]["'\\ ]{0,16}([^\s"'\\,;&<>()[\]{}/][^\s"'\\,;&<>()[\]{}]{3,})/gi;
/** The password in `postgres://user:password@host`. */
const URL_PASSWORD = /:\/\/[^\s:/?#@"'\\]{0,64}:([^\s/?#@"'\\]{1,128})@/g;

const PRIVATE_KEY_BEGIN = /-----BEGIN [A-Z ]{0,32}PRIVATE KEY(?: BLOCK)?-----/g;
const PRIVATE_KEY_END = /-----END [A-Z ]{0,32}PRIVATE KEY(?: BLOCK)?-----/g;
const PRIVATE_KEY_BODY = /^(?:[\w+/=:;,.()\s-]|\\{1,8}[nrt/])*/;
const MAX_PRIVATE_KEY_CHARACTERS = 16 * 1024;

/** Bits a character from which a value counts as random: words have fewer, hex digits nearly 4. */
const MIN_ENTROPY_BITS = 3;

/** Keys, tokens, passwords and private keys. */
export const secret: Finder = {
  name: 'secret',
  find(text, report) {
    eachRun(text, MIN_KEY_CHARACTERS, (start, end) => findInRun(text, afterEscape(text, start), end, report));
    if (['pass', 'Pass', 'PASS', 'pwd', 'PWD'].some((word) => text.includes(word)))
      findPasswords(text, PASSWORD, report);
    if (text.includes('://') && text.includes('@')) findPasswords(text, URL_PASSWORD, report);
    if (text.includes('-----BEGIN ')) findPrivateKeys(text, report);
  },
};

function findInRun(text: string, start: number, end: number, report: Report): void {
  const run = text.slice(start, end);
  if (!hasDigit(run)) return;
  eachMatch(ISSUED_KEY, run, ({ 0: key, index }) => {
    if (hasDigit(key)) report(start + index, start + index + key.length, 'api-key');
  });
  eachMatch(WEB_TOKEN, run, ({ 0: token, index }) => report(start + index, start + index + token.length, 'jwt'));
  const before = text.slice(Math.max(0, start - MAX_NAME_CHARACTERS), start);
  if (SCHEME.test(before) || (NAME.test(before) && isRandom(run))) {
    const padding = /^={1,2}/.exec(text.slice(end, end + 2))?.[0].length ?? 0;
    report(start, end + padding, 'token');
  }
}

/** The group of a pattern, where it has a digit: words are not taken for passwords. */
function findPasswords(text: string, pattern: RegExp, report: Report): void {
  eachMatch(pattern, text, ({ 0: match, 1: password = '', index }) => {
    const start = index + match.lastIndexOf(password);
    if (hasDigit(password)) report(start, start + password.length, 'password');
  });
}

/** From the first line to the last; where the last is missing, as far as it looks like a key. */
function findPrivateKeys(text: string, report: Report): void {
  let done = 0;
  let ending = nextEnding(text, 0);
  eachMatch(PRIVATE_KEY_BEGIN, text, ({ 0: line, index }) => {
    if (index < done) return;
    const bodyStart = index + line.length;
    if (ending.start < bodyStart) ending = nextEnding(text, bodyStart);
    const limit = Math.min(ending.start, bodyStart + MAX_PRIVATE_KEY_CHARACTERS);
    const body = PRIVATE_KEY_BODY.exec(text.slice(bodyStart, limit))?.[0].length ?? 0;
    done = bodyStart + body === ending.start ? ending.end : bodyStart + body;
    report(index, done, 'private-key');
  });
}

function nextEnding(text: string, from: number): { readonly start: number; readonly end: number } {
  PRIVATE_KEY_END.lastIndex = from;
  const match = PRIVATE_KEY_END.exec(text);
  if (match === null) return { start: text.length, end: text.length };
  return { start: match.index, end: match.index + match[0].length };
}

function hasDigit(value: string): boolean {
  return /\d/.test(value);
}

function isRandom(value: string): boolean {
  return /[a-z]/i.test(value) && entropyBits(value) >= MIN_ENTROPY_BITS;
}

/** Shannon's entropy of the characters. */
function entropyBits(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
