import { describe, expect, it } from 'vitest';
import { checkCompatibility } from '../../src/catalog/index.js';

const object = (properties: Record<string, unknown>, more: Record<string, unknown> = {}): unknown => ({
  type: 'object',
  properties,
  ...more,
});

/** An object with a member `then` is suspicious to the linter, who takes it for a promise. */
const conditional = (condition: unknown, consequence: unknown): unknown =>
  Object.fromEntries([
    ['if', condition],
    ['then', consequence],
  ]);

/** Widenings: every instance of the first is one of the second, and not the other way round. */
const WIDENINGS: Readonly<Record<string, readonly [unknown, unknown]>> = {
  'a type': [{ type: 'string' }, {}],
  'a list of types': [{ type: 'string' }, { type: ['string', 'null'] }],
  'an integer to a number': [{ type: 'integer' }, { type: 'number' }],
  'whole thirds': [
    { type: 'integer', multipleOf: 6 },
    { type: 'integer', multipleOf: 3 },
  ],
  'an exclusive limit': [
    { type: 'number', exclusiveMinimum: 1 },
    { type: 'number', minimum: 1 },
  ],
  'integers between limits': [{ enum: [1, 2] }, { type: 'integer', exclusiveMinimum: 0, maximum: 3.5 }],
  'OpenAPI nullable': [{ type: 'string' }, { type: 'string', nullable: true }],
  'a length': [
    { type: 'string', maxLength: 3 },
    { type: 'string', maxLength: 4 },
  ],
  'a pattern': [
    { type: 'string', pattern: '^a+$' },
    { type: 'string', pattern: '^a*$' },
  ],
  'a pattern to a length': [
    { type: 'string', pattern: '^[a-z]{2,5}$' },
    { type: 'string', minLength: 2, maxLength: 5 },
  ],
  'a format to a pattern': [
    { type: 'string', format: 'date' },
    { type: 'string', pattern: '^\\d+-' },
  ],
  'an enum': [{ enum: ['a', 'b'] }, { enum: ['a', 'b', 'c'] }],
  'a const to its length': [{ const: 'abc' }, { type: 'string', minLength: 3 }],
  items: [
    { type: 'array', items: { type: 'integer' } },
    { type: 'array', items: { type: 'number' } },
  ],
  'a tuple to a list': [
    { type: 'array', items: [{ type: 'integer' }, { type: 'integer' }], additionalItems: false },
    { type: 'array', items: { type: 'integer' } },
  ],
  'unique items of few kinds to a length': [
    { type: 'array', uniqueItems: true, items: { enum: [1, 2] } },
    { type: 'array', maxItems: 2 },
  ],
  contains: [
    { type: 'array', contains: { const: 1 } },
    { type: 'array', minItems: 1 },
  ],
  'a count of contains': [
    { type: 'array', contains: { type: 'integer' }, minContains: 2 },
    { type: 'array', contains: { type: 'number' }, minContains: 1 },
  ],
  required: [object({ a: {} }, { required: ['a'] }), object({ a: {} })],
  'required to a count': [object({}, { required: ['a', 'b'] }), object({}, { minProperties: 2 })],
  'a closed object': [object({ a: {} }, { additionalProperties: false }), object({ a: {} })],
  'a closed object to a count': [
    object({ a: {}, b: {} }, { additionalProperties: false }),
    object({}, { maxProperties: 2 }),
  ],
  'properties to patterns of names': [
    object({ a1: { type: 'string' } }, { additionalProperties: false }),
    object({}, { patternProperties: { '^a': { type: 'string' } }, additionalProperties: false }),
  ],
  names: [
    { type: 'object', propertyNames: { pattern: '^[ab]$' } },
    { type: 'object', propertyNames: { maxLength: 1 } },
  ],
  dependencies: [object({}, { dependencies: { a: ['b', 'c'] } }), object({}, { dependencies: { a: ['b'] } })],
  'dependent schemas': [
    object({}, { dependentRequired: { a: ['b'] } }),
    object({}, { dependentSchemas: { a: { minProperties: 2 } } }),
  ],
  'a choice': [
    { oneOf: [{ type: 'string' }, { type: 'integer' }] },
    { anyOf: [{ type: 'string' }, { type: 'number' }] },
  ],
  'a conjunction': [{ allOf: [{ minimum: 2 }, { type: 'integer' }] }, { allOf: [{ minimum: 1 }, { type: 'number' }] }],
  'a negation': [{ not: { type: 'string' } }, { not: { type: 'string', maxLength: 3 } }],
  'a condition': [
    conditional({ required: ['a'] }, { required: ['b', 'c'] }),
    conditional({ required: ['a'] }, { required: ['b'] }),
  ],
  'cases told apart by a constant': [
    {
      oneOf: [
        object({ kind: { const: 'a' }, x: { type: 'integer' } }, { required: ['kind'] }),
        object({ kind: { const: 'b' }, x: { type: 'integer' } }, { required: ['kind'] }),
      ],
    },
    {
      oneOf: ['a', 'b', 'c'].map((kind) =>
        object({ kind: { const: kind }, x: { type: 'number' } }, { required: ['kind'] }),
      ),
    },
  ],
  'a schema that contains itself': [
    { $ref: '#/$defs/tree', $defs: { tree: object({ left: { $ref: '#/$defs/tree' }, value: { type: 'integer' } }) } },
    { $ref: '#/$defs/node', $defs: { node: object({ left: { $ref: '#/$defs/node' }, value: { type: 'number' } }) } },
  ],
  'an anchor': [{ $ref: '#n', definitions: { n: { $id: '#n', type: 'integer' } } }, { type: 'number' }],
  'what is not evaluated': [
    { allOf: [object({ a: {} })], properties: { b: {} }, type: 'object', unevaluatedProperties: false },
    object({}, { propertyNames: { maxLength: 1 } }),
  ],
  'what is not evaluated in a choice': [
    { type: 'object', anyOf: [{ properties: { a: true }, required: ['a'] }, true], unevaluatedProperties: false },
    { type: 'object', maxProperties: 1 },
  ],
  'draft 4': [
    { $schema: 'http://json-schema.org/draft-04/schema#', type: 'number', minimum: 1, exclusiveMinimum: true },
    { type: 'number', minimum: 1 },
  ],
  nothing: [{ enum: [] }, { type: 'string' }],
};

