import { beforeEach, describe, expect, it } from 'vitest';
import { createDesk, createOutbound, createRegistries } from '../../src/actions/index.js';
import { EvaluationHost } from '../../src/evaluation/index.js';
import { foldIncident } from '../../src/incidents/index.js';
import { type Clock, type Generation, type Mode, targetId } from '../../src/model/index.js';
import { rolloutPolicy } from '../../src/rollouts/index.js';
import { listActions } from '../../src/store/queries/actions.js';
import { listFindings } from '../../src/store/queries/findings.js';
import { listIncidentEvents, listIncidents } from '../../src/store/queries/incidents.js';
import { listRollouts, recordRolloutState } from '../../src/store/queries/rollouts.js';
import { answer, startServer } from '../actions/answering-server.js';
import { aGeneration, generationsBatch } from '../support/batches.js';
import { startStore } from '../support/store.js';

const { database, load, empty } = await startStore();
const registry = await startServer(answer(200));

/** Later than every watermark, so that what a test loads is closed in the next run. */
const AFTER_WATERMARK_MS = 200_000;
const BASELINE_SECONDS = 120;

let operation = '';
let start = 0;
let now = 0;
let counter = 0;
const clock: Clock = { now: () => now };

beforeEach(async () => {
  await empty();
  counter += 1;
  operation = `triage-${counter}`;
  start = Math.floor(Date.now() / 10_000) * 10 - 7200;
  registry.requests.length = 0;
  registry.handler = answer(200);
});

function world(mode: Mode) {
  const outbound = createOutbound({ allowHosts: [registry.host], clock });
  const config = {
    registries: [
      { name: 'prompts', type: 'webhook', url: `${registry.url}/hook`, secret: { env: 'S' }, surfaces: ['prompt'] },
    ] as const,
    secret: () => 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  };
  const desk = createDesk({
    database,
    notifiers: [],
    registries: createRegistries(
      { ...config, registries: config.registries.map((entry) => ({ ...entry, surfaces: [...entry.surfaces] })) },
      { outbound, clock },
    ),
    clock,
    random: () => 0.5,
    publicUrl: 'http://127.0.0.1:4318',
  });
  const log: string[] = [];
  const looked: string[] = [];
  const host = new EvaluationHost({
    database,
    clock,
    desk,
    minimumWatermarkSeconds: 1,
    policyFor: (asked) => {
      looked.push(asked.operation);
      return rolloutPolicy({ mode, soakSeconds: 0, propagationSeconds: 300 });
    },
    log: (line) => log.push(line),
    onChange: () => {},
  });
  const run = async () => {
    await host.run();
    expect(log).toEqual([]);
    for (const action of await desk.due(now)) await desk.attempt(action.id);
  };
  return { desk, host, run, looked };
}

const target = () => ({ service: 'support-bot', environment: 'test', operation });

/** `seconds` of traffic from `from` (after the start) on: ten calls a second, a part of them on v13. */
async function serve(from: number, seconds: number, candidateEvery: number, candidateFailsEvery = 0): Promise<void> {
  const calls: Generation[] = [];
  let candidates = 0;
  for (let i = 0; i < seconds * 10; i++) {
    const isCandidate = candidateEvery > 0 && i % candidateEvery === 0;
    if (isCandidate) candidates += 1;
    const fails = isCandidate && candidateFailsEvery > 0 && candidates % candidateFailsEvery === 0;
    calls.push(
      aGeneration(
        start + from + i / 10,
        { prompt: isCandidate ? 'v13' : 'v12' },
        { target: target(), compliance: fails ? 'not_json' : 'ok' },
      ),
    );
  }
  await load(generationsBatch(calls));
  now = (start + from + seconds) * 1000 + AFTER_WATERMARK_MS;
}

/** `seconds` of sessions of five calls, one a bucket; a tenth of them on v13, where all calls of every other session fail. */
async function serveSessions(from: number, seconds: number): Promise<void> {
  const calls: Generation[] = [];
  for (let session = 0; session < seconds * 2; session++) {
    const isCandidate = session % 10 === 0;
    for (let call = 0; call < 5; call++) {
      calls.push(
        aGeneration(
          start + from + ((session / 2 + call * 10) % seconds),
          { prompt: isCandidate ? 'v13' : 'v12' },
          {
            target: target(),
            sessionId: `${operation}-${session}`,
            compliance: isCandidate && session % 20 === 0 ? 'not_json' : 'ok',
          },
        ),
      );
    }
  }
  await load(generationsBatch(calls));
  now = (start + from + seconds) * 1000 + AFTER_WATERMARK_MS;
}

async function rollouts() {
  return listRollouts(database, { targetId: targetId(target()) });
}

