import { RE2JS } from 're2js';
import { errorMessage, LeewayError } from '../../src/model/index.js';
import type { Report } from './finders/finder.js';

/** A longer text is not searched but withheld whole: a search costs up to 0.1 ms a KiB. */
const MAX_SEARCHED_CHARACTERS = 256 * 1024;
const MAX_PATTERNS = 50;

/** A pattern of the configuration: RE2's syntax, linear in time. What it finds becomes `[redacted:NAME]`. */
export interface CustomPattern {
  readonly name: string;
  readonly pattern: string;
}

/** Reports what any of the patterns finds. */
export type SearchCustom = (text: string, report: Report) => void;

/** @throws LeewayError LEEWAY_CONFIG_INVALID that names the pattern RE2 refuses, or that matches nothing at all */
export function compilePatterns(patterns: readonly CustomPattern[]): SearchCustom {
  if (patterns.length > MAX_PATTERNS)
    throw new LeewayError('LEEWAY_CONFIG_INVALID', `redaction.patterns: at most ${MAX_PATTERNS}`);
  const compiled = patterns.map(({ name, pattern }) => ({ name, regex: compile(name, pattern) }));
  return (text, report) => {
    if (text.length > MAX_SEARCHED_CHARACTERS) {
      report(0, text.length, 'too-long');
      return;
    }
    for (const { name, regex } of compiled) {
      // The automaton that only says whether there is a match is several times faster than the one that says where.
      if (!regex.test(text)) continue;
      const matcher = regex.matcher(text);
      while (matcher.find()) if (matcher.end() > matcher.start()) report(matcher.start(), matcher.end(), name);
    }
  };
}

function compile(name: string, pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new LeewayError('LEEWAY_CONFIG_INVALID', `redaction.patterns: ${name}: ${errorMessage(error)}`);
  }
}
