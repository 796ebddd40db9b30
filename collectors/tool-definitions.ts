import { canonicalJson } from './canonical.js';
import { at, elements, isObject, textAt } from './json-content.js';

/** A tool as the model was told of it, the same whichever provider's shape it came in. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments; `null` when none is declared. */
  readonly parameters: unknown;
  readonly outputSchema?: unknown;
  readonly strict?: boolean;
}

/** Definitions of one call that are looked at. */
export const MAX_TOOLS = 1_000;

/**
 * Normalises tool definitions and sorts them by name, so that neither the provider nor the order makes a version.
 * Shapes: OpenAI chat (`function` inside) and Responses (flat), Anthropic (`input_schema`), Gemini
 * (`functionDeclarations`), MCP and Vercel AI (`inputSchema`).
 */
export function normaliseTools(definitions: readonly unknown[]): ToolDefinition[] {
  return definitions
    .flatMap((definition) => {
      const declared = elements(at(definition, 'functionDeclarations') ?? at(definition, 'function_declarations'));
      return declared.length > 0 ? declared : [definition];
    })
    .filter(isObject)
    .slice(0, MAX_TOOLS)
    .map(normaliseTool)
    .map((tool) => ({ tool, order: `${tool.name}\u0000${canonicalJson(tool)}` }))
    .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
    .map(({ tool }) => tool);
}

const PARAMETER_NAMES = ['parameters', 'inputSchema', 'input_schema', 'parametersJsonSchema'];
const OUTPUT_NAMES = ['outputSchema', 'output_schema', 'response'];

function normaliseTool(definition: object): ToolDefinition {
  const nested = at(definition, 'function');
  const tool = isObject(nested) ? nested : definition;
  const name = textAt(tool, 'name');
  const outputSchema = firstMember(tool, OUTPUT_NAMES);
  const strict = at(tool, 'strict');
  return {
    name: name ?? textAt(tool, 'type') ?? '',
    description: textAt(tool, 'description') ?? '',
    // A provider's built-in tool has a type and settings instead of a schema; they are what can change about it.
    parameters: firstMember(tool, PARAMETER_NAMES) ?? (name === undefined ? definition : null),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  };
}

function firstMember(value: unknown, names: readonly string[]): unknown {
  for (const name of names) {
    const found = at(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