async function incident() {
  const found = (await listIncidents(database, { targetId: targetId(target()) }))[0];
  if (!found) return null;
  const events = await listIncidentEvents(database, [found.id]);
  return { id: found.id, title: found.title, state: foldIncident(found, events).state, events };
}

describe('evaluation', () => {
  it('rolls a worse candidate back once, and believes the registry only when traffic agrees', async () => {
    const { run } = world('auto');
    await serve(0, BASELINE_SECONDS, 0);
    await run();
    expect(await rollouts()).toEqual([]);
    await serve(BASELINE_SECONDS, 300, 10, 4);
    await run();
    expect(await rollouts()).toMatchObject([
      {
        rollout: { origin: 'observed', baseline: { prompt: 'v12' }, candidate: { prompt: 'v13' } },
        state: { status: 'running', verdict: 'rollback', latched: { blame: ['compliance'] } },
      },
    ]);
    expect(await incident()).toMatchObject({
      state: 'rolling_back',
      title: expect.stringContaining('prompt v13 breaks structured output'),
    });
    expect(registry.requests).toHaveLength(1);
    await run();
    expect(registry.requests).toHaveLength(1);
    // The registry said yes; the candidate still answers.
    const accepted = Math.ceil(now / 1000 - start);
    await serve(accepted, 60, 10);
    await run();
    expect(await incident()).toMatchObject({ state: 'rolling_back' });
    await serve(accepted + 60, 60, 0);
    await run();
    expect(await incident()).toMatchObject({ state: 'rolled_back' });
    expect(await rollouts()).toMatchObject([{ state: { status: 'rolled_back' } }]);
    expect(registry.requests).toHaveLength(1);
  });

  it('counts sessions whose calls fail together once, also in buckets from before anybody saw the rollout', async () => {
    const { run } = world('observe');
    await serve(0, BASELINE_SECONDS, 0);
    await serveSessions(BASELINE_SECONDS, 300);
    await run();
    const [compliance] = (await rollouts())[0]?.state.latched?.evaluations ?? [];
    expect(compliance).toMatchObject({
      metric: 'compliance',
      method: expect.stringContaining('a session counts until its first failure'),
    });
    // Of 60 sessions a half fail in each of their five calls: 30 first failures, not 150.
    expect(compliance?.candidate.failures).toBeLessThanOrEqual(30);
    expect(compliance?.candidate.failures).toBeGreaterThan(20);
  });

  it('says rollback unconfirmed when traffic does not move in time', async () => {
    const { run } = world('auto');
    await serve(0, BASELINE_SECONDS, 0);
    await serve(BASELINE_SECONDS, 300, 10, 4);
    await run();
    const accepted = Math.ceil(now / 1000 - start);
    await serve(accepted, 320, 10);
    await run();
    expect(await incident()).toMatchObject({ state: 'rollback_unconfirmed' });
    expect(await rollouts()).toMatchObject([{ state: { status: 'running', verdict: 'rollback' } }]);
  });

  it('only watches in mode observe, and sees when somebody else moved the pointer', async () => {
    const { run } = world('observe');
    await serve(0, BASELINE_SECONDS, 0);
    await serve(BASELINE_SECONDS, 300, 10, 4);
    await run();
    expect(await incident()).toMatchObject({ state: 'open' });
    const opened = Math.ceil(now / 1000 - start);
    await serve(opened, 120, 0);
    await run();
    expect(await incident()).toMatchObject({ state: 'resolved' });
    expect(await rollouts()).toMatchObject([{ state: { status: 'rolled_back' } }]);
    expect(registry.requests).toEqual([]);
  });

  it('waits for a person in mode approve', async () => {
    const { run, desk } = world('approve');
    await serve(0, BASELINE_SECONDS, 0);
    await serve(BASELINE_SECONDS, 300, 10, 4);
    await run();
    const open = await incident();
    expect(open).toMatchObject({ state: 'awaiting_approval' });
    expect(registry.requests).toEqual([]);
    const [action] = await listActions(database, { incidentIds: [open?.id ?? ''] });
    await desk.approve(action?.id ?? '', { actor: 'on-call', comment: '' });
    for (const due of await desk.due(now)) await desk.attempt(due.id);
    expect(registry.requests).toHaveLength(1);
    expect(await incident()).toMatchObject({ state: 'rolling_back' });
  });

  it('leaves a healthy candidate alone', async () => {
    const { run } = world('auto');
    await serve(0, BASELINE_SECONDS, 0);
    await serve(BASELINE_SECONDS, 600, 10);
    await run();
    expect(await rollouts()).toMatchObject([{ state: { verdict: 'promote', latched: null } }]);
    expect(await incident()).toBeNull();
  });

  it('opens the incident of a verdict that a crash separated from it', async () => {
    await serve(0, BASELINE_SECONDS, 0);
    await serve(BASELINE_SECONDS, 300, 10, 4);
    const observer = world('observe');
    await observer.run();
    const [record] = await rollouts();
    if (!record?.state.latched) throw new Error('no verdict');
    // As if the process had died right after writing the verdict of another rollout of the same change.
    const rollout = { ...record.rollout, id: `${record.rollout.id}x`, policy: rolloutPolicy({ mode: 'auto' }) };
    await database.insert('rollouts', [
      {
        id: rollout.id,
        target_id: rollout.targetId,
        ...rollout.target,
        baseline: JSON.stringify(rollout.baseline),
        candidate: JSON.stringify(rollout.candidate),
        changed: rollout.changed,
        origin: 'declared',
        policy: JSON.stringify(rollout.policy),
        started_at: new Date(rollout.startedAt).toISOString(),
      },
    ]);
    await recordRolloutState(database, { ...record.state, rolloutId: rollout.id });
    await world('auto').run();
    const incidents = await listIncidents(database, { rolloutId: rollout.id });
    expect(incidents).toHaveLength(1);
    expect(registry.requests).toHaveLength(1);
  });

  it('opens one incident and asks for one rollback when two processes evaluate at once', async () => {
    const [first, second] = [world('auto'), world('auto')];
    await serve(0, BASELINE_SECONDS, 0);
    await Promise.all([first.run(), second.run()]);
    for (let part = 0; part < 3; part++) {
      await serve(BASELINE_SECONDS + part * 100, 100, 10, 4);
      await Promise.all([first.host.run(), second.host.run()]);
    }
    await Promise.all([first.run(), second.run()]);
    await first.run();
    const incidents = await listIncidents(database, { targetId: targetId(target()) });
    expect(incidents).toHaveLength(1);
    expect(await rollouts()).toMatchObject([{ state: { verdict: 'rollback', latched: { blame: ['compliance'] } } }]);
    expect(await listFindings(database, { incidentId: incidents[0]?.id ?? 'none' })).toHaveLength(1);
    expect(new Set(registry.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('tells of a slower candidate once, however often and by however many it is evaluated', async () => {
    const [first, second] = [world('auto'), world('auto')];
    const seconds = (index: number, factor: number) => BigInt(Math.round(factor * (1 + (index % 20) / 20) * 1e9));
    const slowly = async (from: number, until: number, withCandidate: boolean) => {
      const calls = Array.from({ length: (until - from) * 10 }, (_, index) => {
        const isCandidate = withCandidate && index % 10 === 0;
        const call = aGeneration(
          start + from + index / 10,
          { prompt: isCandidate ? 'v13' : 'v12' },
          { target: target() },
        );
        return { ...call, endNs: call.startNs + seconds(Math.floor(index / 10), isCandidate ? 2.5 : 1) };
      });
      await load(generationsBatch(calls));
      now = (start + until) * 1000 + AFTER_WATERMARK_MS;
    };
    await slowly(0, BASELINE_SECONDS, false);
    await slowly(BASELINE_SECONDS, 400, true);
    await Promise.all([first.run(), second.run()]);
    await first.run();
    const incidents = await listIncidents(database, { targetId: targetId(target()) });
    expect(incidents).toMatchObject([
      { kind: 'finding', severity: 'warning', title: expect.stringContaining('latency') },
    ]);
    const [record] = await rollouts();
    expect(record?.state).toMatchObject({ verdict: 'hold', latched: null });
    expect(record?.state.reasons.join('\n')).toMatch(/^latency: half of the candidate’s within .*: held$/m);
    expect(registry.requests).toEqual([]);
  });

  it('looks at the rollouts that an earlier process left, those of whom little is to be read first', async () => {
    const begins = new Map([
      ['second', 200],
      ['first', 400],
      ['last', 0],
    ]);
    for (const [name, begin] of begins) {
      operation = name;
      await serve(begin, BASELINE_SECONDS, 0);
      await serve(begin + BASELINE_SECONDS, 60, 10);
    }
    now = (start + 600) * 1000 + AFTER_WATERMARK_MS;
    await world('observe').run();
    for (const name of begins.keys()) {
      operation = name;
      await serve(600, 60, 10);
    }
    const restarted = world('observe');
    await restarted.run();
    expect(restarted.looked).toEqual(['first', 'second', 'last']);
  });

  it('changes nothing when everything is evaluated again by another process', async () => {
    const first = world('auto');
    await serve(0, BASELINE_SECONDS, 0);
    await serve(BASELINE_SECONDS, 300, 10, 4);
    await first.run();
    const before = [await incident(), await rollouts()];
    await world('auto').run();
    expect([await incident(), await rollouts()]).toEqual(before);
    expect(registry.requests).toHaveLength(1);
  });
});
