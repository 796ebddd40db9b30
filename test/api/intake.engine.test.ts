import { describe, expect, it } from 'vitest';
import type { Deployment, OutcomeView } from '../../src/api/schemas.js';
import { LeewayError } from '../../src/model/index.js';
import { startEngine } from '../support/engine.js';
import { NOW_MS, startApi } from './api-client.js';

const database = await startEngine();
const api = await startApi(database);

interface Accepted {
  readonly accepted: number;
  readonly ids: string[];
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

  it.each([
    ['nobody named', { value: 1 }, /outcome 0 \(task_success\).*traceId, spanId or responseId/],
    ['a value out of range', { traceId: traceId('e'), value: 2 }, /body\.value must be <= 1/],
    [
      'a value of the wrong type',
      { traceId: traceId('e'), value: '1' },
      /body\.value must be number, or must be boolean/,
    ],
    ['no value', { traceId: traceId('e') }, /value/],
    ['a malformed trace id', { traceId: 'XYZ', value: 1 }, /body\.traceId must match/],
    ['a malformed time', { traceId: traceId('e'), value: 1, time: 'yesterday' }, /body\.time/],
    ['no outcome at all', [], /body must not have fewer than 1 items/],
    [
      'too many',
      Array.from({ length: 1001 }, () => ({ traceId: traceId('e'), value: 1 })),
      /body must not have more than 1000 items/,
    ],
    ['one bad among good', [{ traceId: traceId('e'), value: 1 }, { value: 1 }], /outcome 1/],
    [
      'one malformed among good',
      [
        { traceId: traceId('e'), value: 1 },
        { traceId: 'x', value: 1 },
      ],
      /body\[1\]\.traceId/,
    ],
  ])('refuses %s, whole', async (_what, body, detail) => {
    const answer = await api.post('/api/v1/outcomes', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'LEEWAY_INVALID']);
    expect(answer.body.detail).toMatch(detail);
    expect(await outcomesOf(traceId('e'))).toEqual([]);
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

  it('refuses an unknown surface', async () => {
    const answer = await api.post('/api/v1/deployments', { ...RELEASE, surface: 'weather' });
    expect([answer.status, answer.body.detail]).toEqual([
      400,
      expect.stringContaining('model, prompt, tools, context'),
    ]);
  });
});
