import { describe, expect, it } from 'vitest';
import { judgeSchemas, judgeVersions, versioned } from '../../src/catalog/index.js';

const open = { type: 'object', properties: { city: { type: 'string' } } };
const withUnit = { type: 'object', properties: { city: { type: 'string' }, unit: { enum: ['C', 'F'] } } };

describe('policies', () => {
  it('STRICT refuses a property declared in an open object, LENIENT forgives it, and each says what decided', () => {
    expect(judgeSchemas(open, withUnit, 'STRICT')).toMatchObject({
      verdict: 'incompatible',
      decidedBy: 'counterexample',
      path: '/unit',
    });
    expect(judgeSchemas(open, withUnit, 'LENIENT')).toEqual({
      policy: 'LENIENT',
      verdict: 'compatible',
      decidedBy: 'policy',
      forgiven: ['unit'],
    });
    expect(judgeSchemas({ ...open, additionalProperties: false }, withUnit, 'LENIENT')).toMatchObject({
      decidedBy: 'proof',
    });
  });

  it.each([
    ['a required property', open, { ...withUnit, required: ['unit'] }],
    ['another type of what is declared', open, { type: 'object', properties: { city: { type: 'integer' } } }],
    [
      'a name that a pattern of the writer covers',
      { ...open, patternProperties: { '^u': { type: 'string' } } },
      withUnit,
    ],
    ['a name that the writer says something about', { ...open, additionalProperties: { type: 'string' } }, withUnit],
    ['a name of a free map', { type: 'object' }, withUnit],
    ['a closed object', open, { ...open, additionalProperties: false }],
    ['a removed property of a closed object', withUnit, { ...open, additionalProperties: false }],
  ])('LENIENT does not forgive %s', (_name, writer, reader) => {
    expect(judgeSchemas(writer, reader, 'LENIENT')).toMatchObject({
      verdict: 'incompatible',
      decidedBy: 'counterexample',
    });
  });

  it('LENIENT forgives at the place where a property is new, whatever it is called elsewhere', () => {
    const order = (more: object) => ({
      type: 'object',
      properties: { unit: { type: 'string' }, item: { type: 'object', properties: { id: {}, ...more } } },
    });
    expect(judgeSchemas(order({}), order({ unit: { type: 'integer' } }), 'LENIENT')).toMatchObject({
      verdict: 'compatible',
      forgiven: ['unit'],
    });
  });

  it.each([
    ['pattern', { type: 'string' }, { type: 'string', pattern: '[a-z]*' }],
    ['pattern', { type: 'string', pattern: '^a$' }, { type: 'string', pattern: '^[ab]$' }],
    ['content', { type: 'string', contentEncoding: 'base64' }, { type: 'string', contentEncoding: 'base32' }],
    ['open_object', { type: 'object' }, { type: 'object', properties: { a: {} } }],
    ['tuple', { items: { type: 'integer' } }, { items: [{ type: 'integer' }], additionalItems: { type: 'integer' } }],
    ['condition', conditional('a'), conditional('b')],
    ['nothing', false, { type: 'integer' }],
    ['pattern', { properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: {} } }, { properties: { a: { pattern: '' } } }],
  ])('STRICT has the rule %s, which no instance shows', (rule, writer, reader) => {
    expect(judgeSchemas(writer, reader, 'STRICT')).toMatchObject({ verdict: 'incompatible', decidedBy: 'rule', rule });
    expect(judgeSchemas(writer, reader, 'LENIENT')).toMatchObject({ verdict: 'compatible', decidedBy: 'proof' });
    expect(judgeSchemas(reader, reader, 'STRICT')).toMatchObject({ verdict: 'compatible' });
  });
});

/** A condition that decides nothing. */
function conditional(name: string): unknown {
  return Object.fromEntries([
    ['if', { required: [name] }],
    ['then', true],
    ['else', {}],
  ]);
}

describe('modes', () => {
  const [first, second, third] = [{ enum: [1] }, { enum: [1, 2] }, { enum: [1, 2, 3] }].map(versioned);
  if (first === undefined || second === undefined || third === undefined) throw new Error('three versions are needed');

  it.each([
    ['BACKWARD', 'compatible'],
    ['FORWARD', 'incompatible'],
    ['FULL', 'incompatible'],
    ['NONE', 'compatible'],
  ] as const)('%s: a wider schema is %s', (mode, verdict) => {
    expect(judgeVersions([first], second, mode, 'STRICT').verdict).toBe(verdict);
  });

  it('look at the last version only, unless they are transitive', () => {
    expect(judgeVersions([third, first], second, 'BACKWARD', 'STRICT').verdict).toBe('compatible');
    const all = judgeVersions([third, first], second, 'BACKWARD_TRANSITIVE', 'STRICT');
    expect(all).toMatchObject({
      verdict: 'incompatible',
      checks: [{ against: 0, answer: { instance: 3 } }, { against: 1 }],
    });
  });
});
