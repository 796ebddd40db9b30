import { createHmac } from 'node:crypto';
import type { RedactionDetector } from '../../src/model/index.js';
import { type CustomPattern, compilePatterns } from './custom-patterns.js';
import type { Finder, Report } from './finders/finder.js';
import { DISTINCTIVE_FINDERS, FINDERS } from './finders/index.js';
import { mayHideCharacters, redactJson, withPlainCharacters } from './json-text.js';
import { placeholder, replaceMatches } from './replace-matches.js';

/** What to look for. */
export interface RedactionSettings {
  readonly detectors: readonly RedactionDetector[];
  readonly patterns: readonly CustomPattern[];
  /** Key of the hash that stands for an id which tells too much. */
  readonly userSalt: string;
}

/**
 * Replaces what must not be known by what it was: `[redacted:email]`. A text in which there is nothing is returned as it is.
 * Texts that are JSON stay JSON. Redacting twice changes nothing more. Linear in the length.
 */
export interface Redactor {
  text(value: string): string;
  /** A name (of a span, an operation): e-mail addresses and keys only, since digits in it mean nothing. */
  name(value: string): string;
  /** An id (of a session, a version): whole as it is, or whole a pseudonym, so that ids that differ still do. */
  id(value: string): string;
}

/** Nothing that is looked for without patterns of one's own is shorter, or has neither a digit nor an at sign. */
const MIN_CHARACTERS = 6;
const TELLING_CHARACTER = /[\d@]/;

/** JSON inside JSON inside JSON: beyond, it is text as any other. */
const MAX_NESTED_JSON = 4;

/** 64 bits: enough to tell the ids of one service apart. */
const PSEUDONYM_DIGITS = 16;

/** What was replaced may lay bare what stood next to it. */
const MAX_PASSES = 4;

/** @throws LeewayError LEEWAY_CONFIG_INVALID when a pattern cannot be compiled */
export function createRedactor(settings: RedactionSettings): Redactor {
  const finders = FINDERS.filter(({ name }) => settings.detectors.includes(name));
  const distinctive = DISTINCTIVE_FINDERS.filter((finder) => finders.includes(finder));
  const hasPatterns = settings.patterns.length > 0;
  const findCustom = compilePatterns(settings.patterns);
  const findBuiltIn = (text: string, report: Report) => runAll(finders, text, report);

  function findAll(text: string, report: Report): void {
    findBuiltIn(text, report);
    if (hasPatterns) findCustom(text, report);
  }

  function redact(text: string, depth: number): string {
    if (!hasPatterns && (text.length < MIN_CHARACTERS || !TELLING_CHARACTER.test(text))) return text;
    if (depth === MAX_NESTED_JSON || !/^\s*["[{]/.test(text)) return replaceAll(text, findAll);
    const plain = mayHideCharacters(text) ? withPlainCharacters(text) : text;
    const hasMatch = hasPatterns || replaceMatches(plain, findBuiltIn) !== plain;
    if (!hasMatch) return text;
    const inside = redactJson(plain, (value) => redact(value, depth + 1));
    // What is known by the name before it (`"api_key": "…"`) does not show inside the strings.
    const whole = inside === null ? replaceAll(plain, findAll) : replaceAll(inside, findBuiltIn);
    return whole === plain ? text : whole;
  }

  const name = (value: string) =>
    value.length < MIN_CHARACTERS ? value : replaceMatches(value, (text, report) => runAll(distinctive, text, report));

  return {
    text: (value) => redact(value, 0),
    name,
    id: (value) => (name(value) === value ? value : placeholder(`id-${pseudonym(value, settings.userSalt)}`)),
  };
}

function pseudonym(id: string, salt: string): string {
  return createHmac('sha256', salt).update(id).digest('hex').slice(0, PSEUDONYM_DIGITS);
}

function runAll(finders: readonly Finder[], text: string, report: Report): void {
  if (!TELLING_CHARACTER.test(text)) return;
  for (const finder of finders) finder.find(text, report);
}

function replaceAll(text: string, find: (text: string, report: Report) => void): string {
  let before = text;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const after = replaceMatches(before, find);
    if (after === before) return after;
    before = after;
  }
  return before;
}
