import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createDesk,
  createNotifiers,
  createOutbound,
  createRegistries,
  type DeskParts,
} from '../../src/actions/index.js';
import { foldIncident } from '../../src/incidents/index.js';
import { type FindingDraft, targetId } from '../../src/model/index.js';
import { listActions } from '../../src/store/queries/actions.js';
import { listFindings } from '../../src/store/queries/findings.js';
import { listIncidentEvents, listIncidents } from '../../src/store/queries/incidents.js';
import { recordRollout } from '../../src/store/queries/rollouts.js';
import { makeDraft } from '../incidents/finding-fixture.js';
import { makeGate, makeRollout } from '../incidents/rollout-fixture.js';
import { startEngine } from '../support/engine.js';
import { answer, startServer } from './answering-server.js';

const database = await startEngine();
const registryServer = await startServer();
const chatServer = await startServer();
const HOLD_SECONDS = 600;

let now = Date.UTC(2026, 10, 23, 12);
const clock = { now: () => now };
const outbound = createOutbound({ allowHosts: [registryServer.host, chatServer.host], clock, timeoutMs: 2000 });
afterAll(() => outbound.close());

const publicUrl = 'https://leeway.example';
const secret = (reference: { env: string } | { file: string }) =>
  'env' in reference && reference.env === 'CHAT'
    ? `${chatServer.url}/services/T0/B0/secret`
    : 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const parts: DeskParts = {
  database,
  clock,
  random: () => 0.5,
  publicUrl,
  registries: createRegistries(
    {
      registries: [
        { name: 'prompts', type: 'webhook', url: registryServer.url, secret: { env: 'SIGN' }, surfaces: ['prompt'] },
      ],
      secret,
    },
    { outbound, clock },
  ),
  notifiers: createNotifiers(
    { notifiers: [{ name: 'chat', type: 'slack', url: { env: 'CHAT' } }], secret },
    { outbound, clock, publicUrl },
  ),
};

let sequence = 0;
let target = makeDraft().target;
beforeEach(() => {
  target = { service: 'support-bot', environment: 'production', operation: `operation-${++sequence}` };
  now += 7_200_000;
  for (const server of [registryServer, chatServer]) {
    server.handler = answer(200);
    server.requests.length = 0;
  }
});

const found = (overrides: Partial<FindingDraft> = {}) => makeDraft({ target, ...overrides });
const incidents = () => listIncidents(database, { targetId: targetId(target) });
const look = () => ({ detector: 'model_swapped', targetIds: new Set([targetId(target)]), holdSeconds: HOLD_SECONDS });
const later = (seconds: number): number => {
  now += seconds * 1000;
  return now;
};
async function deliver(desk: ReturnType<typeof createDesk>): Promise<void> {
  for (const action of await desk.due()) await desk.attempt(action.id);
}
async function stateOf(id: string) {
  const incident = (await incidents()).find((one) => one.id === id);
  if (!incident) throw new Error(`no incident ${id}`);
  const events = await listIncidentEvents(database, [id]);
  return { state: foldIncident(incident, events).state, events };
}

