import { beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_BATCH, type RowBatch } from '../../collectors/row-batch.js';
import type {
  Action,
  Artifact,
  Generation,
  IncidentDetail,
  IncidentSummary,
  TargetSummary,
  Trace,
  VectorSummary,
} from '../../src/api/schemas.js';
import { incidentEvent } from '../../src/incidents/index.js';
import { type Action as ActionState, type Incident, targetId } from '../../src/model/index.js';
import { recordActions } from '../../src/store/queries/actions.js';
import { closeBuckets } from '../../src/store/queries/close-buckets.js';
import { recordFindings } from '../../src/store/queries/findings.js';
import { recordIncident, recordIncidentEvents } from '../../src/store/queries/incidents.js';
import { makeEvaluation, makeGate } from '../incidents/rollout-fixture.js';
import { aGeneration, anOutcome, aSpan, TARGET } from '../support/batches.js';
import { dirtyBuckets } from '../support/dirty-buckets.js';
import { startEngine } from '../support/engine.js';
import { NOW_MS, startApi } from './api-client.js';

const database = await startEngine();
const decisions: string[] = [];
const note = (verb: string) => async (id: string, said: { actor: string; comment: string }) => {
  decisions.push(`${verb} ${id} by ${said.actor}: ${said.comment}`);
};
const api = await startApi(database, {
  desk: {
    acknowledge: note('acknowledge'),
    resolve: note('resolve'),
    approve: note('approve'),
    reject: note('reject'),
  },
});

const TARGET_ID = targetId(TARGET);
const NOW = NOW_MS / 1000;
const DIGEST = 'ab'.repeat(32);

async function load(batch: Partial<RowBatch>): Promise<void> {
  await api.spool.append({ ...EMPTY_BATCH, ...batch });
  await api.spool.drained();
}

async function closeAll(): Promise<void> {
  const buckets = await dirtyBuckets(database, { sinceMs: 0, closableBefore: NOW, limit: 10_000 });
  await closeBuckets(database, { buckets, metrics: api.parts.metrics, revision: Date.now(), closedAtMs: NOW_MS });
}

const times = (count: number, each: (index: number) => Generation_) => Array.from({ length: count }, (_, i) => each(i));
type Generation_ = ReturnType<typeof aGeneration>;

const good = times(60, (i) => aGeneration(NOW - 600 + i, { prompt: 'v12' }));
const bad = times(20, (i) =>
  aGeneration(
    NOW - 560 + i,
    { prompt: 'v13' },
    i < 5 ? { compliance: 'not_json', complianceReason: 'ends early' } : {},
  ),
);
const shadow = times(7, (i) => aGeneration(NOW - 560 + i, { prompt: 'v13' }, { arm: 'shadow' }));
const failed = aGeneration(
  NOW - 500,
  { prompt: 'v12' },
  { errorType: 'timeout', finishReason: 'error', compliance: 'error' },
);
const traced = aGeneration(NOW - 490, { prompt: 'v12' }, { promptDigest: DIGEST, responseId: 'resp-traced' });

beforeAll(async () => {
  const generations = [...good, ...bad, ...shadow, failed, traced].map((generation) => ({ generation, revision: 1 }));
  const span = aSpan({
    traceId: traced.traceId,
    spanId: traced.spanId,
    startNs: traced.startNs,
    endNs: traced.endNs,
    events: [{ timeNs: traced.startNs, name: 'exception', attributes: new Map([['exception.type', 'Oops']]) }],
  });
  const child = aSpan({
    traceId: traced.traceId,
    parentSpanId: traced.spanId,
    startNs: traced.endNs,
    endNs: traced.endNs,
  });
  const outcomes = [
    anOutcome({ id: 'out_1', traceId: traced.traceId, value: 0 }),
    anOutcome({ id: 'out_2', responseId: 'resp-traced', name: 'helpful', value: 0.5 }),
    anOutcome({ id: 'out_3', traceId: 'f'.repeat(32) }),
  ];
  await load({
    generations,
    spans: [span, child, span],
    artifacts: [{ digest: DIGEST, kind: 'prompt', content: 'Answer in JSON.' }],
    outcomes,
  });
  await closeAll();
});

