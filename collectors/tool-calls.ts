import type { ToolCallVerdict } from '../src/model/index.js';
import { isObject, isWithinDepth, MAX_JSON_DEPTH } from './json-content.js';
import type { Part } from './messages.js';
import { checkAgainstSchema } from './schema-validator.js';
import type { ToolDefinition } from './tool-definitions.js';

/** Tools and arguments of one answer that are kept by name. */
export const MAX_TOOL_FIELDS = 100;
export const MAX_FIELD_CHARACTERS = 200;

export type ToolCallPart = Extract<Part, { kind: 'tool_call' }>;

/** What the tool calls of an answer are; the reason is one sentence for people, empty when `ok`. */
export interface ToolCallCheck {
  readonly verdict: ToolCallVerdict;
  readonly reason: string;
  /** `get_weather`, `get_weather.city`: who still uses which tool and field. */
  readonly fields: readonly string[];
}

const NO_CALLS: ToolCallCheck = { verdict: 'not_applicable', reason: '', fields: [] };

/**
 * Checks every tool call of an answer against the tools that the model was told of. The first that does not fit decides.
 * @param tools as normaliseTools gives them; empty when the trace does not carry them
 */
export function judgeToolCalls(calls: readonly ToolCallPart[], tools: readonly ToolDefinition[]): ToolCallCheck {
  if (calls.length === 0) return NO_CALLS;
  const read = calls.map((call) => ({ call, given: argumentsOf(call.arguments) }));
  const fields = fieldsOf(read);
  if (tools.length === 0) return { verdict: 'not_checkable', reason: 'the trace carries no tool definitions', fields };
  const checks = read.map(({ call, given }) => judgeCall(call, given, tools));
  const worst = checks.find(({ verdict }) => verdict !== 'ok' && verdict !== 'not_checkable');
  const decisive = worst ?? checks.find(({ verdict }) => verdict === 'not_checkable');
  return { ...(decisive ?? { verdict: 'ok', reason: '' }), fields };
}

type Given = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/** A call without arguments is one with none: clients then send an empty text. */
function argumentsOf(text: string): Given {
  if (text.trim() === '') return { ok: true, value: {} };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false }; // An expected outcome of a model: `not_json`.
  }
}

function judgeCall(call: ToolCallPart, given: Given, tools: readonly ToolDefinition[]): Omit<ToolCallCheck, 'fields'> {
  const tool = tools.find(({ name }) => name === call.name);
  const name = call.name.slice(0, MAX_FIELD_CHARACTERS);
  if (tool === undefined) return { verdict: 'unknown_tool', reason: `${name} is none of the declared tools` };
  if (!given.ok) return { verdict: 'not_json', reason: `the arguments of ${name} are not JSON` };
  if (tool.parameters === null) return { verdict: 'ok', reason: '' };
  if (!isWithinDepth(given.value, MAX_JSON_DEPTH))
    return { verdict: 'not_checkable', reason: `the arguments of ${name} are nested deeper than ${MAX_JSON_DEPTH}` };
  const check = checkAgainstSchema(given.value, tool.parameters);
  if (check.outcome === 'valid') return { verdict: 'ok', reason: '' };
  if (check.outcome === 'unchecked') return { verdict: 'not_checkable', reason: `${name}: ${check.reason}` };
  return { verdict: 'invalid_arguments', reason: `${name}: ${check.reason}` };
}

function fieldsOf(read: readonly { readonly call: ToolCallPart; readonly given: Given }[]): string[] {
  const fields = read.flatMap(({ call, given }) => {
    const names = given.ok && isObject(given.value) ? Object.keys(given.value) : [];
    return [call.name, ...names.map((name) => `${call.name}.${name}`)];
  });
  return [...new Set(fields.map((field) => field.slice(0, MAX_FIELD_CHARACTERS)))].slice(0, MAX_TOOL_FIELDS);
}
