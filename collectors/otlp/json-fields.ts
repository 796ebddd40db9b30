import { FieldProblem } from './draft.js';

/** An object out of JSON.parse. Only own members are read, so that `__proto__` and its like are names as any other. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `a string`, `an array`, …: what was found where something else belongs. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** An own member; `undefined` when absent or null, which proto3 JSON treats alike. */
export function member(record: unknown, name: string): unknown {
  if (!isRecord(record) || !Object.hasOwn(record, name)) return undefined;
  return record[name] ?? undefined;
}

export function stringMember(record: unknown, name: string): string {
  const value = member(record, name) ?? '';
  if (typeof value === 'string') return value;
  throw new FieldProblem(name, `expected a string, found ${describe(value)}`, 'unreadable');
}

export function arrayMember(record: unknown, name: string): readonly unknown[] {
  const value = member(record, name) ?? [];
  if (Array.isArray(value)) return value;
  throw new FieldProblem(name, `expected an array, found ${describe(value)}`, 'unreadable');
}

export function objectMember(record: unknown, name: string): JsonRecord | undefined {
  const value = member(record, name);
  if (value === undefined || isRecord(value)) return value;
  throw new FieldProblem(name, `expected an object, found ${describe(value)}`, 'unreadable');
}

/** A 64-bit integer: a decimal string, or a number where a client did not bother. */
export function bigintOf(value: unknown): bigint | null {
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  return null;
}

/** An unsigned 64-bit integer; 0 when absent. */
export function bigintMember(record: unknown, name: string): bigint {
  const value = member(record, name) ?? 0;
  const integer = bigintOf(value);
  if (integer !== null && integer >= 0n && integer < 2n ** 64n) return integer;
  throw new FieldProblem(name, 'expected an unsigned 64-bit integer as a string or a number', 'unreadable');
}

/** An enum by number or by name; a number or name that is not known is 0, as proto3 has it for open enums. */
export function enumMember(record: unknown, name: string, names: readonly string[]): number {
  const value = member(record, name) ?? 0;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (typeof value === 'string') return Math.max(0, names.indexOf(value));
  throw new FieldProblem(name, `expected a number or a name, found ${describe(value)}`, 'unreadable');
}
