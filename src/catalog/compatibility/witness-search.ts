import { isJsonObject, type JsonObject } from './json.js';

/** Values of every type, that are tried in place of others. */
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  100,
  '',
  'a',
  'abcdefghij',
  [],
  [null],
  {},
  { extra: 1 },
];

/**
 * Looks for a counterexample without knowing why there should be one: offers small values, those that the schemas
 * mention, and instances changed in one place after the other. Finding nothing proves nothing.
 *
 * @param isCounterexample asked at most `limit` times
 */
export function searchByChanging(
  instances: readonly unknown[],
  schemas: readonly unknown[],
  limit: number,
  isCounterexample: (value: unknown) => boolean,
): { readonly value: unknown } | null {
  const values = [...ODD_VALUES, ...schemas.flatMap((schema) => mentionedValues(schema))];
  let left = limit;
  for (const candidate of candidates(instances, values)) {
    if (left === 0) return null;
    left -= 1;
    if (isCounterexample(candidate)) return { value: candidate };
  }
  return null;
}

function* candidates(instances: readonly unknown[], values: readonly unknown[]): Generator<unknown> {
  yield* values;
  for (const instance of instances) yield* changesOf(instance, values);
}

/** The instance itself, and it with one part replaced, added or taken away. */
function* changesOf(instance: unknown, values: readonly unknown[]): Generator<unknown> {
  yield instance;
  if (Array.isArray(instance)) {
    yield instance.slice(0, -1);
    for (const value of values) yield [...instance, value];
    for (const [index, element] of instance.entries()) {
      for (const changed of changesOf(element, values)) yield instance.with(index, changed);
    }
  } else if (isJsonObject(instance)) {
    for (const name of Object.keys(instance)) yield without(instance, name);
    for (const [name, inner] of Object.entries(instance)) {
      for (const changed of [...values, ...changesOf(inner, values)]) yield { ...instance, [name]: changed };
    }
  }
}

function without(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([other]) => other !== name));
}

/** Constants of a schema, and values around its limits. */
function mentionedValues(schema: unknown): unknown[] {
  if (Array.isArray(schema)) return schema.flatMap((one) => mentionedValues(one));
  if (!isJsonObject(schema)) return typeof schema === 'number' ? [schema, schema + 1, schema - 1, schema + 0.5] : [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (keyword === 'const' || keyword === 'default') return [value];
    if (keyword === 'enum' || keyword === 'examples') return Array.isArray(value) ? value : [];
    return mentionedValues(value);
  });
}
