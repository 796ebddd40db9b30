import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspect } from '../../src/cli/commands/inspect.js';
import { logsJson, spanId, TRACE_ID, tracesJson, tracesProtobuf } from '../collectors/support/bodies.js';

const FIXTURES = 'test/fixtures/otlp';
const fixture = (name: string) => join(FIXTURES, name);

async function run(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), env: {} };
  const code = await inspect.run(args, { ...io, signal: new AbortController().signal });
  return { code, out, err };
}

async function inspected(...files: string[]): Promise<unknown[]> {
  const { code, out, err } = await run(...files, '--json');
  expect({ code, err }).toEqual({ code: 0, err: [] });
  return out.map((line) => JSON.parse(line));
}

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'leeway-inspect-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: Uint8Array | string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const NAMES = ['otel-genai', 'otel-genai-events', 'openinference', 'openllmetry-indexed', 'vercel-ai', 'langfuse'];
const filesOf = (name: string, extension: string) =>
  [`${name}.traces.${extension}`, ...(name === 'otel-genai-events' ? [`${name}.logs.${extension}`] : [])].map(fixture);

describe('inspect --json', () => {
  it('has exactly the keys of its interface', async () => {
    const [generation] = await inspected(fixture('otel-genai.traces.pb'));
    expect(generation).toEqual({
      target: { service: 'library-desk', environment: 'staging', operation: 'desk' },
      provider: 'acme',
      requestedModel: 'desk-small',
      servedModel: 'desk-small-2026-08-01',
      versions: {
        model: { value: 'desk-small-2026-08-01', source: 'derived' },
        prompt: { value: '1.4.0', source: 'tagged' },
        tools: { value: expect.stringMatching(/^[0-9a-f]{12}$/), source: 'derived' },
        context: { value: expect.stringMatching(/^[0-9a-f]{12}$/), source: 'derived' },
      },
      tokens: { input: 58, output: 11, cached: null, reasoning: null },
      finishReason: 'tool_calls',
      finishReasonRaw: 'tool_call',
      errorType: '',
      refusal: false,
      compliance: 'not_applicable',
      sessionId: 'visit-9',
      traceId: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1',
      spanId: spanId(1),
    });
  });

  it.each([
    ['otel-genai', { finishReason: 'tool_calls', compliance: 'not_applicable' }],
    [
      'otel-genai-events',
      { finishReason: 'length', tokens: { input: 40, output: 6 }, versions: { prompt: { source: 'derived' } } },
    ],
    ['openinference', { requestedModel: 'desk-small', tokens: { cached: 32 }, compliance: 'ok_after_fence' }],
    [
      'openllmetry-indexed',
      { target: { operation: 'desk-visit' }, tokens: { input: 55, output: 5 }, finishReason: 'stop' },
    ],
    [
      'vercel-ai',
      {
        target: { operation: 'place-of-book' },
        compliance: 'schema_invalid',
        sessionId: 'visit-9',
        versions: { prompt: { value: 'blue', source: 'tagged' } },
      },
    ],
    ['langfuse', { servedModel: '', finishReason: 'missing', versions: { prompt: { value: '7', source: 'tagged' } } }],
  ])('shows the one generation of %s', async (name, expected) => {
    expect(await inspected(...filesOf(name, 'pb'))).toMatchObject([expected]);
  });

  it.each(NAMES)('shows the same for %s in protobuf and JSON', async (name) => {
    expect(await inspected(...filesOf(name, 'json'))).toEqual(await inspected(...filesOf(name, 'pb')));
  });

  it('gives the same prompt version to the same instructions, whoever tells them', async () => {
    const all = await inspected(
      ...['otel-genai-events', 'openinference', 'openllmetry-indexed'].flatMap((name) => filesOf(name, 'pb')),
    );
    const versions = all.map((generation) =>
      JSON.stringify((generation as { versions: { prompt: unknown } }).versions.prompt),
    );
    expect(new Set(versions).size).toBe(1);
    expect(all).toHaveLength(3);
  });

  it('reads all files together: log records before their span still join it', async () => {
    const [traces, logs] = filesOf('otel-genai-events', 'pb');
    const joined = await inspected(logs ?? '', traces ?? '');
    expect(joined).toEqual(await inspected(traces ?? '', logs ?? ''));
    expect(joined).toMatchObject([{ versions: { prompt: { source: 'derived' } } }]);
  });
});

