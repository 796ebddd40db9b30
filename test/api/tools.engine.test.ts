import { beforeAll, describe, expect, it } from 'vitest';
import { normaliseTools } from '../../collectors/index.js';
import { EMPTY_BATCH } from '../../collectors/row-batch.js';
import type { ToolDetail, ToolSummary, ToolVerdict } from '../../src/api/schemas.js';
import { digestOf } from '../../src/catalog/index.js';
import { targetId } from '../../src/model/index.js';
import { aGeneration, TARGET } from '../support/batches.js';
import { startEngine } from '../support/engine.js';
import { NOW_MS, startApi } from './api-client.js';

const database = await startEngine();
const api = await startApi(database);
const NOW = NOW_MS / 1000;
const SERVICE = TARGET.service;

const schema = (properties: object, required: string[]) => ({ type: 'object', properties, required });
const CITY = { city: { type: 'string' } };
/** In OpenAI's shape, as a request has it. */
const openai = (description: string, parameters: object) => ({
  type: 'function',
  function: { name: 'get_weather', description, parameters },
});
const SEEN = openai('Weather of a city', schema(CITY, ['city']));

async function see(definition: object, at: number, prompt = 'v1'): Promise<void> {
  const content = JSON.stringify(normaliseTools([definition]));
  const toolsDigest = digestOf(content);
  const generation = aGeneration(at, { prompt, tools: toolsDigest.slice(0, 12) }, { toolsDigest });
  await api.spool.append({
    ...EMPTY_BATCH,
    generations: [{ generation, revision: 1 }],
    artifacts: [{ digest: toolsDigest, kind: 'tools', content }],
  });
  await api.spool.drained();
}

const declare = (definition: object, query = '') =>
  api.put<{ version: number; declared: object | null; verdict: ToolVerdict; code?: string; detail?: string }>(
    `/api/v1/tools/get_weather/versions${query}`,
    { service: SERVICE, definition, actor: 'ci' },
  );
const read = async () => (await api.get<ToolDetail>(`/api/v1/tools/get_weather?service=${SERVICE}`)).body;

beforeAll(() => see(SEEN, NOW - 600));

