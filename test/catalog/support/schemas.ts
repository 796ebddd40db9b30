import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import fc from 'fast-check';

/** Names, so few that schemas and instances meet. */
const NAMES = ['a', 'b', 'ab', 'c1'];
const PATTERNS = ['^a', 'b', '^[a-c]+$', '\\d$', '^a*$', '^(ab|c1)$', '^.{2,3}$'];

const name = fc.constantFrom(...NAMES);
const pattern = fc.constantFrom(...PATTERNS);
const count = fc.integer({ min: 0, max: 3 });
const number = fc.constantFrom(-2, -1, 0, 0.5, 1, 1.5, 2, 3, 4, 6);
const scalar = fc.constantFrom<unknown[]>(null, true, false, 0, 1, 2, 2.5, '', 'a', 'ab', 'abc', 'c1', '2026-01-31');
const type = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');

/** Optional keywords, few of them present at a time. */
function some(keywords: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(fc.subarray(Object.keys(keywords), { maxLength: 3 }), fc.record(keywords))
    .map(([chosen, all]) => Object.fromEntries(chosen.map((keyword) => [keyword, all[keyword]])));
}

/** Draft 2020-12 schemas with every keyword that is analysed, small enough for instances to hit their edges. */
export const schemas: fc.Arbitrary<unknown> = fc.letrec<{ schema: unknown }>((tie) => {
  const inner = tie('schema');
  const byName = (value: fc.Arbitrary<unknown>) => fc.dictionary(name, value, { maxKeys: 2, noNullPrototype: true });
  const list = fc.array(inner, { minLength: 1, maxLength: 2 });
  const names = fc.uniqueArray(name, { maxLength: 2 });
  const numbers = some({
    minimum: number,
    maximum: number,
    exclusiveMinimum: number,
    exclusiveMaximum: number,
    multipleOf: fc.constantFrom(1, 2, 3, 0.5),
  });
  const strings = some({ minLength: count, maxLength: count, pattern, format: fc.constantFrom('date', 'uuid') });
  const arrays = some({
    items: inner,
    prefixItems: list,
    contains: inner,
    minContains: count,
    maxContains: count,
    minItems: count,
    maxItems: count,
    uniqueItems: fc.boolean(),
    unevaluatedItems: inner,
  });
  const objects = some({
    properties: byName(inner),
    patternProperties: fc.dictionary(pattern, inner, { maxKeys: 2, noNullPrototype: true }),
    additionalProperties: inner,
    required: names,
    propertyNames: strings,
    minProperties: count,
    maxProperties: count,
    dependentRequired: byName(names),
    dependentSchemas: byName(inner),
    unevaluatedProperties: inner,
  });
  const combined = some({
    allOf: list,
    anyOf: list,
    oneOf: list,
    not: inner,
    if: inner,
    ...Object.fromEntries([['then', inner]]),
    else: inner,
    enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 }),
    const: scalar,
    type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
    $ref: fc.constantFrom('#/$defs/self', '#/$defs/list'),
  });
  const typed = fc.oneof(
    fc.record({ type: fc.constantFrom('number', 'integer'), keywords: numbers }),
    fc.record({ type: fc.constant('string'), keywords: strings }),
    fc.record({ type: fc.constant('array'), keywords: arrays }),
    fc.record({ type: fc.constant('object'), keywords: objects }),
  );
  const typedSchema = typed.map(({ type: one, keywords }) => ({ type: one, ...keywords }));
  const loose = fc.tuple(numbers, strings, arrays, objects, combined).map((parts) => Object.assign({}, ...parts));
  return {
    schema: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constantFrom<unknown[]>(true, false, {}),
      typedSchema,
      fc.tuple(typedSchema, combined).map(([one, other]) => ({ ...one, ...other })),
      combined,
      loose,
    ),
  };
}).schema;

/** A schema as a document, with definitions that contain themselves for its references. */
export function asDocument(schema: unknown): unknown {
  if (typeof schema !== 'object') return schema;
  const self = { type: 'object', properties: { a: { $ref: '#/$defs/self' }, b: { type: 'integer' } } };
  const list = { anyOf: [{ type: 'integer' }, { type: 'array', items: { $ref: '#/$defs/list' } }] };
  return { ...schema, $defs: { self, list } };
}

/** Values that instances are made of, every one that is small. */
function smallValues(): unknown[] {
  const scalars = [null, true, false, -2, -1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 12];
  const texts = ['', 'a', 'b', 'ab', 'abc', 'c1', 'aa', 'x', '1', '2026-01-31', 'abcd'];
  const parts = [null, true, 0, 1, 2.5, 6, '', 'a', 'ab', 'c1', [], {}, [1], { a: {} }, { b: 1.5 }];
  const arrays = parts.flatMap((one) => [[one], [one, one], ...parts.map((two) => [one, two])]);
  const longer = parts.slice(0, 9).flatMap((one) => [
    [one, 0, 'a'],
    [1, one, 1, one],
    [[], one, {}],
  ]);
  const names = [...NAMES, 'extra'];
  const objects = names.flatMap((first) =>
    parts.flatMap((one) => [
      { [first]: one },
      ...names
        .filter((second) => second > first)
        .flatMap((second) => [0, 'ab', one].map((two) => ({ [first]: one, [second]: two }))),
    ]),
  );
  return [
    ...scalars,
    ...texts,
    [],
    {},
    { a: 1, b: 'a', ab: 2 },
    { a: 'a', c1: 1, extra: {}, b: [] },
    ...arrays,
    ...longer,
    ...objects,
  ];
}

export const SMALL_VALUES: readonly unknown[] = smallValues();

type Validator = (value: unknown) => unknown;

const validators = new Map<unknown, Validator | null>();
let ajv = newAjv();

function newAjv(): Ajv2020 {
  return ajvFormats.default(new Ajv2020({ strict: false, logger: false, addUsedSchema: false }));
}

/** An ajv as anyone would make it, apart from the one that is tested; `null` for what it takes for no schema. */
export function validatorOf(schema: unknown): Validator | null {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  let validator: Validator | null = null;
  try {
    validator = ajv.compile(typeof schema === 'object' && schema !== null ? schema : schema === true);
  } catch {
    ajv = newAjv();
  }
  validators.set(schema, validator);
  return validator;
}

/** `undefined` where ajv fails: some schemas make it write code that throws. */
export function isAccepted(validator: Validator | null, value: unknown): boolean | undefined {
  try {
    return validator === null ? undefined : validator(value) === true;
  } catch {
    return undefined;
  }
}