describe('inspect tells files apart by content', () => {
  const span = (n: number) => ({
    items: [{ traceId: TRACE_ID, spanId: spanId(n), attributes: [['gen_ai.operation.name', 'chat']] as const }],
  });

  it('compressed ones, and the JSON Lines of the Collector', async () => {
    expect(await inspected(file('a', gzipSync(tracesProtobuf([span(1)]))))).toHaveLength(1);
    const lines = [tracesJson([span(1)]), tracesJson([span(2)]), logsJson([{ items: [] }])].map((body) =>
      Buffer.from(body).toString(),
    );
    expect(await inspected(file('b', `${lines.join('\n')}\n`))).toHaveLength(2);
  });
});

describe('inspect for people', () => {
  it('says where each version comes from', async () => {
    const { code, out } = await run(fixture('vercel-ai.traces.pb'));
    const text = out.join('\n');
    expect(code).toBe(0);
    expect(text).toContain('library-desk · staging · place-of-book');
    expect(text).toMatch(/model +acme desk-small → desk-small-2026-08-01/);
    expect(text).toMatch(/prompt version +blue \(tagged\)/);
    expect(text).toMatch(/tools version +missing/);
    expect(text).toMatch(/compliance +schema_invalid \(\/copies must be integer\)/);
  });

  it('says so when nothing is a generation', async () => {
    const body = tracesProtobuf([{ items: [{ traceId: TRACE_ID, spanId: spanId(1), name: 'GET /' }] }]);
    expect((await run(file('c', body))).out).toEqual(['No generation: none of the spans is a call of a model.']);
  });

  it('names what was refused, and shows the rest', async () => {
    const items = [
      { traceId: 'abcd', spanId: spanId(1) },
      { traceId: TRACE_ID, spanId: spanId(2), attributes: [['gen_ai.operation.name', 'chat']] as const },
    ];
    const { code, out, err } = await run('--json', file('d', tracesProtobuf([{ items }])));
    expect({ code, lines: out.length }).toEqual({ code: 0, lines: 1 });
    expect(err[0]).toContain('spans[0].traceId: 2 bytes, must be 16');
  });

  it.each([
    [
      'cut protobuf',
      tracesProtobuf([{ items: [{ traceId: TRACE_ID, spanId: spanId(1) }] }]).subarray(0, 20),
      /malformed protobuf at byte \d+/,
    ],
    ['broken JSON', '{"resourceSpans":[', /malformed JSON/],
    ['nothing', '', /empty/],
    ['broken gzip', Buffer.from([0x1f, 0x8b, 1, 2, 3]), /not valid gzip/],
  ])('ends with 1 and says what and where for %s', async (name, content, message) => {
    const path = file(name.replace(' ', '-'), content);
    const { code, out, err } = await run(path);
    expect({ code, out }).toEqual({ code: 1, out: [] });
    expect(err.join('\n')).toContain(path);
    expect(err.join('\n')).toMatch(message);
  });

  it('ends with 1 for a file that is not there, and with 2 for wrong usage', async () => {
    const missing = await run(join(directory, 'absent'));
    expect(missing.code).toBe(1);
    expect(missing.err[0]).toContain('ENOENT');
    expect((await run()).code).toBe(2);
    expect((await run('--nonsense', 'x')).code).toBe(2);
    expect(await run('--help')).toMatchObject({ code: 0, err: [] });
  });
});