describe('compatibility of schemas', () => {
  it.each(Object.entries(WIDENINGS))('widens: %s', (_name, [narrow, wide]) => {
    expect(checkCompatibility(narrow, wide)).toEqual({ verdict: 'compatible', forgiven: [] });
    expect(checkCompatibility(wide, narrow)).toMatchObject({ verdict: 'incompatible' });
  });

  it('shows an instance, where it breaks, and what is said there', () => {
    const before = object({ order: object({ id: { type: 'string' } }, { required: ['id'] }) }, { required: ['order'] });
    const now = object({ order: object({ id: { type: 'integer' } }, { required: ['id'] }) }, { required: ['order'] });
    expect(checkCompatibility(before, now)).toEqual({
      verdict: 'incompatible',
      instance: { order: { id: '' } },
      path: '/order/id',
      reason: 'must be integer',
    });
  });

  it('does not let a default excuse a new required property', () => {
    const now = object({ unit: { type: 'string', default: 'C' } }, { required: ['unit'] });
    expect(checkCompatibility(object({}), now)).toMatchObject({ verdict: 'incompatible', instance: {} });
  });

  it('does not look at titles, descriptions and defaults', () => {
    expect(
      checkCompatibility({ type: 'string', title: 'a' }, { type: 'string', description: 'b', default: 1 }),
    ).toMatchObject({
      verdict: 'compatible',
    });
  });

  it.each([
    [
      'look-around',
      { type: 'string', pattern: '^(?=.*a).{3}$' },
      { type: 'string', pattern: '^(?=.*b).{3}$' },
      /pattern|confirmed/,
    ],
    ['a schema elsewhere', {}, { $ref: 'https://example.com/other.json' }, /not valid/],
    ['a dialect that is not known', {}, { $schema: 'https://example.com/mine' }, /dialect/],
    ['what is no schema', 'string', {}, /neither an object/],
    ['a type that is none', {}, { type: 'text' }, /not valid/],
  ])('says so when it does not know: %s', (_name, before, now, reason) => {
    const answer = checkCompatibility(before, now);
    expect(answer).toMatchObject({ verdict: 'unknown', reason: expect.stringMatching(reason) });
  });

  it('compares what it cannot analyse with itself', () => {
    const pattern = '^(?=.*a).{3}$';
    const before = object({ a: { type: 'string', pattern, maxLength: 5 } });
    const now = object({ a: { type: 'string', pattern, maxLength: 6 } });
    expect(checkCompatibility(before, now)).toMatchObject({ verdict: 'compatible' });
  });

  it('does not call a tuple that must contain something compatible when ajv objects', () => {
    const writer = { type: 'array', prefixItems: [{ type: 'array' }], contains: { type: 'integer' } };
    expect(checkCompatibility(writer, { type: 'array', contains: { type: 'integer' } }).verdict).not.toBe('compatible');
  });

  it('is not confused by a schema that calls itself by the name of another', () => {
    const impostor = { $id: 'http://json-schema.org/draft-07/schema', type: 'integer' };
    expect(checkCompatibility(impostor, { type: 'number' }).verdict).not.toBe('incompatible');
    expect(checkCompatibility({ type: 'integer' }, { type: 'number' })).toMatchObject({ verdict: 'compatible' });
    const [one, other] = [
      { $id: 'a', type: 'integer' },
      { $id: 'a', type: 'string' },
    ];
    expect(checkCompatibility(one, other)).toMatchObject({ verdict: 'incompatible' });
  });

  it.each([
    ['deep nesting', Array.from({ length: 5_000 }).reduce<unknown>((inner) => ({ not: inner }), {})],
    [
      'many conditions',
      { allOf: Array.from({ length: 24 }, (_, i) => ({ anyOf: [{ required: [`a${i}`] }, { minimum: i }] })) },
    ],
    ['a large count', { type: 'array', minItems: 1e9, uniqueItems: true, items: { type: 'boolean' } }],
    ['a large pattern', { type: 'string', pattern: '^(((a|b){0,900}){0,900}){0,900}c$', minLength: 9_000 }],
    ['a pattern that backtracks', { type: 'string', pattern: '^(a+)+$', minLength: 40 }],
    ['itself in place', { $ref: '#' }],
    [
      'a name of the prototype',
      JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}'),
    ],
    ['many alternatives', { oneOf: Array.from({ length: 200 }, (_, i) => ({ multipleOf: i + 2 })) }],
    ['tiny multiples', { type: 'number', multipleOf: 1e-300, minimum: 1e300 }],
  ])(
    'comes back from a hostile schema: %s',
    (_name, hostile) => {
      const other = { type: 'object', required: ['a', 'b'], minProperties: 3 };
      for (const [before, now] of [
        [hostile, other],
        [other, hostile],
        [hostile, { not: hostile }],
      ]) {
        expect(['compatible', 'incompatible', 'unknown']).toContain(checkCompatibility(before, now).verdict);
      }
    },
    10_000,
  );
});