describe('targets and vectors', () => {
  it('are read from closed buckets; shadow calls are no traffic', async () => {
    const { status, body } = await api.get<{ targets: TargetSummary[] }>('/api/v1/targets');
    expect(status).toBe(200);
    expect(body.targets).toEqual([
      {
        targetId: TARGET_ID,
        ...TARGET,
        generations: 82,
        vectors: 2,
        runningRollouts: 0,
        openIncidents: 0,
        lastSeen: expect.any(String),
      },
    ]);
  });

  it('show shares, rates and traffic by bucket, most traffic first', async () => {
    const { body } = await api.get<{ vectors: VectorSummary[] }>(`/api/v1/vectors?target=${TARGET_ID}`);
    const [first, second] = body.vectors;
    expect(body.vectors.map(({ versions }) => versions.prompt)).toEqual([
      { value: 'v12', source: 'tagged' },
      { value: 'v13', source: 'tagged' },
    ]);
    expect([first?.generations, second?.generations]).toEqual([62, 20]);
    expect(first?.share).toBeCloseTo(62 / 82);
    expect(second?.metrics).toContainEqual({ metric: 'compliance', n: 20, failures: 5, rate: 0.25 });
    expect(second?.traffic.reduce((sum, { n }) => sum + n, 0)).toBe(20);
    expect(first?.traffic[0]?.bucket).toBe(NOW - 600);
  });

  it('know no vector of an unknown target, and none outside the window', async () => {
    expect((await api.get('/api/v1/vectors?target=unknown')).body).toEqual({ vectors: [] });
    expect((await api.get(`/api/v1/vectors?target=${TARGET_ID}&windowSeconds=60`)).body).toEqual({ vectors: [] });
  });
});

describe('generations', () => {
  const list = async (query: string) =>
    (await api.get<{ generations: Generation[] }>(`/api/v1/generations?${query}`)).body.generations;

  it('come newest first and are limited', async () => {
    const [first, second, ...more] = await list('limit=2');
    expect([first?.spanId, second?.spanId, more.length]).toEqual([traced.spanId, failed.spanId, 0]);
    expect(first).toMatchObject({
      durationMs: 1000,
      inputTokens: 112,
      refusal: false,
      target: { targetId: TARGET_ID },
    });
  });

  it('are filtered by target, vector and compliance', async () => {
    const vectors = new Set((await list(`target=${TARGET_ID}&compliance=not_json`)).map(({ vectorId }) => vectorId));
    expect(vectors.size).toBe(1);
    expect(await list(`vector=${[...vectors][0]}&limit=500`)).toHaveLength(27);
    expect(await list('target=unknown')).toEqual([]);
  });

  it.each([
    ['compliance', 5],
    ['errors', 1],
    ['task_success', 1],
    ['downstream_failure', 0],
  ])('that failed %s are those that its cells count', async (metric, count) => {
    expect(await list(`failing=${metric}&limit=500`)).toHaveLength(count);
  });

  it('are shown as their newest revision', async () => {
    const late = aGeneration(NOW - 100, {}, { compliance: 'no_content' });
    await load({ generations: [{ generation: late, revision: 1 }] });
    await load({ generations: [{ generation: { ...late, compliance: 'ok' }, revision: 2 }] });
    expect((await list('limit=1'))[0]).toMatchObject({ spanId: late.spanId, compliance: 'ok' });
    expect(await list('compliance=no_content')).toEqual([]);
  });
});

describe('a trace', () => {
  it('has each span once, its generations, what they ran with, and the outcomes that are its own', async () => {
    const { body } = await api.get<Trace>(`/api/v1/traces/${traced.traceId}`);
    expect(body.complete).toBe(true);
    expect(body.spans.map(({ spanId, parentSpanId }) => [spanId, parentSpanId])).toEqual([
      [traced.spanId, ''],
      [expect.any(String), traced.spanId],
    ]);
    expect(body.spans[0]).toMatchObject({
      durationMs: 1000,
      service: TARGET.service,
      attributes: { 'gen_ai.request.model': 'gpt-4o' },
      events: [{ name: 'exception', attributes: { 'exception.type': 'Oops' } }],
    });
    expect(body.generations.map(({ spanId }) => spanId)).toEqual([traced.spanId]);
    expect(body.artifacts).toEqual([{ digest: DIGEST, kind: 'prompt', content: 'Answer in JSON.' }]);
    expect(body.outcomes.map(({ id, value }) => [id, value]).sort()).toEqual([
      ['out_1', 0],
      ['out_2', 0.5],
    ]);
  });

  it('shares its artifacts by digest', async () => {
    const { body } = await api.get<Artifact>(`/api/v1/artifacts/${DIGEST}`);
    expect(body).toMatchObject({ digest: DIGEST, kind: 'prompt', content: 'Answer in JSON.' });
  });
});

