import { tupleOf } from './compile/arrays.js';
import { References } from './compile/references.js';
import { type Dialect, readDialect } from './dialect.js';
import { identityOf, isJsonObject, type JsonObject, member } from './json.js';

/** The rules that STRICT adds. */
export const STRICT_RULES = ['pattern', 'content', 'condition', 'open_object', 'tuple', 'nothing'] as const;
export type StrictRule = (typeof STRICT_RULES)[number];

/** A change that STRICT refuses although no instance shows that it breaks something. */
export interface RuleViolation {
  readonly rule: StrictRule;
  /** JSON pointer into the reader's schema. */
  readonly path: string;
  readonly reason: string;
}

/** Pairs of subschemas that are looked at. */
const MAX_PAIRS = 5_000;
/** Steps from the root of the schema. */
const MAX_DEPTH = 64;

/**
 * What registries refuse on sight, as Confluent, Apicurio and Karapace do, because a validator cannot see it or because
 * it is hardly meant: a pattern that is new or another (they compare patterns as text), another content encoding or
 * media type (which validators ignore), another condition, a declaration for a property that an open object may
 * already hold, a list that becomes a tuple, an old schema that allows nothing.
 *
 * @returns the first such change; `null` when there is none
 */
export function brokenStrictRule(writer: unknown, reader: unknown, assumed?: Dialect): RuleViolation | null {
  if (allowsNothing(writer) && reader !== true && identityOf(writer) !== identityOf(reader)) {
    return {
      rule: 'nothing',
      path: '',
      reason: 'the old schema allows nothing, so nothing shows that the new one fits',
    };
  }
  const [readWriter, readReader] = [readRoot(writer, assumed), readRoot(reader, assumed)];
  if (readWriter === null || readReader === null) return null;
  return new RuleWalk(readWriter, readReader).compare(readWriter.schema, readReader.schema, '', 0);
}

/** Is it written as the schema of nothing, so that every comparison with it is vacuous? */
function allowsNothing(schema: unknown): boolean {
  return schema === false || ['{"not":true}', '{"not":{}}'].includes(identityOf(schema));
}

interface Root {
  readonly dialect: Dialect;
  readonly schema: unknown;
  readonly references: References;
}

function readRoot(schema: unknown, assumed: Dialect | undefined): Root | null {
  const read = isJsonObject(schema) ? readDialect(schema, assumed) : null;
  return read === null ? null : { ...read, references: new References(read.schema) };
}

class RuleWalk {
  readonly #writer: Root;
  readonly #reader: Root;
  readonly #seen = new Map<JsonObject, Set<JsonObject>>();
  #pairs = 0;

  constructor(writer: Root, reader: Root) {
    this.#writer = writer;
    this.#reader = reader;
  }

