import { identityOf, isJsonObject } from '../compatibility/json.js';

/** Keywords that no validator looks at and every model reads. */
const ANNOTATIONS = ['description', 'title', 'examples', 'default', 'deprecated', '$comment'];
/** Changes that are listed. */
const MAX_CHANGES = 50;
/** Steps from the root that are looked at. */
const MAX_DEPTH = 64;

/**
 * Where two schemas say something else to a model in words, examples or the order of their members, although a
 * validator may not see it: as JSON pointers into the new schema, at most 50.
 */
export function changedAnnotations(before: unknown, now: unknown): string[] {
  return [...changes(before, now, '', 0)].slice(0, MAX_CHANGES);
}

function* changes(before: unknown, now: unknown, path: string, depth: number): Generator<string> {
  if (depth > MAX_DEPTH) return;
  if (Array.isArray(before) && Array.isArray(now)) {
    for (const [index, inner] of now.entries()) yield* changes(before[index], inner, `${path}/${index}`, depth + 1);
    return;
  }
  if (!isJsonObject(before) || !isJsonObject(now)) return;
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [old, inner] = [before[name], now[name]];
    // A property may be called "description": then its value is a schema.
    const isAnnotation = ANNOTATIONS.includes(name) && !(isJsonObject(old) || isJsonObject(inner));
    if (isAnnotation && identityOf(old) !== identityOf(inner)) yield `${path}/${name}`;
    if (!isAnnotation && old !== undefined && inner !== undefined)
      yield* changes(old, inner, `${path}/${name}`, depth + 1);
  }
}
