import { FORMAT_PATTERNS, sampleStrings } from '../formats.js';
import type { Literal } from '../formula.js';
import { codePointLength } from '../json.js';
import { MAX_VALUE_CHARACTERS } from '../limits.js';
import { type Answer, NONE, unknown, witness } from './answer.js';
import { holding, reasonOf, violated } from './branch.js';
import type { Solver } from './solver.js';

/** Strings asked of the automaton when formats, which it does not know, have the last word. */
const STRINGS_TRIED = 24;

/** Is there a string? Lengths and patterns by an automaton, formats by trying. */
export function solveString(literals: readonly Literal[], solver: Solver): Answer {
  const { minLength, maxLength } = lengthsOf(literals);
  if (minLength > maxLength) return NONE;
  if (minLength > MAX_VALUE_CHARACTERS) return unknown(`a string of ${minLength} characters`);
  const formats = holding(literals, 'format').map(({ format }) => format);
  const refusedFormats = violated(literals, 'format').map(({ format }) => format);
  const samples = samplesOf([...formats, ...refusedFormats], minLength, maxLength);
  const sample = samples.find((text) => solver.satisfies(text, literals) === true);
  if (sample !== undefined && formats.length + refusedFormats.length > 0) return witness(sample);
  const hasFormats = formats.length + refusedFormats.length > 0;
  const readable = (pattern: string): boolean => solver.languages.reads(pattern);
  const matching = [...holding(literals, 'pattern').map(({ pattern }) => pattern), ...patternsOf(formats)];
  const avoiding = violated(literals, 'pattern').map(({ pattern }) => pattern);
  const answer = solver.languages.find(
    {
      matching: matching.filter(readable),
      avoiding: avoiding.filter(readable),
      minLength,
      maxLength,
      excluded: excludedBy(literals),
    },
    hasFormats ? STRINGS_TRIED : 1,
  );
  // Patterns left out only make the question wider: what has no answer then has none with them.
  if (answer.kind === 'none') return NONE;
  const strings = answer.kind === 'some' ? [...answer.strings, ...samples] : samples;
  return decided(strings, literals, solver);
}

function decided(strings: readonly string[], literals: readonly Literal[], solver: Solver): Answer {
  const sure = strings.find((text) => solver.satisfies(text, literals) === true);
  if (sure !== undefined) return witness(sure);
  const possible = strings.find((text) => solver.satisfies(text, literals) === undefined);
  return possible === undefined ? unknown(reasonOf(literals)) : witness(possible);
}

function lengthsOf(literals: readonly Literal[]): { minLength: number; maxLength: number } {
  return {
    minLength: Math.max(
      0,
      ...holding(literals, 'minLength').map(({ limit }) => Math.ceil(limit)),
      ...violated(literals, 'maxLength').map(({ limit }) => Math.floor(limit) + 1),
    ),
    maxLength: Math.min(
      Number.POSITIVE_INFINITY,
      ...holding(literals, 'maxLength').map(({ limit }) => Math.floor(limit)),
      ...violated(literals, 'minLength').map(({ limit }) => Math.ceil(limit) - 1),
    ),
  };
}

function patternsOf(formats: readonly string[]): string[] {
  return formats.flatMap((format) => (Object.hasOwn(FORMAT_PATTERNS, format) ? [FORMAT_PATTERNS[format] ?? ''] : []));
}

function samplesOf(formats: readonly string[], minLength: number, maxLength: number): string[] {
  return sampleStrings(formats).filter((text) => {
    const length = codePointLength(text);
    return length >= minLength && length <= maxLength;
  });
}

function excludedBy(literals: readonly Literal[]): string[] {
  return violated(literals, 'values').flatMap(({ values }) => values.filter((value) => typeof value === 'string'));
}