  /** Compares two subschemas that describe the same part of an instance. */
  compare(givenWriter: unknown, givenReader: unknown, path: string, depth: number): RuleViolation | null {
    const writer = resolved(givenWriter, this.#writer);
    const reader = resolved(givenReader, this.#reader);
    if (writer === null || reader === null || !this.#isNew(writer, reader, depth)) return null;
    return this.#ownRules(writer, reader, path) ?? this.#below(writer, reader, path, depth);
  }

  #isNew(writer: JsonObject, reader: JsonObject, depth: number): boolean {
    this.#pairs += 1;
    const seen = this.#seen.get(writer) ?? new Set();
    this.#seen.set(writer, seen);
    if (seen.has(reader) || this.#pairs > MAX_PAIRS || depth > MAX_DEPTH) return false;
    seen.add(reader);
    return true;
  }

  #ownRules(writer: JsonObject, reader: JsonObject, path: string): RuleViolation | null {
    const pattern = member(reader, 'pattern');
    if (typeof pattern === 'string' && pattern !== member(writer, 'pattern') && mayBeString(writer)) {
      const before = member(writer, 'pattern');
      const how = typeof before === 'string' ? `changed from ${JSON.stringify(before)} to` : 'added:';
      return { rule: 'pattern', path: `${path}/pattern`, reason: `the pattern was ${how} ${JSON.stringify(pattern)}` };
    }
    for (const keyword of ['contentEncoding', 'contentMediaType']) {
      const now = member(reader, keyword);
      if (now === undefined || identityOf(now) === identityOf(member(writer, keyword))) continue;
      return { rule: 'content', path: `${path}/${keyword}`, reason: `${keyword} became ${JSON.stringify(now)}` };
    }
    return (
      changedCondition(writer, reader, path) ?? this.#newTuple(writer, reader, path) ?? newName(writer, reader, path)
    );
  }

  #newTuple(writer: JsonObject, reader: JsonObject, path: string): RuleViolation | null {
    const before = tupleOf(writer, this.#writer);
    const now = tupleOf(reader, this.#reader);
    const isList = before.first.length === 0 && isJsonObject(before.others);
    if (!isList || now.first.length === 0) return null;
    return { rule: 'tuple', path: `${path}/items`, reason: 'a list became a tuple, whose positions have meanings' };
  }

  #below(writer: JsonObject, reader: JsonObject, path: string, depth: number): RuleViolation | null {
    for (const [before, now, step] of this.#pairsBelow(writer, reader)) {
      const violation = this.compare(before, now, `${path}/${step}`, depth + 1);
      if (violation !== null) return violation;
    }
    return null;
  }

  *#pairsBelow(writer: JsonObject, reader: JsonObject): Generator<readonly [unknown, unknown, string]> {
    const before = mapOf(writer, 'properties');
    for (const [name, now] of Object.entries(mapOf(reader, 'properties'))) {
      if (Object.hasOwn(before, name)) yield [before[name], now, `properties/${escaped(name)}`];
    }
    for (const keyword of ['additionalProperties', 'contains', 'then', 'else']) {
      yield [member(writer, keyword), member(reader, keyword), keyword];
    }
    const [old, tuple] = [tupleOf(writer, this.#writer), tupleOf(reader, this.#reader)];
    for (const [index, now] of tuple.first.entries()) yield [old.first[index] ?? old.others, now, `items/${index}`];
    yield [old.others, tuple.others, 'items'];
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) yield* counterparts(writer, reader, keyword);
  }
}

function resolved(given: unknown, root: Root): JsonObject | null {
  let schema = given;
  for (let followed = 0; followed < MAX_DEPTH && isJsonObject(schema); followed += 1) {
    const reference = member(schema, '$ref');
    if (typeof reference !== 'string') return schema;
    schema = root.references.find(reference, schema);
  }
  return null;
}

/** A value with an `enum`, or of another type, has no need of a pattern. */
function mayBeString(schema: JsonObject): boolean {
  const type = member(schema, 'type');
  if (Object.hasOwn(schema, 'enum') || Object.hasOwn(schema, 'const')) return false;
  return type === undefined || type === 'string' || (Array.isArray(type) && type.includes('string'));
}

function changedCondition(writer: JsonObject, reader: JsonObject, path: string): RuleViolation | null {
  const [before, now] = [member(writer, 'if'), member(reader, 'if')];
  if (before === undefined || now === undefined || identityOf(before) === identityOf(now)) return null;
  return { rule: 'condition', path: `${path}/if`, reason: 'the condition of if/then/else changed' };
}

/** A property that the reader declares, and that objects of the writer may hold with any value. */
function newName(writer: JsonObject, reader: JsonObject, path: string): RuleViolation | null {
  if (!isOpen(writer)) return null;
  const before = mapOf(writer, 'properties');
  const name = Object.keys(mapOf(reader, 'properties')).find((one) => !Object.hasOwn(before, one));
  if (name === undefined) return null;
  return {
    rule: 'open_object',
    path: `${path}/properties/${escaped(name)}`,
    reason: `${JSON.stringify(name)} was declared, which old objects may already hold with any value`,
  };
}

/** Does it describe objects, by itself, and say nothing about properties it does not declare? */
function isOpen(schema: JsonObject): boolean {
  const type = member(schema, 'type');
  const others = member(schema, 'additionalProperties');
  const isObjectType = type === 'object' || (Array.isArray(type) && type.includes('object'));
  const saysNothing =
    others === undefined || others === true || (isJsonObject(others) && Object.keys(others).length === 0);
  const composes = ['allOf', 'anyOf', 'oneOf', 'unevaluatedProperties', 'propertyNames'].some((keyword) =>
    Object.hasOwn(schema, keyword),
  );
  return isObjectType && saysNothing && !composes && Object.keys(mapOf(schema, 'patternProperties')).length === 0;
}

/** Alternatives that are left over when equal ones are taken away, where it is plain which became which. */
function* counterparts(
  writer: JsonObject,
  reader: JsonObject,
  keyword: string,
): Generator<readonly [unknown, unknown, string]> {
  const [before, now] = [listOf(writer, keyword), listOf(reader, keyword)];
  const [oldTexts, newTexts] = [before.map(identityOf), now.map(identityOf)];
  const changedBefore = before.filter((_one, index) => !newTexts.includes(oldTexts[index] ?? ''));
  const changedNow = now.flatMap((one, index) => (oldTexts.includes(newTexts[index] ?? '') ? [] : [{ one, index }]));
  const [only] = changedNow;
  if (changedBefore.length === 1 && changedNow.length === 1 && only !== undefined) {
    yield [changedBefore[0], only.one, `${keyword}/${only.index}`];
  }
}

function listOf(schema: JsonObject, keyword: string): readonly unknown[] {
  const list = member(schema, keyword);
  return Array.isArray(list) ? list : [];
}

function mapOf(schema: JsonObject, keyword: string): JsonObject {
  const map = member(schema, keyword);
  return isJsonObject(map) ? map : {};
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