describe('the tool registry', () => {
  it('learns tools from traces, in the shape of any provider', async () => {
    const { body } = await api.get<{ tools: ToolSummary[] }>('/api/v1/tools');
    expect(body.tools).toMatchObject([
      {
        service: SERVICE,
        name: 'get_weather',
        subject: `${SERVICE}/get_weather`,
        versions: 1,
        latest: { declared: null, seen: { targets: [{ targetId: targetId(TARGET) }] } },
      },
    ]);
    expect((await api.get<{ tools: ToolSummary[] }>('/api/v1/tools?service=other')).body.tools).toEqual([]);
  });

  it('takes what traces have shown as the version it is, once', async () => {
    const anthropic = { name: 'get_weather', description: 'Weather of a city', input_schema: schema(CITY, ['city']) };
    const first = await declare(anthropic);
    expect([first.status, first.body.version]).toEqual([201, 1]);
    const again = await declare(SEEN);
    expect([again.status, again.body.version]).toEqual([200, 1]);
    expect((await read()).history).toHaveLength(1);
  });

  it('refuses what breaks callers, with the call that breaks', async () => {
    const breaking = openai('Weather of a city', schema({ ...CITY, unit: { default: 'C' } }, ['city', 'unit']));
    const { status, body, headers } = await declare(breaking);
    expect([status, body.code]).toEqual([409, 'LEEWAY_CONFLICT']);
    expect(headers.get('content-type')).toContain('application/problem+json');
    const [comparison] = body.verdict.comparisons;
    expect(comparison).toMatchObject({ against: 1, verdict: 'incompatible' });
    expect(comparison?.counterexamples).toMatchObject([{ of: 'parameters', direction: 'backward' }]);
    expect(comparison?.counterexamples[0]?.instance).toHaveProperty('city');
    expect(comparison?.counterexamples[0]?.instance).not.toHaveProperty('unit');
    expect(body.detail).toContain('models do not apply defaults');
    expect((await read()).versions).toBe(1);

    const forced = await declare(breaking, '?force=true');
    expect([forced.status, forced.body.version, forced.body.verdict.verdict]).toEqual([201, 2, 'incompatible']);
    const [newest, oldest] = (await read()).history;
    expect([newest?.version, newest?.toPrevious?.verdict, oldest?.toPrevious]).toEqual([2, 'incompatible', null]);
  });

  it('judges without declaring, and says when only the words changed', async () => {
    const reworded = openai('The weather', schema({ ...CITY, unit: { default: 'C' } }, ['city', 'unit']));
    const { status, body } = await api.post<ToolVerdict>('/api/v1/tools/get_weather/compatibility', {
      service: SERVICE,
      definition: reworded,
    });
    expect([status, body.verdict, body.mode, body.policy]).toEqual([200, 'compatible', 'BACKWARD', 'LENIENT']);
    expect(body.comparisons[0]?.behavioural).toEqual(['/description']);
    expect((await read()).versions).toBe(2);
  });

  it('judges against every version when it is told to', async () => {
    const back = openai('Weather of a city', schema({ ...CITY, unit: {}, day: {} }, ['city', 'unit']));
    const check = async () =>
      (await api.post<ToolVerdict>('/api/v1/tools/get_weather/compatibility', { service: SERVICE, definition: back }))
        .body;
    expect((await check()).verdict).toBe('compatible');
    const rules = { service: SERVICE, mode: 'BACKWARD_TRANSITIVE', policy: 'LENIENT' };
    expect((await api.put('/api/v1/tools/get_weather/compatibility', rules)).status).toBe(200);
    const transitive = await check();
    expect(transitive.comparisons.map(({ against, verdict }) => [against, verdict])).toEqual([
      [1, 'incompatible'],
      [2, 'compatible'],
    ]);
    await api.put('/api/v1/tools/get_weather/compatibility', { ...rules, mode: 'NONE' });
    expect(await declare(openai('x', schema({}, [])))).toMatchObject({ status: 201, body: { version: 3 } });
    await api.put('/api/v1/tools/get_weather/compatibility', { ...rules, mode: 'BACKWARD' });
  });

  it('keeps the number of a version when traces of an older time come late', async () => {
    const late = openai('Weather of old', schema(CITY, []));
    await see(late, NOW - 50_000, 'v0');
    const { history } = await read();
    expect(history.map(({ version, definition }) => [version, definition.description])).toEqual([
      [4, 'Weather of old'],
      [3, 'x'],
      [2, 'Weather of a city'],
      [1, 'Weather of a city'],
    ]);
    const { body } = await api.get<{ version: number }>(`/api/v1/tools/get_weather/versions/latest?service=${SERVICE}`);
    expect(body.version).toBe(4);
  });

  it('names what is wrong with a declaration', async () => {
    const other = await declare({ name: 'other', parameters: {} });
    expect([other.status, other.body.detail]).toEqual([400, expect.stringContaining('"other"')]);
    expect((await api.put('/api/v1/tools/get_weather/versions', { service: SERVICE })).status).toBe(400);
    expect((await api.get(`/api/v1/tools/nothing?service=${SERVICE}`)).body.code).toBe('LEEWAY_NOT_FOUND');
    expect((await api.get(`/api/v1/tools/get_weather/versions/9?service=${SERVICE}`)).status).toBe(404);
  });
});

