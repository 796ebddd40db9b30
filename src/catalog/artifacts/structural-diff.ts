import { diffArrays } from 'diff';
import { identityOf, isJsonObject, type JsonObject } from '../compatibility/json.js';

/** Changes that are listed. */
export const MAX_STRUCTURAL_CHANGES = 200;
/** Steps from the root that are looked at. */
const MAX_DEPTH = 64;

/** What kind of thing changed, in the words of whoever wrote it. */
export type ChangedThing = 'tool' | 'field' | 'required' | 'description' | 'type' | 'values' | 'keyword' | 'message';

/** One difference between two tool lists, schemas or context structures. */
export interface StructuralChange {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly thing: ChangedThing;
  /** `get_weather.city`, `address.street`, `[0]`; empty for the whole. */
  readonly where: string;
  /** The value on each side; `null` where it has none. */
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * What differs between two contents of one kind: tools by name, schemas by field, context structures by message. At most
 * 200 changes; equal contents have none.
 */
export function structuralDiff(kind: 'tools' | 'output_schema' | 'context', before: unknown, after: unknown) {
  const changes =
    kind === 'tools'
      ? toolChanges(before, after)
      : kind === 'context'
        ? messageChanges(before, after)
        : schemaChanges(before, after, '', 0);
  const all: StructuralChange[] = [];
  for (const change of changes) {
    if (all.length === MAX_STRUCTURAL_CHANGES) return { changes: all, complete: false };
    all.push(change);
  }
  return { changes: all, complete: true };
}

function* toolChanges(before: unknown, after: unknown): Generator<StructuralChange> {
  const [old, now] = [toolsByName(before), toolsByName(after)];
  for (const name of namesOf(old, now)) {
    const [was, is] = [old.get(name), now.get(name)];
    if (was === undefined || is === undefined) yield cameOrWent('tool', name, was, is);
    else yield* toolDifferences(name, was, is);
  }
}

function* toolDifferences(name: string, was: JsonObject, is: JsonObject): Generator<StructuralChange> {
  if (identityOf(was['description']) !== identityOf(is['description']))
    yield changed('description', name, was['description'], is['description']);
  yield* schemaChanges(was['parameters'], is['parameters'], name, 0);
  yield* schemaChanges(was['outputSchema'], is['outputSchema'], `${name} output`, 0);
  if (identityOf(was['strict']) !== identityOf(is['strict']))
    yield changed('keyword', `${name} strict`, was['strict'], is['strict']);
}

function toolsByName(tools: unknown): Map<string, JsonObject> {
  const known = Array.isArray(tools) ? tools.filter(isJsonObject) : [];
  return new Map(known.map((tool) => [typeof tool['name'] === 'string' ? tool['name'] : '', tool]));
}

const DESCRIPTIONS = ['description', 'title', 'examples', '$comment', 'deprecated'];
const VALUES = ['enum', 'const', 'default'];

function* schemaChanges(before: unknown, after: unknown, where: string, depth: number): Generator<StructuralChange> {
  if (depth > MAX_DEPTH || identityOf(before) === identityOf(after)) return;
  if (!isJsonObject(before) || !isJsonObject(after)) {
    yield differing('keyword', where, before, after);
    return;
  }
  for (const keyword of namesOf(Object.keys(before), Object.keys(after))) {
    const [was, is] = [member(before, keyword), member(after, keyword)];
    if (identityOf(was) === identityOf(is)) continue;
    if (keyword === 'properties') yield* fieldChanges(was, is, where, depth);
    else if (keyword === 'required') yield* requiredChanges(was, is, where);
    else if (keyword === 'items') yield* schemaChanges(was, is, `${where}[]`, depth + 1);
    else if (DESCRIPTIONS.includes(keyword)) yield differing('description', where, was, is);
    else if (keyword === 'type') yield differing('type', where, was, is);
    else if (VALUES.includes(keyword)) yield differing('values', joined(where, keyword), was, is);
    else yield differing('keyword', joined(where, keyword), was, is);
  }
}

function* fieldChanges(before: unknown, after: unknown, where: string, depth: number): Generator<StructuralChange> {
  const [old, now] = [isJsonObject(before) ? before : {}, isJsonObject(after) ? after : {}];
  for (const name of namesOf(Object.keys(old), Object.keys(now))) {
    const [was, is] = [member(old, name), member(now, name)];
    if (was === undefined || is === undefined) yield cameOrWent('field', joined(where, name), was, is);
    else yield* schemaChanges(was, is, joined(where, name), depth + 1);
  }
}

function* requiredChanges(before: unknown, after: unknown, where: string): Generator<StructuralChange> {
  const [old, now] = [textsIn(before), textsIn(after)];
  for (const name of namesOf(old, now))
    if (old.includes(name) !== now.includes(name))
      yield changed('required', joined(where, name), old.includes(name), now.includes(name));
}

function* messageChanges(before: unknown, after: unknown): Generator<StructuralChange> {
  let index = 0;
  for (const { value, added, removed } of diffArrays(textsIn(before), textsIn(after))) {
    for (const [offset, message] of value.entries()) {
      const where = `[${index + (removed ? 0 : offset)}]`;
      if (added) yield cameOrWent('message', where, undefined, message);
      if (removed) yield cameOrWent('message', where, message, undefined);
    }
    if (!removed) index += value.length;
  }
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function namesOf(...sides: readonly (Iterable<string> | Map<string, unknown>)[]): string[] {
  const names = sides.flatMap((side) => [...(side instanceof Map ? side.keys() : side)]);
  return [...new Set(names)].sort();
}

function joined(where: string, name: string): string {
  return where === '' ? name : `${where}.${name}`;
}

function cameOrWent(thing: ChangedThing, where: string, before: unknown, after: unknown): StructuralChange {
  return {
    kind: before === undefined ? 'added' : 'removed',
    thing,
    where,
    before: before ?? null,
    after: after ?? null,
  };
}

function changed(thing: ChangedThing, where: string, before: unknown, after: unknown): StructuralChange {
  return { kind: 'changed', thing, where, before: before ?? null, after: after ?? null };
}

/** A keyword that is on one side only came or went; it is a change of what it belongs to. */
function differing(thing: ChangedThing, where: string, before: unknown, after: unknown): StructuralChange {
  return before === undefined || after === undefined
    ? cameOrWent(thing, where, before, after)
    : changed(thing, where, before, after);
}