describe('incidents and actions', () => {
  const incident: Incident = {
    id: 'inc_1',
    kind: 'rollback',
    targetId: TARGET_ID,
    target: TARGET,
    rolloutId: 'rol_1',
    title: 'prompt v13 breaks JSON',
    severity: 'critical',
    openedAt: NOW_MS - 60_000,
    evidence: makeGate(),
  };
  const action: ActionState = {
    id: 'act_1',
    incidentId: 'inc_1',
    rolloutId: 'rol_1',
    kind: 'rollback',
    destination: 'prompts',
    occasion: 'opened',
    revision: 1,
    status: 'awaiting_approval',
    attempts: 0,
    nextAttemptAt: 0,
    payloadDigest: '',
    detail: '',
    at: NOW_MS - 59_000,
  };

  beforeAll(async () => {
    await recordIncident(database, incident);
    const at = NOW_MS - 60_000;
    await recordIncidentEvents(database, [
      incidentEvent({ incidentId: 'inc_1', at, kind: 'opened', message: 'opened', data: { by: 'compliance' } }),
      incidentEvent({ incidentId: 'inc_1', at: at + 1, kind: 'approval_requested', message: 'may I?', data: {} }),
    ]);
    await recordActions(database, [action]);
    const { id: findingId } = { id: 'fnd_1' };
    await recordFindings(database, [
      {
        id: findingId,
        targetId: TARGET_ID,
        rolloutId: 'rol_1',
        incidentId: 'inc_1',
        detector: 'compliance',
        metric: 'compliance',
        subject: 'rol_1',
        episode: 0,
        severity: 'critical',
        sentence: '25 % instead of 0 %',
        evidence: JSON.stringify(makeEvaluation()),
        at,
        lastSeenAt: at,
        endedAt: null,
      },
    ]);
  });

  it('are listed, newest first, and by state', async () => {
    const { body } = await api.get<{ incidents: IncidentSummary[] }>('/api/v1/incidents?state=awaiting_approval');
    expect(body.incidents).toMatchObject([{ id: 'inc_1', target: { targetId: TARGET_ID }, acknowledged: false }]);
    expect((await api.get('/api/v1/incidents?state=resolved')).body).toEqual({ incidents: [] });
    expect((await api.get('/api/v1/incidents?target=unknown')).body).toEqual({ incidents: [] });
    const targets = await api.get<{ targets: TargetSummary[] }>('/api/v1/targets');
    expect(targets.body.targets[0]?.openIncidents).toBe(1);
  });

  it('show evidence, timeline, actions and findings', async () => {
    const { body } = await api.get<IncidentDetail>('/api/v1/incidents/inc_1');
    expect(body.events.map(({ kind, data }) => [kind, data])).toEqual([
      ['opened', { by: 'compliance' }],
      ['approval_requested', {}],
    ]);
    expect(body.evidence?.evaluations[0]).toMatchObject({ metric: 'compliance', oddsRatio: { upper: null } });
    expect(body.actions).toMatchObject([{ id: 'act_1', status: 'awaiting_approval', nextAttemptAt: null }]);
    expect(body.findings).toMatchObject([
      { id: 'fnd_1', sentence: '25 % instead of 0 %', n: { baseline: 11_430 }, effect: { unit: 'percentage points' } },
    ]);
  });

  it('pass what people decide on, with who and why', async () => {
    await api.post('/api/v1/incidents/inc_1/acknowledge', { actor: 'ada' });
    await api.post('/api/v1/incidents/inc_1/resolve', { actor: 'ada', comment: 'fixed' });
    await api.post('/api/v1/actions/act_1/approve', { actor: 'bo' });
    const { status, body } = await api.post<Action>('/api/v1/actions/act_1/reject');
    expect([status, body.id]).toEqual([200, 'act_1']);
    expect(decisions).toEqual([
      'acknowledge inc_1 by ada: ',
      'resolve inc_1 by ada: fixed',
      'approve act_1 by bo: ',
      'reject act_1 by : ',
    ]);
    expect((await api.post('/api/v1/incidents/inc_1/resolve', { who: 'ada' })).body.detail).toContain('who');
  });

  it('list actions by status and incident', async () => {
    const ids = async (query: string) =>
      (await api.get<{ actions: Action[] }>(`/api/v1/actions${query}`)).body.actions.map(({ id }) => id);
    expect(await ids('')).toEqual(['act_1']);
    expect(await ids('?status=awaiting_approval&incident=inc_1')).toEqual(['act_1']);
    expect(await ids('?incident=inc_2')).toEqual([]);
  });
});