describe("Confluent's API", () => {
  const BASE = '/schema-registry';
  const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';
  type Answer = { status: number; type: string | null; body: unknown };

  /** As Confluent's clients ask: their media type both ways, the schema as text within JSON. */
  async function ask(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(api.url + BASE + path, {
      method,
      headers: { accept: `${MEDIA_TYPE}, application/json`, ...(body && { 'content-type': MEDIA_TYPE }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
  }
  const json = (value: object) => ({ schemaType: 'JSON', schema: JSON.stringify(value) });
  const V1 = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'], additionalProperties: false };
  const V2 = { ...V1, properties: { ...V1.properties, note: { type: 'string' } } };
  const BROKEN = { ...V2, required: ['id', 'note'] };

  it('registers schemas under ids, once each', async () => {
    const first = await ask('POST', '/subjects/order-value/versions', json(V1));
    expect(first).toMatchObject({ status: 200, body: { id: expect.any(Number) } });
    expect(first.type).toContain(MEDIA_TYPE);
    expect((await ask('POST', '/subjects/order-value/versions', json(V1))).body).toEqual(first.body);
    const second = await ask('POST', '/subjects/order-value/versions', json(V2));
    expect(second.body).not.toEqual(first.body);
    expect((await ask('GET', '/subjects')).body).toEqual(['order-value', `${SERVICE}/get_weather`]);
    expect((await ask('GET', '/subjects/order-value/versions')).body).toEqual([1, 2]);
    const latest = { subject: 'order-value', version: 2, schemaType: 'JSON', schema: JSON.stringify(V2) };
    expect((await ask('GET', '/subjects/order-value/versions/latest')).body).toMatchObject(latest);
    expect((await ask('POST', '/subjects/order-value', json(V2))).body).toMatchObject(latest);
    const { id } = second.body as { id: number };
    expect((await ask('GET', `/schemas/ids/${id}`)).body).toEqual({ schemaType: 'JSON', schema: JSON.stringify(V2) });
  });

  it('refuses what breaks stored data, and says in words what does', async () => {
    const refused = await ask('POST', '/subjects/order-value/versions', json(BROKEN));
    expect(refused).toMatchObject({ status: 409, body: { error_code: 409 } });
    const path = '/compatibility/subjects/order-value/versions/latest';
    expect((await ask('POST', path, json(BROKEN))).body).toEqual({ is_compatible: false });
    const { body } = await ask('POST', `${path}?verbose=true`, json(BROKEN));
    expect(body).toMatchObject({ is_compatible: false, messages: [expect.stringContaining('refuses some data')] });
    expect((await ask('POST', `${path}?verbose=true`, json(V2))).body).toEqual({ is_compatible: true, messages: [] });
    expect((await ask('POST', '/compatibility/subjects/order-value/versions', json(V1))).body).toEqual({
      is_compatible: false,
    });
    expect((await ask('POST', '/compatibility/subjects/new/versions/latest', json(V1))).body).toEqual({
      is_compatible: true,
    });
  });

  it('has a level for all and one for a subject', async () => {
    expect((await ask('GET', '/config')).body).toEqual({
      compatibilityLevel: 'BACKWARD',
      compatibilityPolicy: 'STRICT',
    });
    expect(await ask('GET', '/config/order-value')).toMatchObject({ status: 404, body: { error_code: 40408 } });
    const put = await ask('PUT', '/config/order-value', { compatibility: 'NONE' });
    expect([put.status, put.body]).toEqual([200, { compatibility: 'NONE' }]);
    expect((await ask('GET', '/config/order-value')).body).toMatchObject({ compatibilityLevel: 'NONE' });
    expect((await ask('POST', '/subjects/order-value/versions', json(BROKEN))).status).toBe(200);
    expect(await ask('PUT', '/config', { compatibility: 'SIDEWAYS' })).toMatchObject({
      status: 422,
      body: { error_code: 42203 },
    });
  });

  it('shows the arguments of tools that traces have shown, and takes new ones', async () => {
    const subject = encodeURIComponent(`${SERVICE}/get_weather`);
    const versions = await ask('GET', `/subjects/${subject}/versions`);
    expect(versions.body).toEqual([1, 2, 3, 4]);
    expect((await ask('GET', `/subjects/${subject}/versions/1`)).body).toMatchObject({
      schema: JSON.stringify(schema(CITY, ['city'])),
    });
    const wider = json(schema({ city: { type: ['string', 'null'] } }, []));
    expect((await ask('POST', `/subjects/${subject}/versions`, wider)).status).toBe(200);
    const [newest] = (await read()).history;
    expect(newest).toMatchObject({ version: 5, definition: { description: 'Weather of old' }, declared: {} });
  });

  it.each([
    ['GET', '/subjects/nothing/versions', undefined, 404, 40401],
    ['GET', '/subjects/nothing/versions/latest', undefined, 404, 40401],
    ['GET', '/subjects/order-value/versions/99', undefined, 404, 40402],
    ['GET', '/subjects/order-value/versions/zero', undefined, 422, 42202],
    ['GET', '/schemas/ids/1', undefined, 404, 40403],
    ['POST', '/subjects/order-value', json({ type: 'string' }), 404, 40403],
    ['POST', '/subjects/order-value/versions', { schema: '{"type":"record","name":"A"}' }, 422, 42201],
    ['POST', '/subjects/order-value/versions', { schemaType: 'JSON', schema: '{' }, 422, 42201],
    ['POST', '/subjects/order-value/versions', json({ type: 'sting' }), 422, 42201],
    ['POST', '/compatibility/subjects/order-value/versions/99', json(V1), 404, 40402],
    ['DELETE', '/subjects/order-value', undefined, 404, 404],
  ])('answers %s %s with its own code', async (method, path, body, status, code) => {
    const answer = await ask(method, path, body);
    expect(answer).toMatchObject({ status, body: { error_code: code, message: expect.any(String) } });
    expect(answer.type).toContain(MEDIA_TYPE);
  });
});
