import { describe, expect, it } from 'vitest';
import { EMPTY_BATCH } from '../../collectors/row-batch.js';
import type { GateAnswer, RolloutDetail, RolloutSummary } from '../../src/api/schemas.js';
import { targetId } from '../../src/model/index.js';
import { closeBuckets } from '../../src/store/queries/close-buckets.js';
import { aGeneration, generationsBatch, TARGET } from '../support/batches.js';
import { dirtyBuckets } from '../support/dirty-buckets.js';
import { startEngine } from '../support/engine.js';
import { NOW_MS, startApi } from './api-client.js';

const database = await startEngine();
const api = await startApi(database);

const DECLARATION = { target: TARGET, baseline: { prompt: 'v12' }, candidate: { prompt: 'v13' } };
const declare = (overrides: object = {}) =>
  api.post<RolloutSummary>('/api/v1/rollouts', { ...DECLARATION, ...overrides });

describe('declaring a rollout', () => {
  it('starts it with the policy of its target, overridden where the declaration says so', async () => {
    const { status, body } = await declare({ id: 'own-1', policy: { mode: 'auto', stages: [0, 10, 100] } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      id: 'own-1',
      target: { targetId: targetId(TARGET), ...TARGET },
      changed: ['prompt'],
      origin: 'declared',
      mode: 'auto',
      status: 'running',
      stages: [0, 10, 100],
      verdict: 'insufficient_data',
      incidentId: null,
    });
  });

  it('again changes nothing, whether or not it has an id', async () => {
    expect((await declare({ id: 'own-2' })).status).toBe(201);
    expect((await declare({ id: 'own-2' })).status).toBe(200);
    const first = await declare({ candidate: { prompt: 'v14' } });
    const second = await declare({ candidate: { prompt: 'v14' } });
    expect([first.status, second.status, second.body.id]).toEqual([201, 200, first.body.id]);
  });

  it.each([
    ['policy', { policy: { mode: 'approve' } }],
    ['candidate', { candidate: { prompt: 'v99' } }],
    ['target', { target: { ...TARGET, environment: 'elsewhere' } }],
  ])('under an id that has another %s is a conflict', async (part, overrides) => {
    await declare({ id: 'own-3' });
    const answer = await api.post('/api/v1/rollouts', { ...DECLARATION, id: 'own-3', ...overrides });
    expect([answer.status, answer.body.code]).toEqual([409, 'LEEWAY_CONFLICT']);
    expect(answer.body.detail).toContain(part);
  });

  it.each([
    [
      'surfaces that only one side names',
      { candidate: { prompt: 'v13', model: 'b' } },
      /body\.baseline\.model is missing/,
    ],
    ['versions that do not differ', { candidate: { prompt: 'v12' } }, /body\.candidate\.prompt is the baseline's/],
    ['no surface at all', { baseline: {}, candidate: {} }, /body\.baseline/],
    ['stages that go down', { policy: { stages: [10, 5] } }, /body\.policy\.stages\[1\] must be greater/],
    ['a version without a name', { candidate: { prompt: '' } }, /body\.candidate\.prompt must not have fewer than 1/],
    ['an unknown metric', { policy: { metrics: { beauty: {} } } }, /beauty/],
    ['an unknown mode', { policy: { mode: 'bold' } }, /body\.policy\.mode must be one of observe, approve, auto/],
    ['an unknown field', { colour: 'red' }, /colour: there is no such field/],
    ['a version of the wrong type', { candidate: { prompt: 13 } }, /body\.candidate\.prompt must be string/],
    ['an id that is no id', { id: 'a b' }, /body\.id must match/],
  ])('with %s says so', async (_what, overrides, detail) => {
    const answer = await api.post('/api/v1/rollouts', { ...DECLARATION, ...overrides });
    expect([answer.status, answer.body.code]).toEqual([400, 'LEEWAY_INVALID']);
    expect(answer.body.detail).toMatch(detail);
  });
});

describe('a rollout with traffic', () => {
  const NOW = NOW_MS / 1000;
  const times = (count: number, prompt: string, failures: number) =>
    Array.from({ length: count }, (_, i) =>
      aGeneration(NOW + (i % 60), { prompt }, i < failures ? { compliance: 'not_json' } : {}),
    );

  it('shows gate, traffic and history, and answers a controller', async () => {
    await declare({ id: 'busy', policy: { stages: [0, 10, 100] } });
    await api.spool.append({
      ...EMPTY_BATCH,
      ...generationsBatch([...times(300, 'v12', 0), ...times(100, 'v13', 60), ...times(12, 'v7', 0)]),
    });
    await api.spool.drained();
    const buckets = await dirtyBuckets(database, { sinceMs: 0, closableBefore: NOW + 3600, limit: 100 });
    await closeBuckets(database, { buckets, metrics: api.parts.metrics, revision: 1, closedAtMs: NOW_MS });

    const later = await startApi(database, { clock: { now: () => NOW_MS + 120_000 } });
    const { body } = await later.get<RolloutDetail>('/api/v1/rollouts/busy');
    const compliance = body.gate.evaluations.find(({ metric }) => metric === 'compliance');
    expect(body.gate.verdict).toBe('rollback');
    expect(body.gate.blame).toContain('compliance');
    expect(compliance).toMatchObject({ candidate: { n: 100, failures: 60 }, baseline: { n: 300, failures: 0 } });
    expect(compliance?.trajectory.length).toBeGreaterThan(0);
    const sum = (arm: 'baseline' | 'candidate' | 'other') =>
      body.traffic.reduce((total, point) => total + point[arm], 0);
    expect([sum('baseline'), sum('candidate'), sum('other')]).toEqual([300, 100, 12]);
    expect(body.traffic.map(({ bucket }) => bucket)).toEqual([...body.traffic.map(({ bucket }) => bucket)].sort());
    expect(body.history).toMatchObject([{ revision: 1, status: 'running' }]);

    const gate = await later.get<GateAnswer>('/api/v1/rollouts/busy/gate');
    expect(gate.body).toMatchObject({ rolloutId: 'busy', verdict: 'rollback', n: 100, incidentId: null });
  });

  it('is found by target and status', async () => {
    const ids = async (query: string) =>
      (await api.get<{ rollouts: RolloutSummary[] }>(`/api/v1/rollouts?${query}`)).body.rollouts.map(({ id }) => id);
    expect(await ids(`target=${targetId(TARGET)}&status=running`)).toContain('busy');
    expect(await ids('target=unknown')).toEqual([]);
    expect(await ids('status=promoted')).toEqual([]);
  });
});
