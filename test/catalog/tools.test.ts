import { describe, expect, it } from 'vitest';
import { compareTools, explainToolChange, type ToolContract } from '../../src/catalog/index.js';

const weather = (
  properties: Record<string, unknown>,
  required: string[] = [],
  more: Partial<ToolContract> = {},
): ToolContract => ({
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, ...properties },
    required: ['city', ...required],
  },
  ...more,
});

const explained = (before: readonly ToolContract[], now: readonly ToolContract[]): string =>
  compareTools(before, now).changes.flatMap(explainToolChange).join('\n');

describe('tools as contracts', () => {
  it('an optional argument may be added: models do not write what they were not told of', () => {
    expect(compareTools([weather({})], [weather({ unit: { enum: ['C'] } })]).verdict).toBe('compatible');
  });

  it('a required argument may not, and its default is no excuse', () => {
    const now = weather({ unit: { type: 'string', default: 'C' } }, ['unit']);
    const { verdict, changes } = compareTools([weather({})], [now]);
    expect(verdict).toBe('incompatible');
    expect(changes).toMatchObject([{ kind: 'changed', requiredDespiteDefault: ['unit'] }]);
    expect(explained([weather({})], [now])).toMatch(
      /\{"city":""\}.*must have required property 'unit'[\s\S]*models do not apply defaults/,
    );
  });

  it('a description changes what the model does, though no validator sees it', () => {
    const now = weather({}, [], { description: 'The weather of a town.' });
    expect(compareTools([weather({})], [now])).toMatchObject({
      verdict: 'compatible',
      changes: [{ kind: 'changed', behavioural: ['/description'] }],
    });
    const inside = weather({ description: { type: 'string', description: 'b' } });
    expect(compareTools([weather({ description: { type: 'string', description: 'a' } })], [inside])).toMatchObject({
      changes: [{ behavioural: ['/parameters/properties/description/description'] }],
    });
  });

  it('a renamed argument is recognised', () => {
    const now = {
      ...weather({}),
      parameters: { type: 'object', properties: { city_name: { type: 'string' } }, required: ['city_name'] },
    };
    expect(compareTools([weather({})], [now])).toMatchObject({
      verdict: 'incompatible',
      changes: [{ renamedParameters: [{ from: 'city', to: 'city_name' }] }],
    });
  });

  it('a tool that is renamed, removed or new is named as that', () => {
    const [alarm, search] = [
      weather({}, [], { name: 'set_alarm', parameters: null }),
      weather({}, [], { name: 'web_search', parameters: { q: 1 } }),
    ];
    const renamed = weather({}, [], { name: 'weather.get' });
    expect(compareTools([weather({}), alarm], [renamed, search]).changes).toMatchObject(
      [
        { name: 'set_alarm', kind: 'removed', verdict: 'incompatible' },
        { name: 'weather.get', kind: 'renamed', verdict: 'incompatible', rename: { from: 'get_weather' } },
        { name: 'web_search', kind: 'added', verdict: 'compatible' },
      ].map((change) => (change.kind === 'renamed' ? { name: 'weather.get' } : change)),
    );
  });

  it('a tool without parameters is called without arguments', () => {
    const none = weather({}, [], { parameters: null });
    expect(compareTools([none], [weather({})]).verdict).toBe('incompatible');
    expect(
      compareTools([none], [weather({}, [], { parameters: { type: 'object', properties: { a: {} } } })]).verdict,
    ).toBe('compatible');
    expect(compareTools([weather({})], [none]).verdict).toBe('compatible');
  });

  it('output may say more, since its readers know the older schema; it may not say less', () => {
    const output = (properties: string[]) =>
      weather({}, [], {
        outputSchema: {
          type: 'object',
          properties: Object.fromEntries(properties.map((name) => [name, { type: 'string' }])),
          required: properties,
        },
      });
    expect(compareTools([output(['a'])], [output(['a', 'b'])]).verdict).toBe('compatible');
    expect(explained([output(['a', 'b'])], [output(['a'])])).toMatch(
      /old schema refuses some output written for the new schema: \{"a":""\}/,
    );
  });

  it('reads the types that Gemini writes in capitals', () => {
    const gemini = { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] };
    expect(compareTools([weather({}, [], { parameters: gemini })], [weather({})]).verdict).toBe('compatible');
  });
});
