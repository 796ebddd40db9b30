import type { Compliance } from '../src/model/index.js';
import { isWithinDepth, MAX_JSON_DEPTH } from './json-content.js';
import { checkAgainstSchema } from './schema-validator.js';

/** A longer output is not checked. */
export const MAX_CHECKED_OUTPUT_CHARACTERS = 1024 * 1024;

/** What became of a structured output; the reason is one sentence for people, empty when `ok`. */
export interface ComplianceCheck {
  readonly compliance: Compliance;
  readonly reason: string;
}

/**
 * Parses an output as a consumer's JSON.parse would, and validates it.
 *
 * Strict where a consumer is strict: an answer that only parses after a repair is no `ok`, but the repair that would do
 * is told apart, because the share of repairs moves before anything else does.
 *
 * @param schema JSON Schema; `null` when JSON was asked for and no schema is known. One that is beyond the limits, or
 *   that RE2 or ajv refuse, gives `not_checkable`, never a failure
 */
export function checkStructuredOutput(text: string, schema: unknown): ComplianceCheck {
  const problem = schemaProblem(schema);
  if (problem !== null) return notCheckable(problem);
  if (text.trim() === '') return { compliance: 'empty', reason: 'the output is empty' };
  if (text.length > MAX_CHECKED_OUTPUT_CHARACTERS) {
    return notCheckable(`the output is longer than ${MAX_CHECKED_OUTPUT_CHARACTERS} characters`);
  }
  const strict = parse(text);
  if (strict.ok) return validate(strict.value, schema, 'ok', '');
  const fenced = parse(insideFence(text));
  if (fenced.ok) return validate(fenced.value, schema, 'ok_after_fence', 'the JSON stands in a code fence');
  const extracted = parse(firstBalanced(text));
  if (extracted.ok) return validate(extracted.value, schema, 'ok_after_extract', 'there is text around the JSON');
  return { compliance: 'not_json', reason: `not JSON: ${withoutContent(strict.problem)}` };
}

/**
 * Why nothing can be checked against the schema; `null` when it can. Asked before parsing: if only what parses were left
 * out of the denominator, a schema that cannot be checked would read as a failure rate of 100 %.
 */
function schemaProblem(schema: unknown): string | null {
  if (schema === null || schema === undefined) return null;
  const probe = checkAgainstSchema(null, schema);
  return probe.outcome === 'unchecked' ? probe.reason : null;
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

function parse(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

function validate(value: unknown, schema: unknown, compliance: Compliance, repair: string): ComplianceCheck {
  if (!isWithinDepth(value, MAX_JSON_DEPTH)) return notCheckable(`the output is nested deeper than ${MAX_JSON_DEPTH}`);
  if (schema === null || schema === undefined) return { compliance, reason: repair };
  const check = checkAgainstSchema(value, schema);
  if (check.outcome === 'valid') return { compliance, reason: repair };
  if (check.outcome === 'unchecked') return notCheckable(check.reason);
  return { compliance: 'schema_invalid', reason: [check.reason, repair].filter((part) => part !== '').join('; ') };
}

function notCheckable(reason: string): ComplianceCheck {
  return { compliance: 'not_checkable', reason };
}

/** Where the text stops being JSON, without the text that V8 quotes: a reason is kept where content may not be. */
function withoutContent(problem: string): string {
  return /at position \d+/.exec(problem)?.[0] ?? 'it does not parse';
}

/** The inside of an output that is one fenced block and nothing else; empty when it is not. */
function insideFence(text: string): string {
  const trimmed = text.trim();
  const firstLineEnd = trimmed.indexOf('\n');
  if (firstLineEnd < 0 || !trimmed.endsWith('```')) return '';
  return /^```[\w-]{0,32}\s*$/.test(trimmed.slice(0, Math.min(firstLineEnd, 64)))
    ? trimmed.slice(firstLineEnd + 1, -3)
    : '';
}

/** The first object or array in a text up to its closing bracket, strings respected; empty when there is none. Linear. */
function firstBalanced(text: string): string {
  const start = text.search(/[{[]/);
  if (start < 0) return '';
  let depth = 0;
  let inString = false;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (depth === 0) return text.slice(start, index + 1);
    }
  }
  return '';
}
