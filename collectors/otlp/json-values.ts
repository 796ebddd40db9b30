import { FieldProblem, within } from './draft.js';
import { arrayMember, bigintOf, describe, isRecord, member, stringMember } from './json-fields.js';
import { MAX_ATTRIBUTES, MAX_VALUE_DEPTH } from './limits.js';
import type { Attributes, AttributeValue } from './types.js';

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** The `attributes` of a resource, span, event, link or log record. The last of several with one name wins. */
export function attributesOf(owner: unknown): Attributes {
  return pairsOf(arrayMember(owner, 'attributes'), 'attributes', 0);
}

function pairsOf(pairs: readonly unknown[], field: string, depth: number): Attributes {
  if (pairs.length > MAX_ATTRIBUTES) {
    throw new FieldProblem(field, `${pairs.length} of them, at most ${MAX_ATTRIBUTES} are accepted`);
  }
  const attributes = new Map<string, AttributeValue>();
  let index = 0;
  within(
    () => `${field}[${index}]`,
    () => {
      for (const pair of pairs) {
        if (!isRecord(pair)) throw new FieldProblem('', `expected an object, found ${describe(pair)}`, 'unreadable');
        const key = stringMember(pair, 'key');
        const value = member(pair, 'value');
        attributes.set(
          key,
          within(
            () => 'value',
            () => anyValue(value, depth),
          ),
        );
        index++;
      }
    },
  );
  return attributes;
}

/** An AnyValue in OTLP/JSON; `null` when none of its fields is set. @throws {FieldProblem} */
export function anyValue(value: unknown, depth: number): AttributeValue {
  if (value === undefined) return null;
  if (!isRecord(value)) throw new FieldProblem('', `expected an object, found ${describe(value)}`, 'unreadable');
  for (const [name, read] of READERS) {
    const content = member(value, name);
    if (content !== undefined)
      return within(
        () => name,
        () => read(content, depth),
      );
  }
  return null;
}

const READERS: readonly (readonly [string, (content: unknown, depth: number) => AttributeValue])[] = [
  ['stringValue', (content) => expectString(content)],
  ['boolValue', readBool],
  ['intValue', readInt],
  ['doubleValue', readDouble],
  ['arrayValue', readArray],
  ['kvlistValue', readKeyValueList],
  ['bytesValue', (content) => new Uint8Array(Buffer.from(expectString(content), 'base64'))],
];

function expectString(content: unknown): string {
  if (typeof content === 'string') return content;
  throw new FieldProblem('', `expected a string, found ${describe(content)}`, 'unreadable');
}

function readBool(content: unknown): boolean {
  if (typeof content === 'boolean') return content;
  throw new FieldProblem('', `expected a boolean, found ${describe(content)}`, 'unreadable');
}

function readInt(content: unknown): bigint {
  const integer = bigintOf(content);
  if (integer !== null && integer >= MIN_INT64 && integer <= MAX_INT64) return integer;
  throw new FieldProblem('', 'expected a 64-bit integer as a string or a number', 'unreadable');
}

/** Numbers, numbers as strings, and the three that JSON cannot spell: NaN, Infinity, -Infinity. */
function readDouble(content: unknown): number {
  if (typeof content === 'number') return content;
  if (content === 'NaN') return Number.NaN;
  const number = typeof content === 'string' && content.trim() !== '' ? Number(content) : Number.NaN;
  if (!Number.isNaN(number)) return number;
  throw new FieldProblem('', 'expected a number', 'unreadable');
}

function readArray(content: unknown, depth: number): AttributeValue[] {
  refuseDeeper(depth);
  return arrayMember(content, 'values').map((element) => anyValue(element ?? undefined, depth + 1));
}

function readKeyValueList(content: unknown, depth: number): Attributes {
  refuseDeeper(depth);
  return pairsOf(arrayMember(content, 'values'), 'values', depth + 1);
}

function refuseDeeper(depth: number): void {
  if (depth >= MAX_VALUE_DEPTH) throw new FieldProblem('', `nested deeper than ${MAX_VALUE_DEPTH} levels`);
}
