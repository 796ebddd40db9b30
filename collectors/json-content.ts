import type { AttributeValue } from './otlp/types.js';

/** Objects and arrays inside one another in JSON that a trace carries; deeper JSON is treated as text. */
export const MAX_JSON_DEPTH = 64;

/** A member of a JSON object or an element of an array, a step at a time; `undefined` where a step leads nowhere. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = Reflect.get(here, step);
  }
  return here ?? undefined;
}

/** A member that is a string, or a number spelled as one; `undefined` when empty. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  if (typeof found === 'string') return found === '' ? undefined : found;
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
}

/** The elements of an array; nothing for anything else. */
export function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON out of a trace; `undefined` when it is none, or nested deeper than {@link MAX_JSON_DEPTH}. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // Text that is not JSON is an expected outcome: callers then take it as text.
  }
  return isWithinDepth(value, MAX_JSON_DEPTH) ? value : undefined;
}

/** Are no more than `depth` objects and arrays inside one another? */
export function isWithinDepth(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) {
    for (const element of value) if (!isWithinDepth(element, depth - 1)) return false;
    return true;
  }
  // Own members only: what JSON.parse makes inherits nothing that can be enumerated.
  for (const name in value) if (!isWithinDepth(Reflect.get(value, name), depth - 1)) return false;
  return true;
}

/**
 * An attribute's value as JSON.parse would have given it. Integers that a double cannot hold become strings, bytes
 * base64. Keys become own members of fresh objects, so `__proto__` is a name as any other.
 */
export function plainValue(value: AttributeValue): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plainValue(inner)]));
  if (Array.isArray(value)) return value.map((element) => plainValue(element));
  return value;
}

/** An attribute that holds a structure: as JSON text, which is usual, or as an OTLP value. */
export function structuredValue(value: AttributeValue | undefined): unknown {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? parseJson(value) : plainValue(value);
}
