import { readFileSync } from 'node:fs';
import { normaliseTools } from '../../../collectors/index.js';
import type { ToolContract } from '../../catalog/index.js';
import { errorMessage } from '../../model/index.js';
import { SchemaUsageError } from './options.js';

/** What a file holds. */
export type ContractFile =
  | { readonly kind: 'schema'; readonly schema: unknown }
  | { readonly kind: 'tools'; readonly tools: readonly ToolContract[] };

/** Members of which one at least makes an object with a name a tool. */
const OF_TOOLS = [
  'parameters',
  'input_schema',
  'inputSchema',
  'parametersJsonSchema',
  'function',
  'functionDeclarations',
];

/**
 * Reads a JSON Schema, a tool definition, a list of them, or an object with `tools` in it (a request, or MCP's answer to
 * `tools/list`).
 *
 * @throws SchemaUsageError naming the file that cannot be read
 */
export function readContractFile(file: string): ContractFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SchemaUsageError(`${file}: ${errorMessage(error)}`);
  }
  const definitions = toolDefinitionsIn(content);
  if (definitions !== null) return { kind: 'tools', tools: normaliseTools(definitions) };
  if (typeof content === 'boolean' || isObject(content)) return { kind: 'schema', schema: content };
  throw new SchemaUsageError(`${file} holds neither a JSON Schema nor tool definitions`);
}

function toolDefinitionsIn(content: unknown): readonly unknown[] | null {
  if (Array.isArray(content)) return content;
  if (!isObject(content)) return null;
  const listed = memberOf(content, 'tools') ?? memberOf(memberOf(content, 'result'), 'tools');
  if (Array.isArray(listed)) return listed;
  return OF_TOOLS.some((name) => memberOf(content, name) !== undefined) ? [content] : null;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}
