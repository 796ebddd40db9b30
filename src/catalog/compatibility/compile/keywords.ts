import { isJsonObject, type JsonObject, member } from '../json.js';

/** A keyword that counts something. */
export function countOf(schema: JsonObject, keyword: string): number | null {
  const value = member(schema, keyword);
  return typeof value === 'number' ? value : null;
}

/** The strings of a list of names. */
export function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

/** A keyword's value that maps names to something. */
export function membersOf(schema: JsonObject, keyword: string): JsonObject {
  const value = member(schema, keyword);
  return isJsonObject(value) ? value : {};
}