describe('the desk of findings', () => {
  it('tells people once, however often a watch finds the same, and again when it is over', async () => {
    const desk = createDesk(parts);
    for (let i = 0; i < 3; i++) {
      await desk.report([found()], now);
      await deliver(desk);
      now += 30_000;
    }
    expect(chatServer.requests).toHaveLength(1);
    expect(chatServer.requests[0]?.body).toContain('The model behind gpt-4o was swapped');
    expect(chatServer.requests[0]?.body).toContain('per cent of the calls');
    const [incident] = await incidents();
    expect(await stateOf(incident?.id ?? '')).toMatchObject({ state: 'open' });

    expect(await desk.conclude(look(), now)).toBe(false);
    now += HOLD_SECONDS * 1000;
    expect(await desk.conclude({ ...look(), targetIds: new Set() }, now)).toBe(false);
    expect(await desk.conclude(look(), now)).toBe(true);
    await deliver(desk);
    const ended = await stateOf(incident?.id ?? '');
    expect(ended.state).toBe('resolved');
    expect(ended.events.at(-1)?.message ?? '').not.toBe('');
    expect(ended.events.find(({ kind }) => kind === 'resolved')?.message).toMatch(/no longer seen since 2026-/);
    expect(chatServer.requests).toHaveLength(2);
    expect(await listFindings(database, { targetId: targetId(target), ongoing: true })).toEqual([]);
  });

  it('is the same for two processes that look at once', async () => {
    const [one, other] = [createDesk(parts), createDesk(parts)];
    await Promise.all([one.report([found()], now), other.report([found()], now)]);
    await other.report([found()], now + 60_000);
    expect(await incidents()).toHaveLength(1);
    expect(await listFindings(database, { targetId: targetId(target) })).toHaveLength(1);
    const [incident] = await incidents();
    expect(await listActions(database, { incidentIds: [incident?.id ?? ''] })).toHaveLength(1);
  });

  it('keeps closed what a person has resolved, until it was gone', async () => {
    const desk = createDesk(parts);
    await desk.report([found()], now);
    const [incident] = await incidents();
    await desk.resolve(incident?.id ?? '', { actor: 'Ada', comment: 'expected' });
    await desk.report([found()], later(120));
    expect(await incidents()).toHaveLength(1);
    expect(await stateOf(incident?.id ?? '')).toMatchObject({ state: 'resolved' });
    await desk.conclude(look(), later(HOLD_SECONDS));
    await desk.report([found()], later(1));
    expect(await incidents()).toHaveLength(2);
  });

  it('asks no registry for anything, unless the watch knows what to return to and the policy says auto', async () => {
    const made = makeRollout({ id: `rol_find_${sequence}`, target, startedAt: now });
    await recordRollout(database, made, {
      ...{ rolloutId: made.id, revision: 1, at: now, status: 'running', stage: 100, stageSince: now },
      ...{ verdict: 'hold', reasons: [], latched: null },
    });
    const desk = createDesk(parts);
    await desk.report([found({ rolloutId: made.id })], now);
    await deliver(desk);
    expect(registryServer.requests).toEqual([]);
    await desk.report([found({ rolloutId: made.id, subject: 'skipped', remedy: 'rollback' })], now);
    await deliver(desk);
    expect(registryServer.requests).toHaveLength(1);
    const asked = (await incidents()).find(({ evidence }) => 'subject' in evidence && evidence.subject === 'skipped');
    expect(await stateOf(asked?.id ?? '')).toMatchObject({ state: 'rolling_back' });
  });

  it('makes up for an incident and its message that a crash left out', async () => {
    const desk = createDesk({ ...parts, notifiers: [] });
    await desk.report([found()], now);
    await createDesk(parts).report([found()], now + 1000);
    const [incident] = await incidents();
    expect(await listActions(database, { incidentIds: [incident?.id ?? ''] })).toHaveLength(1);
  });
});

