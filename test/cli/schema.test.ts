import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/cli/commands/schema.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'leeway-schema-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
function file(content: unknown): string {
  files += 1;
  const path = join(directory, `${files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), env: {} };
  const code = await schema.run(['check', ...args], { ...io, signal: new AbortController().signal });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const object = (properties: object, required: string[] = []) => ({ type: 'object', properties, required });
const city = object({ city: { type: 'string' } }, ['city']);
const cityAndUnit = object({ city: { type: 'string' }, unit: { enum: ['C', 'F'] } }, ['city', 'unit']);
const optionalUnit = object({ city: { type: 'string' }, unit: { enum: ['C', 'F'] } }, ['city']);

describe('leeway schema check', () => {
  it('explains in a sentence with the instance that breaks, and exits with 3', async () => {
    const { code, out } = await run(file(city), file(cityAndUnit));
    expect(code).toBe(3);
    expect(out).toBe(
      [
        'incompatible (BACKWARD, STRICT)',
        `The new schema refuses some data written for the old schema: {"city":""}, where the whole must have required property 'unit'.`,
      ].join('\n'),
    );
  });

  it('judges by what the schema is for', async () => {
    const [old, now] = [file(city), file(optionalUnit)];
    expect(await run(old, now)).toMatchObject({ code: 3, out: expect.stringContaining('BACKWARD, STRICT') });
    expect(await run(old, now, '--as', 'tool')).toMatchObject({ code: 0, out: expect.stringContaining('LENIENT') });
    expect(await run(old, now, '--as', 'output')).toMatchObject({ code: 0, out: expect.stringContaining('FORWARD') });
    expect(await run(old, now, '--policy', 'lenient', '--mode', 'full')).toMatchObject({ code: 0 });
  });

  it('takes several old versions for the transitive modes', async () => {
    const versions = [cityAndUnit, city, cityAndUnit].map(file);
    expect(await run(...versions, '--mode', 'FORWARD')).toMatchObject({ code: 0 });
    expect(await run(...versions, '--mode', 'BACKWARD_TRANSITIVE')).toMatchObject({ code: 3 });
    expect(await run(file(city), file({ type: 'object' }), file(cityAndUnit), '--mode', 'BACKWARD')).toMatchObject({
      code: 3,
    });
  });

  it.each([
    ['OpenAI chat', (parameters: unknown) => [{ type: 'function', function: { name: 'get_weather', parameters } }]],
    ['OpenAI Responses', (parameters: unknown) => ({ type: 'function', name: 'get_weather', parameters })],
    ['Anthropic', (input_schema: unknown) => ({ tools: [{ name: 'get_weather', input_schema }] })],
    ['Gemini', (parameters: unknown) => ({ functionDeclarations: [{ name: 'get_weather', parameters }] })],
    ['MCP', (inputSchema: unknown) => ({ result: { tools: [{ name: 'get_weather', inputSchema }] } })],
  ])('reads the tools of %s', async (_provider, define) => {
    expect(await run(file(define(city)), file(define(optionalUnit)))).toMatchObject({ code: 0 });
    const broken = await run(file(define(city)), file(define(cityAndUnit)));
    expect(broken).toMatchObject({ code: 3, out: expect.stringContaining('get_weather: changed, incompatible') });
  });

  it('gives machines one object', async () => {
    const { code, out } = await run(file(city), file(cityAndUnit), '--json');
    expect({ code, ...JSON.parse(out) }).toMatchObject({
      code: 3,
      verdict: 'incompatible',
      result: { checks: [{ direction: 'backward', answer: { decidedBy: 'counterexample', instance: { city: '' } } }] },
    });
  });

  it('exits with 4 when it does not know', async () => {
    const now = file({ type: 'string', pattern: '^(?=.*b).{3}$' });
    expect(await run(file({ type: 'string', pattern: '^(?=.*a).{3}$' }), now, '--policy', 'lenient')).toMatchObject({
      code: 4,
    });
  });

  it.each([
    ['one file', () => [file(city)], 'two files'],
    ['no JSON', () => [file('{'), file(city)], 'JSON'],
    ['no schema', () => [file('"text"'), file(city)], 'neither'],
    ['a file that is not there', () => [join(directory, 'absent.json'), file(city)], 'ENOENT'],
    ['different things', () => [file([]), file(city)], 'tool definitions'],
    ['an unknown mode', () => [file(city), file(city), '--mode', 'SIDEWAYS'], 'SIDEWAYS'],
  ])('exits with 2 on %s', async (_name, args, message) => {
    expect(await run(...args())).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });
});
