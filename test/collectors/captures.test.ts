import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createReceiver } from '../../collectors/otlp/receive.js';
import { recogniseBody } from '../../collectors/otlp/recognise.js';
import type { RevisedGeneration } from '../../collectors/row-batch.js';
import { OUTPUT_READER } from '../../detectors/index.js';
import type { Generation } from '../../src/model/index.js';

/** Requests recorded from real, unmodified clients; not part of the repository. */
const CAPTURES = resolve(process.env['LEEWAY_SHARED'] ?? '../shared', 'captures');
const names = existsSync(CAPTURES) ? readdirSync(CAPTURES) : [];
const cases = names.flatMap((name) => /^(.*)\.traces\.pb$/.exec(name)?.[1] ?? []);

function generationsIn(...files: readonly string[]): Generation[] {
  const receiver = createReceiver({
    userSalt: '',
    promptFlag: '',
    outputReader: OUTPUT_READER,
    outputSchema: () => null,
  });
  const newest = new Map<string, RevisedGeneration>();
  for (const file of files) {
    const body = readFileSync(resolve(CAPTURES, file));
    const { signal, encoding } = recogniseBody(body);
    expect(file).toContain(`.${signal}.${encoding === 'json' ? 'json' : 'pb'}`);
    const received = receiver[signal](body, encoding, 0);
    if (!received.ok) throw received.error;
    expect(received.rejected.count).toBe(0);
    for (const revised of received.batch.generations) newest.set(revised.generation.spanId, revised);
  }
  return [...newest.values()].map(({ generation }) => generation);
}

function filesOf(name: string): string[] {
  return [`${name}.traces.pb`, `${name}.logs.pb`].filter((file) => names.includes(file));
}

const FINISH: Readonly<Record<string, string>> = { tool: 'tool_calls', length: 'length' };

describe.skipIf(cases.length === 0)('requests captured from real clients', () => {
  it.each(cases)('%s gives one generation with what its client reports', (name) => {
    const [client = '', situation = ''] = name.split('.');
    const generations = generationsIn(...filesOf(name));
    expect(generations).toHaveLength(1);
    const [generation] = generations;
    expect(generation?.target).toMatchObject({ service: 'support-bot', environment: 'production' });
    expect(generation).toMatchObject({
      requestedModel: 'gpt-4o',
      pod: 'support-bot-7c9',
      serviceVersion: '1.4.2',
      errorType: '',
    });
    expect(generation?.finishReason).toBe(client === 'langfuse' ? 'missing' : (FINISH[situation] ?? 'stop'));

    const isStream = situation === 'stream';
    const served =
      client === 'langfuse' ? '' : client === 'openinference-openai' && isStream ? 'gpt-4o' : 'gpt-4o-2024-11-20';
    expect(generation?.servedModel).toBe(served);
    const reportsNoTokens = isStream && ['openinference-openai', 'openllmetry-openai'].includes(client);
    expect(generation?.tokens).toMatchObject(
      reportsNoTokens ? { input: null, output: null } : { input: 112, output: 17 },
    );

    const expectedPrompt = { 'vercel-ai': ['v3', 'tagged'], langfuse: ['3', 'tagged'] }[client] ?? [
      '370b2df1ca27',
      'derived',
    ];
    expect(generation?.versions.prompt).toEqual({ value: expectedPrompt[0], source: expectedPrompt[1] });
    expect(generation?.versions.model).toEqual({ value: served || 'gpt-4o', source: 'derived' });
    const offersTools = situation === 'tool' && !['otel-openai', 'langfuse'].includes(client);
    expect(generation?.versions.tools.source).toBe(offersTools ? 'derived' : 'missing');
    expect(generation?.versions.context.source).toBe('derived');
  });

  it.each([
    ['openinference-openai.json_valid', 'ok'],
    ['openinference-openai.json_invalid', 'not_json'],
    ['openinference-openai.length', 'truncated'],
    ['openinference-openai.chat', 'not_applicable'],
    ['vercel-ai.json_valid', 'ok'],
    ['vercel-ai.tool', 'not_applicable'],
    ['otel-openai.json_valid', 'not_applicable'],
  ])('%s complies: %s', (name, compliance) => {
    expect(generationsIn(...filesOf(name)).map((generation) => generation.compliance)).toEqual([compliance]);
  });

  it('the same tool and instructions have one version, whichever client tells them', () => {
    const [a] = generationsIn('openinference-openai.tool.traces.pb');
    const [b] = generationsIn('openllmetry-openai.tool.traces.pb');
    const [c] = generationsIn('otel-openai.tool.traces.pb', 'otel-openai.tool.logs.pb');
    expect(a?.versions.tools).toEqual(b?.versions.tools);
    expect(a?.versions.prompt).toEqual(b?.versions.prompt);
    expect(c?.versions.prompt).toEqual(b?.versions.prompt);
    expect(c?.versions.context).toEqual(b?.versions.context);
  });

  it.each(cases.filter((name) => names.includes(`${name}.traces.json`)))(
    '%s reads the same as protobuf and as JSON',
    (name) => {
      expect(generationsIn(`${name}.traces.json`)).toEqual(generationsIn(`${name}.traces.pb`));
    },
  );
});