describe('one change', () => {
  const rolloutOnRecord = async (status: 'running' | 'promoted' = 'running') => {
    const made = makeRollout({
      ...{ id: `rol_one_${sequence}`, target, startedAt: now },
      ...{ baseline: { tools: 't3' }, candidate: { tools: 't4' }, changed: ['tools'] },
    });
    const rollout = { ...made, policy: { ...made.policy, mode: 'observe' as const } };
    await recordRollout(database, rollout, {
      ...{ rolloutId: rollout.id, revision: 1, at: now, status, stage: 10, stageSince: now },
      ...{ verdict: 'hold', reasons: [], latched: null },
    });
    return rollout;
  };
  const brokenTools = () =>
    found({ detector: 'registry_hygiene', subject: 'tools t4', surface: 'tools', version: 't4' });
  const failingCalls = (rolloutId: string) =>
    found({ detector: 'tool_calls', metric: 'tool_calls', subject: rolloutId, rolloutId });
  const lookOf = (detector: string) => ({ ...look(), detector });

  it('has one incident and one message, which ends with the last of its findings', async () => {
    const desk = createDesk(parts);
    const rollout = await rolloutOnRecord();
    await desk.report([brokenTools()], now);
    await desk.report([failingCalls(rollout.id)], later(60));
    await desk.report([brokenTools(), failingCalls(rollout.id)], later(60));
    const [incident, second] = await incidents();
    expect(second).toBeUndefined();
    const id = incident?.id ?? '';
    expect(await listActions(database, { incidentIds: [id] })).toHaveLength(1);
    expect((await stateOf(id)).events.filter(({ kind }) => kind === 'finding_joined')).toHaveLength(1);
    expect((await listFindings(database, { incidentId: id })).map(({ detector }) => detector).sort()).toEqual([
      'registry_hygiene',
      'tool_calls',
    ]);

    await desk.report([failingCalls(rollout.id)], later(HOLD_SECONDS));
    expect(await desk.conclude(lookOf('registry_hygiene'), now)).toBe(true);
    expect(await stateOf(id)).toMatchObject({ state: 'open' });
    expect(await desk.conclude(lookOf('tool_calls'), later(HOLD_SECONDS))).toBe(true);
    expect(await stateOf(id)).toMatchObject({ state: 'resolved' });
  });

  it('has one incident in the end when two processes find it at the same instant', async () => {
    const rollout = await rolloutOnRecord();
    await Promise.all([
      createDesk(parts).report([brokenTools()], now),
      createDesk(parts).report([failingCalls(rollout.id)], now),
    ]);
    const states = await Promise.all((await incidents()).map(async ({ id }) => ({ id, ...(await stateOf(id)) })));
    const [open, second] = states.filter(({ state }) => state === 'open');
    expect(second).toBeUndefined();
    for (const { state, events } of states)
      if (state === 'resolved')
        expect(events.find(({ kind }) => kind === 'resolved')?.message).toContain(`it goes on in ${open?.id}`);
    expect(await listFindings(database, { targetId: targetId(target) })).toHaveLength(2);
  });

  it('that turns out worse goes on in the incident of the verdict', async () => {
    const desk = createDesk(parts);
    const rollout = await rolloutOnRecord();
    await desk.report([brokenTools()], now);
    const verdict = await desk.open(rollout, makeGate({ at: later(60) }), true);
    await desk.open(rollout, makeGate({ at: now }), true);
    await desk.report([failingCalls(rollout.id), brokenTools()], later(60));
    const open = [];
    for (const { id } of await incidents()) {
      const { state, events } = await stateOf(id);
      if (state !== 'resolved') open.push(id);
      else expect(events.at(-1)?.message).toContain(`it goes on in ${verdict.id}`);
    }
    expect(open).toEqual([verdict.id]);
    const { events } = await stateOf(verdict.id);
    expect(events.filter(({ kind }) => kind === 'finding_joined')).toHaveLength(2);
  });

  it('that a verdict condemned stays open while nobody has acted, however long no look confirms it', async () => {
    const desk = createDesk(parts);
    const rollout = await rolloutOnRecord();
    const { id } = await desk.open(rollout, makeGate({ at: now }), true);
    await desk.report([brokenTools()], now);
    expect(await desk.conclude(lookOf('compliance'), later(HOLD_SECONDS))).toBe(false);
    expect(await desk.conclude(lookOf('registry_hygiene'), now)).toBe(true);
    expect(await stateOf(id)).toMatchObject({ state: 'open' });
    await desk.resolve(id, { actor: 'Ada', comment: '' });
    expect(await desk.conclude(lookOf('compliance'), now)).toBe(true);
    expect(await listFindings(database, { targetId: targetId(target), ongoing: true })).toEqual([]);
  });
});
