import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../collectors/canonical.js';
import { createVersionSettling, MAX_DERIVED_VERSIONS_PER_HOUR } from '../../collectors/version-settling.js';
import { MISSING_VERSION, type VersionVector } from '../../src/model/index.js';
import { generation, json, read } from './support/generations.js';
import { CHAT } from './support/spans.js';

const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const WEATHER = { name: 'weather', description: 'Weather of a city.', parameters: PARAMETERS };
const TIME = { name: 'time', description: 'Time of day.', parameters: { type: 'object' } };

const toolsVersion = (...definitions: readonly unknown[]) =>
  generation({ ...CHAT, 'gen_ai.tool.definitions': json(definitions) }).versions.tools.value;

describe('the version of tools', () => {
  const { name, description, parameters } = WEATHER;

  it.each([
    ['OpenAI chat', { type: 'function', function: WEATHER }],
    ['OpenAI Responses', { type: 'function', ...WEATHER }],
    ['Anthropic', { name, description, input_schema: parameters }],
    ['MCP and Vercel', { name, description, inputSchema: parameters }],
    ['Gemini', { functionDeclarations: [WEATHER] }],
    [
      'another key order',
      { parameters: { required: ['city'], properties: PARAMETERS.properties, type: 'object' }, description, name },
    ],
  ])('is the same in the shape of %s', (_name, definition) => {
    expect(toolsVersion(definition)).toBe(toolsVersion(WEATHER));
  });

  it('does not depend on their order', () => {
    expect(toolsVersion(TIME, WEATHER)).toBe(toolsVersion(WEATHER, TIME));
    expect(toolsVersion(WEATHER)).not.toBe(toolsVersion(WEATHER, TIME));
  });

  it.each([
    ['description', { ...WEATHER, description: 'Weather anywhere.' }],
    ['parameters', { ...WEATHER, parameters: { ...PARAMETERS, required: [] } }],
    ['output schema', { ...WEATHER, outputSchema: { type: 'string' } }],
    ['strictness', { ...WEATHER, strict: true }],
  ])('changes with the %s', (_name, definition) => {
    expect(toolsVersion(definition)).not.toBe(toolsVersion(WEATHER));
  });

  it('is read from every place where clients put definitions', () => {
    const text = json(WEATHER);
    const places = [
      { 'ai.prompt.tools': [text] },
      { 'llm.tools.0.tool.json_schema': text },
      {
        'llm.request.functions.0.name': name,
        'llm.request.functions.0.description': description,
        'llm.request.functions.0.parameters': json(parameters),
      },
      { 'llm.invocation_parameters': json({ tools: [WEATHER] }) },
      { 'input.value': json({ tools: [WEATHER] }) },
    ];
    for (const place of places)
      expect(generation({ ...CHAT, ...place }).versions.tools.value).toBe(toolsVersion(WEATHER));
  });

  it('is missing without definitions', () => {
    expect(generation({ ...CHAT, 'gen_ai.tool.definitions': '[]' }).versions.tools).toEqual(MISSING_VERSION);
  });
});

type Turn = readonly [role: string, content: unknown];
const contextVersion = (...turns: readonly Turn[]) =>
  generation({ ...CHAT, 'gen_ai.input.messages': json(turns.map(([role, content]) => ({ role, content }))) }).versions
    .context.value;

describe('the version of the context', () => {
  const SYSTEM: Turn = ['system', 'You help.'];
  const MEMORY: Turn = ['system', 'The user likes tea.'];
  const exchange = (n: number): Turn[] =>
    Array.from({ length: n }, (_, i): Turn[] => [
      ['user', `q${i}`],
      ['assistant', `a${i}`],
      ['tool', '{}'],
    ]).flat();

  it('is the same for the first question and for any later one', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.boolean(), (turns, memory) => {
        const slot = memory ? [MEMORY] : [];
        const first = contextVersion(SYSTEM, ...slot, ['user', 'hello']);
        expect(contextVersion(SYSTEM, ...slot, ...exchange(turns), ['user', 'and then?'])).toBe(first);
        expect(contextVersion(SYSTEM, ...exchange(turns), ...slot, ['user', 'and then?'])).toBe(first);
      }),
    );
  });

  it('does not change while tools are called for the same question', () => {
    expect(
      contextVersion(SYSTEM, ['user', 'q'], ['assistant', ''], ['tool', '1'], ['assistant', ''], ['tool', '2']),
    ).toBe(contextVersion(SYSTEM, ['user', 'q']));
  });

  it('does not change with what is said', () => {
    expect(contextVersion(['system', 'Something else.'], ['user', 'x'])).toBe(
      contextVersion(SYSTEM, ['user', 'hello']),
    );
  });

  it('changes when a slot is added, or becomes of another kind', () => {
    const plain = contextVersion(SYSTEM, ['user', 'q']);
    expect(contextVersion(SYSTEM, MEMORY, ['user', 'q'])).not.toBe(plain);
    expect(contextVersion(['developer', 'You help.'], ['user', 'q'])).not.toBe(plain);
    expect(
      contextVersion(
        [
          'system',
          [
            { type: 'text', text: 'a' },
            { type: 'file', file: {} },
          ],
        ],
        ['user', 'q'],
      ),
    ).not.toBe(plain);
  });

  it('is the same whether instructions stand apart or in the messages', () => {
    const apart = generation({
      ...CHAT,
      'gen_ai.system_instructions': json([{ type: 'text', content: 'You help.' }]),
      'gen_ai.input.messages': json([{ role: 'user', content: 'q' }]),
    });
    expect(apart.versions.context.value).toBe(contextVersion(SYSTEM, ['user', 'q']));
  });
});

