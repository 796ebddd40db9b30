import { beforeAll, describe, expect, it } from 'vitest';
import { createDesk } from '../../src/actions/index.js';
import type { Finding, IncidentDetail } from '../../src/api/schemas.js';
import { createAttribution } from '../../src/evaluation/index.js';
import { type MetricAttribution, targetId } from '../../src/model/index.js';
import { initialState } from '../../src/rollouts/index.js';
import { closeBuckets } from '../../src/store/queries/close-buckets.js';
import { recordRollout } from '../../src/store/queries/rollouts.js';
import { makeDraft } from '../incidents/finding-fixture.js';
import { makeRollout } from '../incidents/rollout-fixture.js';
import { aGeneration, generationsBatch, TARGET } from '../support/batches.js';
import { dirtyBuckets } from '../support/dirty-buckets.js';
import { startEngine } from '../support/engine.js';
import { clock, NOW_MS, startApi } from './api-client.js';

const database = await startEngine();
const api = await startApi(database);
const NOW = NOW_MS / 1000;
const desk = createDesk({
  ...{ database, clock, notifiers: [], registries: [], random: () => 0.5, publicUrl: 'http://127.0.0.1:4318' },
  attribute: createAttribution(database, clock),
});

beforeAll(async () => {
  const behind = { targetId: targetId(TARGET), metric: 'compliance', since: NOW - 300, until: NOW - 200 };
  await desk.report(
    [makeDraft({ target: TARGET, behind }), makeDraft({ target: TARGET, subject: 'o3', severity: 'info' })],
    NOW_MS,
  );
  const calls = Array.from({ length: 200 }, (_, index) =>
    aGeneration(
      NOW - 400 + index,
      { prompt: index % 2 ? 'v13' : 'v12' },
      { compliance: index % 8 === 1 ? 'not_json' : 'ok' },
    ),
  );
  await api.spool.append(generationsBatch(calls));
  await api.spool.drained();
  const buckets = await dirtyBuckets(database, { sinceMs: 0, closableBefore: NOW, limit: 10_000 });
  await closeBuckets(database, { buckets, metrics: api.parts.metrics, revision: 1, closedAtMs: NOW_MS });
  const rollout = makeRollout({ target: TARGET, startedAt: NOW_MS - 600_000 });
  await recordRollout(database, rollout, initialState(rollout));
});

describe('findings', () => {
  it('are listed with what makes them believable, and by filters', async () => {
    const list = async (query: string) =>
      (await api.get<{ findings: Finding[] }>(`/api/v1/findings${query}`)).body.findings;
    const all = await list('');
    expect(all).toHaveLength(2);
    expect(all.find(({ subject }) => subject === 'gpt-4o')).toMatchObject({
      ...{ question: 'Does the same model still answer?', n: { 'calls now': 412 }, surface: 'model', endedAt: null },
      ...{ effect: { unit: 'per cent of the calls' }, behind: { metric: 'compliance' } },
    });
    expect(await list('?detector=silent_drift')).toEqual([]);
    expect(await list(`?target=${targetId(TARGET)}&ongoing=true`)).toHaveLength(2);
    expect(await list('?ongoing=false')).toEqual([]);
  });

  it('open incidents that show them', async () => {
    const { body } = await api.get<{ incidents: { id: string; kind: string }[] }>('/api/v1/incidents');
    expect(body.incidents).toMatchObject([{ kind: 'finding' }]);
    const incident = (await api.get<IncidentDetail>(`/api/v1/incidents/${body.incidents[0]?.id}`)).body;
    expect(incident).toMatchObject({
      evidence: null,
      finding: { method: expect.any(String) },
      findings: [{ subject: 'gpt-4o' }],
    });
  });

  it('lead to the generations behind them', async () => {
    const { behind } =
      (await api.get<{ findings: Finding[] }>('/api/v1/findings')).body.findings.find(({ behind }) => behind) ?? {};
    const query = `target=${behind?.targetId}&failing=${behind?.metric}&since=${behind?.since}&until=${behind?.until}&limit=500`;
    const { generations } = (await api.get<{ generations: { startTime: string }[] }>(`/api/v1/generations?${query}`))
      .body;
    expect(generations).toHaveLength(12);
    expect(generations.every(({ startTime }) => Date.parse(startTime) / 1000 < NOW - 200)).toBe(true);
  });
});

describe('the attribution of a rollout', () => {
  it('names the surface, and tells mix from behaviour', async () => {
    const { body } = await api.get<{ metrics: MetricAttribution[] }>('/api/v1/rollouts/rol_prompt_v13/attribution');
    expect(body.metrics.find(({ metric }) => metric === 'compliance')).toMatchObject({
      ...{ surfaces: { kind: 'single', surface: 'prompt' }, behaviour: 0.25, mix: 0 },
      sentence: expect.stringContaining('Only the prompt was changed.'),
    });
    expect((await api.get('/api/v1/rollouts/none/attribution')).status).toBe(404);
  });

  it('is in the evidence of the incident that a held rollout opens', async () => {
    const held = {
      detector: 'compliance',
      metric: 'compliance',
      rolloutId: 'rol_prompt_v13',
      subject: 'rol_prompt_v13',
    };
    await desk.report([makeDraft({ target: TARGET, ...held })], NOW_MS);
    const { body } = await api.get<{ incidents: { id: string; rolloutId: string }[] }>('/api/v1/incidents');
    const incident = body.incidents.find(({ rolloutId }) => rolloutId === 'rol_prompt_v13');
    const { attributions } = (await api.get<IncidentDetail>(`/api/v1/incidents/${incident?.id}`)).body;
    expect(attributions).toMatchObject([{ metric: 'compliance', surfaces: { kind: 'single', surface: 'prompt' } }]);
  });
});
