import { createHash } from 'node:crypto';
import { identityOf, isJsonObject } from '../compatibility/json.js';
import type { ToolContract } from '../contracts/tools.js';

/** SHA-256 of a JSON value's canonical form (RFC 8785), as 64 hex digits: equal values have equal digests. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(identityOf(value)).digest('hex');
}

/** The tools in the content of a `tools` artifact; none where it is not kept or was redacted beyond reading. */
export function readTools(content: string): ToolContract[] {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.flatMap(toolIn) : [];
}

/** A tool as it is stored: {@link ToolContract} and what else was said of it. */
export function toolIn(value: unknown): ToolContract[] {
  if (!isJsonObject(value)) return [];
  const { name, description, parameters = null } = value;
  if (typeof name !== 'string' || name === '') return [];
  return [{ ...value, name, description: typeof description === 'string' ? description : '', parameters }];
}

/** Top-level arguments that a tool declares. */
export function declaredFields({ parameters }: ToolContract): string[] {
  const properties = isJsonObject(parameters) ? parameters['properties'] : undefined;
  return isJsonObject(properties) ? Object.keys(properties) : [];
}
