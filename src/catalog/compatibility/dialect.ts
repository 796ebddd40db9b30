import { isJsonObject, type JsonObject, member } from './json.js';

/** The dialects that are read. Draft 4 and 6 are read as draft 7, after what differs was rewritten. */
export const DIALECTS = ['draft-07', '2019-09', '2020-12'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** A schema in a dialect that ajv knows. */
export interface ReadSchema {
  readonly dialect: Dialect;
  /** Without its `$schema`; an object, or a boolean. */
  readonly schema: JsonObject | boolean;
}

/** Keywords whose presence says which dialect a schema without `$schema` is written in. */
const SINCE_2019 = ['unevaluatedProperties', 'unevaluatedItems', 'dependentRequired', 'dependentSchemas'];
const NEWER = [...SINCE_2019, 'prefixItems', '$dynamicRef', 'minContains', 'maxContains'];

/**
 * Which dialect a schema is in, and the schema as ajv takes it. OpenAPI's `nullable`, Gemini's type names
 * and draft 4's boolean `exclusiveMinimum` are rewritten.
 *
 * @param assumed the dialect of a schema without `$schema`; without it, by the keywords used: draft 7 unless there are newer ones
 * @returns `null` for a `$schema` that is not known
 */
export function readDialect(schema: JsonObject | boolean, assumed?: Dialect): ReadSchema | null {
  if (typeof schema === 'boolean') return { dialect: assumed ?? 'draft-07', schema };
  const named = member(schema, '$schema');
  const dialect = typeof named === 'string' ? dialectNamed(named) : (assumed ?? dialectByKeywords(schema));
  if (dialect === null) return null;
  const { $schema: _named, ...rest } = { $schema: '', ...schema };
  const isDraft4 = typeof named === 'string' && /draft-04/.test(named);
  const rewritten = rewriteSchema(rest, isDraft4);
  return { dialect, schema: isJsonObject(rewritten) ? rewritten : {} };
}

function dialectNamed(uri: string): Dialect | null {
  const [, version] = /^https?:\/\/json-schema\.org\/(draft-0[467]|draft\/2019-09|draft\/2020-12|)\/?schema#?$/.exec(
    uri,
  ) ?? [undefined, undefined];
  if (version === undefined) return null;
  if (version.startsWith('draft/')) return version === 'draft/2019-09' ? '2019-09' : '2020-12';
  return 'draft-07';
}

function dialectByKeywords(schema: JsonObject): Dialect {
  const text = JSON.stringify(schema);
  return NEWER.some((keyword) => text.includes(`"${keyword}":`)) ? '2020-12' : 'draft-07';
}

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const ONE = [
  ...['additionalItems', 'additionalProperties', 'contains', 'propertyNames', 'not', 'if', 'then', 'else', 'items'],
  ...['unevaluatedItems', 'unevaluatedProperties', 'contentSchema'],
];
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'];
const MAPS = ['properties', 'patternProperties', 'dependencies', 'dependentSchemas', 'definitions', '$defs'];

/** Applies `change` to every direct subschema of a schema. */
export function mapSubschemas(schema: JsonObject, change: (subschema: unknown) => unknown): JsonObject {
  const entries = Object.entries(schema).map(([keyword, value]): [string, unknown] => {
    if (LISTS.includes(keyword) && Array.isArray(value)) return [keyword, value.map(change)];
    if (MAPS.includes(keyword) && isJsonObject(value)) {
      return [keyword, Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]))];
    }
    return ONE.includes(keyword) ? [keyword, change(value)] : [keyword, value];
  });
  return Object.fromEntries(entries);
}

/** Keywords that no validator looks at. */
const ANNOTATIONS = ['title', 'description', 'default', 'examples', '$comment', 'deprecated', 'readOnly', 'writeOnly'];

/** The schema without what only people and models read. */
export function withoutAnnotations(schema: unknown): unknown {
  if (!isJsonObject(schema)) return schema;
  const kept = Object.entries(schema).filter(([keyword]) => !ANNOTATIONS.includes(keyword));
  return mapSubschemas(Object.fromEntries(kept), withoutAnnotations);
}

function rewriteSchema(schema: unknown, isDraft4: boolean): unknown {
  if (!isJsonObject(schema)) return schema;
  const members = new Map(Object.entries(mapSubschemas(schema, (subschema) => rewriteSchema(subschema, isDraft4))));
  rewriteExclusive(members, 'exclusiveMinimum', 'minimum');
  rewriteExclusive(members, 'exclusiveMaximum', 'maximum');
  rewriteTypeNames(members);
  rewriteNullable(members);
  // ajv refuses an empty enum, which allows nothing.
  const allowed = members.get('enum');
  if (Array.isArray(allowed) && allowed.length === 0) {
    members.delete('enum');
    const allOf = members.get('allOf');
    members.set('allOf', [...(Array.isArray(allOf) ? allOf : []), { not: {} }]);
  }
  if (isDraft4 || typeof members.get('id') === 'string') rewriteId(members, isDraft4);
  return Object.fromEntries(members);
}

/** Draft 4: `exclusiveMinimum: true` says how `minimum` is meant. */
function rewriteExclusive(members: Map<string, unknown>, exclusive: string, inclusive: string): void {
  const value = members.get(exclusive);
  if (typeof value !== 'boolean') return;
  members.delete(exclusive);
  const limit = members.get(inclusive);
  if (!value || typeof limit !== 'number') return;
  members.set(exclusive, limit);
  members.delete(inclusive);
}

/** Gemini writes `STRING` for `string`. */
function rewriteTypeNames(members: Map<string, unknown>): void {
  const type = members.get('type');
  if (typeof type === 'string' && /^[A-Z]+$/.test(type)) members.set('type', type.toLowerCase());
}

/** OpenAPI 3.0: `nullable: true` adds `null` to the type. */
function rewriteNullable(members: Map<string, unknown>): void {
  const nullable = members.get('nullable');
  if (typeof nullable !== 'boolean') return;
  members.delete('nullable');
  const type = members.get('type');
  if (nullable && typeof type === 'string') members.set('type', type === 'null' ? type : [type, 'null']);
  if (nullable && Array.isArray(type) && !type.includes('null')) members.set('type', [...type, 'null']);
}

/** Draft 4's `id` became `$id`; in later drafts ajv refuses the word, which then is an annotation. */
function rewriteId(members: Map<string, unknown>, isDraft4: boolean): void {
  const id = members.get('id');
  if (typeof id !== 'string') return;
  members.delete('id');
  if (isDraft4 && !members.has('$id')) members.set('$id', id);
}