describe('artifacts', () => {
  const given = {
    ...CHAT,
    'gen_ai.input.messages': json([{ role: 'system', content: 'You help.' }]),
    'gen_ai.tool.definitions': json([WEATHER]),
  };

  it('are the content under the SHA-256 of itself, and the derived version begins the digest', () => {
    const normalised = read(given);
    expect(normalised?.artifacts.map((artifact) => artifact.kind)).toEqual(['prompt', 'tools', 'context']);
    for (const artifact of normalised?.artifacts ?? []) expect(artifact.digest).toBe(sha256(artifact.content));
    expect(normalised?.artifacts[0]?.content).toBe('You help.');
    expect(normalised?.artifacts[1]?.content).toBe(
      json([
        {
          description: WEATHER.description,
          name: WEATHER.name,
          parameters: { properties: PARAMETERS.properties, required: ['city'], type: 'object' },
        },
      ]),
    );
    expect(normalised?.generation.promptDigest.slice(0, 12)).toBe(normalised?.generation.versions.prompt.value);
  });

  it('are kept for tagged versions too, so that a tag that changes its content can be found', () => {
    const tags = {
      'leeway.prompt.version': 'v1',
      'leeway.tools.version': 't1',
      'leeway.context.version': 'c1',
      'leeway.model.version': 'm1',
    };
    const tagged = read({ ...given, ...tags });
    expect(tagged?.generation.versions).toEqual({
      model: { value: 'm1', source: 'tagged' },
      prompt: { value: 'v1', source: 'tagged' },
      tools: { value: 't1', source: 'tagged' },
      context: { value: 'c1', source: 'tagged' },
    });
    expect(tagged?.artifacts).toEqual(read(given)?.artifacts);
  });
});

describe('a derived version that does not settle', () => {
  const HOUR = 3_600_000;
  const target = { service: 's', environment: '', operation: 'o' };
  const vector = (prompt: string): VersionVector => ({
    model: { value: 'm', source: 'derived' },
    prompt: { value: prompt, source: 'derived' },
    tools: { value: 'tagged', source: 'tagged' },
    context: { value: 'c', source: 'derived' },
  });

  it('is missing from the version after the limit on, and only on its surface', () => {
    const settling = createVersionSettling();
    for (let n = 0; n < MAX_DERIVED_VERSIONS_PER_HOUR; n++) {
      expect(settling.settle(target, vector(`p${n}`), 0).prompt.value).toBe(`p${n}`);
    }
    const settled = settling.settle(target, vector('one more'), 1);
    expect(settled).toEqual({ ...vector(''), prompt: MISSING_VERSION });
    expect(settling.settle(target, vector('p0'), 2).prompt).toEqual(MISSING_VERSION);
    expect(settling.withheld).toBe(2);
    expect(settling.settle({ ...target, operation: 'other' }, vector('p'), 2).prompt.value).toBe('p');
  });

  it('comes back after an hour that was quiet', () => {
    const settling = createVersionSettling();
    for (let n = 0; n <= MAX_DERIVED_VERSIONS_PER_HOUR; n++) settling.settle(target, vector(`p${n}`), 0);
    expect(settling.settle(target, vector('p'), HOUR).prompt).toEqual(MISSING_VERSION);
    expect(settling.settle(target, vector('p'), 2 * HOUR).prompt.value).toBe('p');
  });

  it('leaves tagged versions alone, however many there are', () => {
    const settling = createVersionSettling();
    for (let n = 0; n < 100; n++) {
      const tagged: VersionVector = { ...vector(''), prompt: { value: `t${n}`, source: 'tagged' } };
      expect(settling.settle(target, tagged, 0)).toEqual(tagged);
    }
  });
});
