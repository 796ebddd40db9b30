import { describe, expect, it } from 'vitest';
import type { Deployment, OutcomeView } from '../../src/api/schemas.js';
import { MAX_BODY_BYTES } from '../../src/api/server.js';
import {
  LeewayError,
  MAX_OUTCOME_COMMENT_LENGTH,
  MAX_OUTCOME_NAME_LENGTH,
  MAX_OUTCOMES_PER_REQUEST,
} from '../../src/model/index.js';
import { startEngine } from '../support/engine.js';
import { NOW_MS, startApi } from './api-client.js';

const database = await startEngine();
const api = await startApi(database);

interface Accepted {
  readonly accepted: number;
  readonly ids: (string | null)[];
  readonly rejected: { index: number; detail: string }[];
}

const traceId = (digit: string) => digit.repeat(32);
const post = (body: unknown) => api.post<Accepted>('/api/v1/outcomes', body);

async function outcomesOf(trace: string): Promise<OutcomeView[]> {
  await api.spool.drained();
  return (await api.get<{ outcomes: OutcomeView[] }>(`/api/v1/outcomes?trace=${trace}`)).body.outcomes;
}

describe('posting outcomes', () => {
  it('accepts one, of a span that nobody has seen yet', async () => {
    const { status, body } = await post({ traceId: traceId('a'), value: 'failure', comment: 'not what I asked' });
    expect([status, body.accepted]).toEqual([202, 1]);
    expect(await outcomesOf(traceId('a'))).toEqual([
      {
        id: body.ids[0],
        name: 'task_success',
        value: 0,
        source: 'api',
        comment: 'not what I asked',
        spanId: '',
        at: new Date(NOW_MS).toISOString(),
      },
    ]);
  });

  it('accepts many, in order', async () => {
    const outcomes = Array.from({ length: 1000 }, (_, i) => ({
      id: `own-${i}`,
      traceId: traceId('b'),
      value: i / 1000,
    }));
    const { body } = await post(outcomes);
    expect(body.ids).toEqual(outcomes.map(({ id }) => id));
    expect(await outcomesOf(traceId('b'))).toHaveLength(1000);
  });

  it.each([
    [true, 1],
    [false, 0],
    ['success', 1],
    [0.25, 0.25],
  ])('takes %s for %s', async (value, score) => {
    await post({ traceId: traceId('c'), spanId: '1'.repeat(16), name: `as ${value}`, value });
    const found = (await outcomesOf(traceId('c'))).find(({ name }) => name === `as ${value}`);
    expect(found?.value).toBe(score);
  });

  it('again replaces what was said before', async () => {
    const first = await post({ traceId: traceId('d'), value: true });
    await api.spool.drained();
    const second = await post({ traceId: traceId('d'), value: false, time: '2026-11-23T11:00:00Z' });
    expect(second.body.ids).toEqual(first.body.ids);
    expect((await outcomesOf(traceId('d'))).map(({ value }) => value)).toEqual([0]);
  });

  it('again replaces what was said before also when both are stored at once, on whatever day', async () => {
    const about = { traceId: traceId('5') };
    await post({ ...about, value: true, time: '2026-11-22T11:00:00Z' });
    await post({ ...about, value: false, time: '2026-11-23T11:00:00Z' });
    await post({ ...about, name: 'same day', value: true });
    await post({ ...about, name: 'same day', value: false });
    expect((await outcomesOf(traceId('5'))).map(({ name, value }) => [name, value])).toEqual([
      ['task_success', 0],
      ['same day', 0],
    ]);
  });

  it('takes a score on a scale that it names', async () => {
    const { status } = await post({ traceId: traceId('1'), value: 4, scale: { min: 1, max: 5 }, name: 'stars' });
    expect([status, (await outcomesOf(traceId('1'))).map(({ value }) => value)]).toEqual([202, [0.75]]);
  });

  const ofTraceE = { traceId: traceId('e'), value: 1 };
  it.each([
    ['nobody named', { value: 1 }, /^body\.traceId is missing, and so are spanId and responseId/],
    ['a value off its scale', { ...ofTraceE, value: 2 }, /^body\.value must be from 0 to 1; .*"scale"/],
    ['a scale that is none', { ...ofTraceE, scale: { min: 1 } }, /body\.scale/],
    ['a value of the wrong type', { ...ofTraceE, value: '1' }, /body\.value must be number, or must be boolean/],
    ['no value', { traceId: traceId('e') }, /value/],
    ['a malformed trace id', { ...ofTraceE, traceId: 'XYZ' }, /body\.traceId must match/],
    ['a malformed time', { ...ofTraceE, time: 'yesterday' }, /body\.time/],
    ['a time long past', { ...ofTraceE, time: '2020-01-01T00:00:00Z' }, /body\.time must lie within the last 90 days/],
    ['a time to come', { ...ofTraceE, time: '9999-01-01T00:00:00Z' }, /body\.time must lie within/],
    [
      'a long comment',
      { ...ofTraceE, comment: 'c'.repeat(MAX_OUTCOME_COMMENT_LENGTH + 1) },
      /body\.comment must not have more than 4096/,
    ],
    [
      'a long name',
      { ...ofTraceE, name: 'n'.repeat(MAX_OUTCOME_NAME_LENGTH + 1) },
      /body\.name must not have more than 128/,
    ],
    ['a field that is none', { ...ofTraceE, score: 1 }, /must not have score/],
    ['what is no outcome', 'all good', /body must be object/],
    ['no outcome at all', [], /body must not have fewer than 1 items/],
    [
      'too many',
      Array.from({ length: MAX_OUTCOMES_PER_REQUEST + 1 }, () => ofTraceE),
      /body must not have more than 1000 items/,
    ],
    ['all of a bad batch', Array.from({ length: 7 }, () => ({ value: 1 })), /body\[4\]\.traceId .*; and 2 more$/],
  ])('refuses %s', async (_what, body, detail) => {
    const answer = await api.post('/api/v1/outcomes', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'LEEWAY_INVALID']);
    expect(answer.body.detail).toMatch(detail);
    expect(await outcomesOf(traceId('e'))).toEqual([]);
  });

  it('takes as many words as its limits allow', async () => {
    const largest = { comment: 'c'.repeat(MAX_OUTCOME_COMMENT_LENGTH), name: 'n'.repeat(MAX_OUTCOME_NAME_LENGTH) };
    expect((await post({ traceId: traceId('9'), value: 1, ...largest })).status).toBe(202);
  });

  it('takes the good part of a batch and names the rest by index and field', async () => {
    const good = { traceId: traceId('2'), value: 1 };
    const { status, body } = await post([
      good,
      { ...good, traceId: 'x' },
      { ...good, value: 9 },
      { ...good, name: 'n' },
    ]);
    expect([status, body.accepted]).toEqual([207, 2]);
    expect(body.ids.map((id) => id !== null)).toEqual([true, false, false, true]);
    expect(body.rejected).toEqual([
      { index: 1, detail: expect.stringMatching(/^body\[1\]\.traceId must match/) },
      { index: 2, detail: expect.stringMatching(/^body\[2\]\.value must be from 0 to 1/) },
    ]);
    expect(await outcomesOf(traceId('2'))).toHaveLength(2);
  });

  it('refuses a body that would pollute prototypes, and other content than JSON', async () => {
    const ask = (body: string, type: string) =>
      fetch(`${api.url}/api/v1/outcomes`, { method: 'POST', headers: { 'content-type': type }, body });
    expect((await ask('{"__proto__": {"value": 1}}', 'application/json')).status).toBe(400);
    expect((await ask('traceId=1', 'application/x-www-form-urlencoded')).status).toBe(415);
    const ofLength = (bytes: number) => `["${'x'.repeat(bytes - 4)}"]`;
    expect((await ask(ofLength(MAX_BODY_BYTES), 'application/json')).status).toBe(400);
    expect((await ask(ofLength(MAX_BODY_BYTES + 1), 'application/json')).status).toBe(413);
  });

  it('says when to come back while the spool is full', async () => {
    const full = await startApi(database, {
      intake: { ...api.parts.intake, outcomes: () => Promise.reject(new LeewayError('LEEWAY_SPOOL_FULL', 'full')) },
    });
    const answer = await full.post('/api/v1/outcomes', { traceId: traceId('f'), value: 1 });
    expect([answer.status, answer.body.code]).toEqual([503, 'LEEWAY_SPOOL_FULL']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('scores from Langfuse', () => {
  const score = (more: object) => ({ traceId: traceId('3'), name: 'task_success', value: 1, ...more });
  const create = (id: string, body: object) => ({
    id,
    type: 'score-create',
    timestamp: '2026-11-23T11:59:00.000Z',
    body,
  });
  const ingest = (batch: unknown) => api.post<unknown>('/api/public/ingestion', { batch });

  it('come as a batch of events, answered as Langfuse answers', async () => {
    const { status, body } = await ingest([
      create('e1', score({ id: 's1', value: 0.5 })),
      create('e2', score({ id: 's2', name: 'tone', value: 'good', dataType: 'CATEGORICAL' })),
      create('e3', score({ id: 's3', value: 5 })),
      { id: 'e4', type: 'trace-create', timestamp: '', body: {} },
    ]);
    expect([status, body]).toEqual([
      207,
      {
        successes: [
          { id: 'e1', status: 201 },
          { id: 'e2', status: 201 },
        ],
        errors: [
          expect.objectContaining({ id: 'e4', status: 400, message: 'Event type not accepted' }),
          expect.objectContaining({ id: 'e3', status: 400, error: expect.stringMatching(/value must be from 0 to 1/) }),
        ],
      },
    ]);
    expect((await outcomesOf(traceId('3'))).map(({ id, value, source }) => [id, value, source])).toEqual([
      ['s1', 0.5, 'langfuse'],
      ['s2', 1, 'langfuse'],
    ]);
  });

  it('come one by one; the same id again replaces itself', async () => {
    const one = (value: number) => api.post('/api/public/scores', score({ id: 's9', traceId: traceId('4'), value }));
    const first = await one(0);
    expect([first.status, first.body]).toEqual([200, { id: 's9' }]);
    await api.spool.drained();
    await one(1);
    expect((await outcomesOf(traceId('4'))).map(({ value }) => value)).toEqual([1]);
    const unnamed = await api.post<{ id: string }>('/api/public/scores', score({ traceId: traceId('4') }));
    expect(unnamed.body.id).toMatch(/^out_/);
  });

  it('that are refused are told in the form that its SDKs read', async () => {
    const refused = await api.post('/api/public/scores', score({ value: 7 }));
    expect([refused.status, refused.body]).toEqual([
      400,
      { message: 'Invalid request data', error: expect.stringMatching(/value must be/) },
    ]);
    const malformed = await ingest('none');
    expect([malformed.status, malformed.body]).toEqual([
      400,
      { message: expect.stringMatching(/body\.batch must be array/), error: 'Invalid request data' },
    ]);
    expect((await ingest(Array.from({ length: 1001 }, () => ({})))).status).toBe(400);
  });

  it('are not taken from a page', async () => {
    const headers = { 'content-type': 'application/json', origin: 'https://evil.example' };
    const answer = await fetch(`${api.url}/api/public/scores`, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(403);
  });
});

describe('posting deployments', () => {
  const RELEASE = { service: 'support-bot', surface: 'prompt', version: 'v13', previousVersion: 'v12' };

  it('lists them newest first, once each', async () => {
    const first = await api.post<Deployment>('/api/v1/deployments', { ...RELEASE, id: 'rel-1', actor: 'ada' });
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      ...RELEASE,
      id: 'rel-1',
      environment: '',
      operation: '',
      actor: 'ada',
      comment: '',
      source: 'api',
      at: new Date(NOW_MS).toISOString(),
    });
    const early = { ...RELEASE, version: 'v12', time: '2026-11-20T08:00:00Z' };
    await api.post('/api/v1/deployments', early);
    await api.post('/api/v1/deployments', early);
    await api.post('/api/v1/deployments', { ...RELEASE, id: 'rel-1', time: '2026-11-25T08:00:00Z' });
    const { body } = await api.get<{ deployments: Deployment[] }>('/api/v1/deployments?service=support-bot');
    expect(body.deployments.map(({ version, at }) => [version, at])).toEqual([
      ['v13', new Date(NOW_MS).toISOString()],
      ['v12', '2026-11-20T08:00:00.000Z'],
    ]);
    expect((await api.get('/api/v1/deployments?service=other')).body).toEqual({ deployments: [] });
  });

  it('refuses a time that none can have', async () => {
    for (const time of ['9999-01-01T00:00:00Z', '1969-12-31T23:59:59Z']) {
      const answer = await api.post('/api/v1/deployments', { ...RELEASE, time });
      expect([answer.status, answer.body.detail]).toEqual([400, expect.stringMatching(/^body\.time must lie/)]);
    }
  });

  it('refuses an unknown surface', async () => {
    const answer = await api.post('/api/v1/deployments', { ...RELEASE, surface: 'weather' });
    expect([answer.status, answer.body.detail]).toEqual([
      400,
      expect.stringContaining('model, prompt, tools, context'),
    ]);
  });
});
