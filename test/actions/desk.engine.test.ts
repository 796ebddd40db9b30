import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createDesk,
  createNotifiers,
  createOutbound,
  createRegistries,
  type DeskParts,
  MAX_ATTEMPTS,
  ROLLBACK_COOL_DOWN_SECONDS,
  ROLLBACKS_PER_HOUR,
} from '../../src/actions/index.js';
import { createAttribution } from '../../src/evaluation/index.js';
import { foldIncident, rollbackAcceptedAt, type Verification } from '../../src/incidents/index.js';
import type { Action, Mode, Rollout } from '../../src/model/index.js';
import { listActionRevisions, listActions, recordActions } from '../../src/store/queries/actions.js';
import { listFindings } from '../../src/store/queries/findings.js';
import { getIncident, listIncidentEvents, listIncidents } from '../../src/store/queries/incidents.js';
import { recordRollout } from '../../src/store/queries/rollouts.js';
import { makeGate, makeRollout } from '../incidents/rollout-fixture.js';
import { makeVector, publishBucket } from '../support/cells.js';
import { startEngine } from '../support/engine.js';
import { answer, startServer } from './answering-server.js';

const database = await startEngine();
const registryServer = await startServer();
const chatServer = await startServer();
const pagerServer = await startServer();

const NOON = Date.UTC(2026, 10, 23, 12, 1);
let now = NOON;
const clock = { now: () => now };
const outbound = createOutbound({
  allowHosts: [registryServer.host, chatServer.host, pagerServer.host],
  clock,
  timeoutMs: 2000,
});
afterAll(() => outbound.close());

const secrets: Record<string, string> = {
  SIGN: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  CHAT: `${chatServer.url}/services/T0/B0/secret`,
  PAGER: 'R0123456789ABCDEF0123456789ABCDE',
};
const secret: Parameters<typeof createNotifiers>[0]['secret'] = (reference) =>
  'env' in reference ? (secrets[reference.env] ?? '') : '';
const publicUrl = 'https://leeway.example';
const due: [string, number][] = [];
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
    {
      notifiers: [
        { name: 'chat', type: 'slack', url: { env: 'CHAT' } },
        { name: 'pager', type: 'pagerduty', routingKey: { env: 'PAGER' }, url: pagerServer.url },
      ],
      secret,
    },
    { outbound, clock, publicUrl },
  ),
  onDue: (actionId, at) => void due.push([actionId, at]),
};
const desk = createDesk(parts);
const DECISION = { actor: 'on-call', comment: '' };

let sequence = 0;

beforeEach(() => {
  now += 7_200_000;
  due.length = 0;
  for (const server of [registryServer, chatServer, pagerServer]) {
    server.handler = answer(202);
    server.requests.length = 0;
  }
});

/** A rollout on record, of a target of its own unless one is given. */
async function rolloutOnRecord(mode: Mode, overrides: Partial<Rollout> = {}): Promise<Rollout> {
  const operation = `operation-${++sequence}`;
  const made = makeRollout({
    id: `rol_${sequence}`,
    target: { service: 'support-bot', environment: 'production', operation },
    startedAt: now,
    ...overrides,
  });
  const rollout = { ...made, policy: { ...made.policy, mode } };
  await recordRollout(database, rollout, {
    ...{ rolloutId: rollout.id, revision: 1, at: now, status: 'running', stage: 10, stageSince: now },
    ...{ verdict: 'rollback', reasons: [], latched: null },
  });
  return rollout;
}

async function open(mode: Mode, overrides: Partial<Rollout> = {}, baselineLive = true) {
  const rollout = await rolloutOnRecord(mode, overrides);
  const incident = await desk.open(rollout, makeGate({ at: now }), baselineLive);
  return { rollout, incident };
}

const kindsOf = async (incidentId: string) =>
  (await listIncidentEvents(database, [incidentId])).map(({ kind }) => kind as string);
const actionsOf = (incidentId: string, kind?: Action['kind']) =>
  listActions(database, { incidentIds: [incidentId], ...(kind ? { kind } : {}) });
async function statusOf(incidentId: string) {
  const incident = await getIncident(database, incidentId);
  if (!incident) throw new Error('no incident');
  return foldIncident(incident, await listIncidentEvents(database, [incidentId]));
}
async function rollbackOf(incidentId: string): Promise<Action> {
  const [action] = await actionsOf(incidentId, 'rollback');
  if (!action) throw new Error('no rollback');
  return action;
}
async function attemptAll(incidentId: string): Promise<void> {
  for (const { id } of await actionsOf(incidentId)) await desk.attempt(id);
}
const CONFIRMED: Verification = {
  ...{ kind: 'confirmed', buckets: [10, 20], share: 0, baseline: 500 },
  metrics: [{ metric: 'compliance', n: 500, failures: 1, rate: 0.002 }],
};

describe('in mode observe', () => {
  it('people are told and nothing is asked of a registry', async () => {
    const { incident } = await open('observe');
    expect((await actionsOf(incident.id)).map(({ kind, destination }) => [kind, destination]).sort()).toEqual([
      ['notify', 'chat'],
      ['notify', 'pager'],
    ]);
    await attemptAll(incident.id);
    expect(registryServer.requests).toHaveLength(0);
    expect(chatServer.requests[0]?.body).toContain('nothing was changed');
    expect(await statusOf(incident.id)).toMatchObject({ state: 'open' });
  });
});

describe('which surface did it', () => {
  const changes: Partial<Rollout> = {
    baseline: { prompt: 'v12', tools: 't3' },
    candidate: { prompt: 'v13', tools: 't4' },
    changed: ['prompt', 'tools'],
  };

  it('is on record with the incident as it was at the opening, and in every message', async () => {
    const rollout = await rolloutOnRecord('observe', { ...changes, startedAt: now - 600_000 });
    const { targetId } = rollout;
    const seen = { targetId, firstSeen: now / 1000 - 3600 };
    const [old, candidate] = await Promise.all(
      [rollout.baseline, rollout.candidate].map((selector) =>
        makeVector(database, { ...seen, values: { model: 'm', prompt: '', tools: '', context: '', ...selector } }),
      ),
    );
    const count = (vectorId: string | undefined, failures: number) => ({
      ...{ vectorId: vectorId ?? '', metric: 'compliance', n: 400, failures },
    });
    const cells = [count(old, 4), count(candidate, 40)];
    await publishBucket(database, { targetId, bucket: now / 1000 - 300, revision: now, cells });
    const explaining = createDesk({ ...parts, attribute: createAttribution(database, clock) });
    const { id } = await explaining.open(rollout, makeGate({ at: now }), true);
    for (const action of await actionsOf(id)) await explaining.attempt(action.id);
    const line =
      'Not identifiable: the prompt and the tools changed together; to tell, run arms with only the prompt taken back';
    expect(chatServer.requests[0]?.body).toContain(line);
    expect(pagerServer.requests[0]?.body).toContain(line);
    const stored = await getIncident(database, id);
    expect(stored?.evidence.attributions).toMatchObject([
      {
        metric: 'compliance',
        behaviour: expect.closeTo(0.09),
        surfaces: { kind: 'not_identifiable', confounded: ['prompt', 'tools'] },
      },
    ]);
    await publishBucket(database, {
      ...{ targetId, bucket: now / 1000 - 200, revision: now },
      cells: [count(old, 4), count(candidate, 4)],
    });
    await explaining.open(rollout, makeGate({ at: now }), true);
    expect(await getIncident(database, id)).toEqual(stored);
  });

  it('that cannot be told keeps no incident from opening', async () => {
    const rollout = await rolloutOnRecord('observe');
    const lines: string[] = [];
    const failing = createDesk({
      ...parts,
      notifiers: [],
      attribute: () => Promise.reject(new Error('the engine is busy')),
      log: (line) => void lines.push(line),
    });
    const { id } = await failing.open(rollout, makeGate({ at: now }), true);
    expect(await statusOf(id)).toMatchObject({ state: 'open' });
    expect((await getIncident(database, id))?.evidence.attributions).toEqual([]);
    expect(lines).toEqual([expect.stringMatching(/without saying which surface did it: the engine is busy/)]);
  });
});

describe('in mode auto', () => {
  it('the whole story is told: asked, accepted, seen in traffic, alert resolved', async () => {
    const { incident, rollout } = await open('auto');
    expect(await statusOf(incident.id)).toMatchObject({ state: 'rolling_back' });
    await attemptAll(incident.id);
    expect(JSON.parse(registryServer.requests[0]?.body ?? '{}')).toMatchObject({
      data: { rolloutId: rollout.id, from: { prompt: 'v13' }, to: { prompt: 'v12' } },
    });
    expect(rollbackAcceptedAt(await listIncidentEvents(database, [incident.id]))).toBe(now);
    expect(await statusOf(incident.id)).toMatchObject({ state: 'rolling_back' });

    now += 20_000;
    await desk.settle(incident.id, { kind: 'moving', share: 0.04 });
    await desk.settle(incident.id, CONFIRMED);
    await attemptAll(incident.id);
    expect(await statusOf(incident.id)).toMatchObject({ state: 'rolled_back', updatedAt: now });
    const pages = pagerServer.requests.map(({ body }) => JSON.parse(body));
    expect(pages.map(({ event_action, dedup_key }) => [event_action, dedup_key])).toEqual([
      ['trigger', incident.id],
      ['resolve', incident.id],
    ]);
    expect(chatServer.requests[1]?.body).toContain('compliance fails 0.20 % of 500');
    expect(await kindsOf(incident.id)).toEqual(
      expect.arrayContaining(['opened', 'rollback_accepted', 'traffic_moving', 'rollback_confirmed', 'notified']),
    );
    expect(await desk.due()).toEqual([]);
  });

  it('opening, planning and settling again changes nothing', async () => {
    const { incident, rollout } = await open('auto');
    const before = await Promise.all([actionsOf(incident.id), listIncidentEvents(database, [incident.id])]);
    now += 1000;
    await Promise.all([1, 2, 3].map(() => desk.open(rollout, makeGate({ at: now }), true)));
    expect(await desk.plan(incident.id, 'opened', true)).toEqual([]);
    expect(await Promise.all([actionsOf(incident.id), listIncidentEvents(database, [incident.id])])).toEqual(before);
    expect(await listIncidents(database, { rolloutId: rollout.id })).toHaveLength(1);
    expect(await listFindings(database, { incidentId: incident.id })).toHaveLength(1);
  });

  it('a registry that is down for a while is asked again, and called once more than it failed', async () => {
    registryServer.handler = (_, response, index) => void response.writeHead(index < 3 ? 503 : 202).end();
    const { incident } = await open('auto');
    const { id } = await rollbackOf(incident.id);
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(await desk.attempt(id)).toMatchObject({
        kind: 'attempted',
        action: { status: 'pending', attempts: attempt },
      });
      const { nextAttemptAt } = await rollbackOf(incident.id);
      expect(due.at(-1)).toEqual([id, nextAttemptAt]);
      expect(await desk.attempt(id)).toMatchObject({ kind: 'not_due' });
      expect((await desk.due(nextAttemptAt - 1)).map((action) => action.id)).not.toContain(id);
      now = nextAttemptAt;
      expect((await desk.due()).map((action) => action.id)).toContain(id);
    }
    expect(await desk.attempt(id)).toMatchObject({ action: { status: 'succeeded', attempts: 4 } });
    expect(await desk.attempt(id)).toMatchObject({ kind: 'not_pending' });
    expect(new Set(registryServer.requests.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([id]));
    expect(registryServer.requests).toHaveLength(4);
    expect((await kindsOf(incident.id)).filter((kind) => kind === 'rollback_attempt_failed')).toHaveLength(3);
    expect((await listActionRevisions(database, id)).map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5]);
  });

  it('a rollback that finally fails pages', async () => {
    registryServer.handler = answer(503);
    const { incident } = await open('auto');
    const { id } = await rollbackOf(incident.id);
    for (let attempt = 0; attempt < MAX_ATTEMPTS.rollback; attempt++) {
      await desk.attempt(id);
      now = Math.max(now, (await rollbackOf(incident.id)).nextAttemptAt);
    }
    expect(await rollbackOf(incident.id)).toMatchObject({ status: 'failed', attempts: MAX_ATTEMPTS.rollback });
    expect(await statusOf(incident.id)).toMatchObject({ state: 'rollback_unconfirmed' });
    await attemptAll(incident.id);
    await attemptAll(incident.id);
    const pages = pagerServer.requests.map(({ body }) => JSON.parse(body));
    expect(pages.map(({ event_action, payload }) => [event_action, payload.severity])).toEqual([
      ['trigger', 'error'],
      ['trigger', 'critical'],
    ]);
  });

  it('a refusal is final at once', async () => {
    registryServer.handler = answer(410, {}, 'gone');
    const { incident } = await open('auto');
    const { id } = await rollbackOf(incident.id);
    expect(await desk.attempt(id)).toMatchObject({
      action: { status: 'failed', detail: `${registryServer.host} answered 410: gone` },
    });
    expect(await statusOf(incident.id)).toMatchObject({ state: 'rollback_unconfirmed' });
  });

  it('a rollback that traffic does not show is unconfirmed, and confirmed when it does after all', async () => {
    const { incident } = await open('auto');
    await attemptAll(incident.id);
    await desk.settle(incident.id, { kind: 'unconfirmed', reason: 'share_left', share: 0.1 });
    expect(await statusOf(incident.id)).toMatchObject({ state: 'rollback_unconfirmed' });
    await attemptAll(incident.id);
    expect(JSON.parse(pagerServer.requests[1]?.body ?? '{}')).toMatchObject({ payload: { severity: 'critical' } });
    now += 60_000;
    await desk.settle(incident.id, CONFIRMED);
    await desk.settle(incident.id, { kind: 'unconfirmed', reason: 'share_left', share: 0.1 });
    expect(await statusOf(incident.id)).toMatchObject({ state: 'rolled_back' });
    await attemptAll(incident.id);
    expect(pagerServer.requests.map(({ body }) => JSON.parse(body).event_action)).toEqual([
      'trigger',
      'trigger',
      'resolve',
    ]);
  });
});

describe('when the process dies', () => {
  /** An engine in which no revision after the first reaches the table, as if the process died before writing it. */
  const dying: DeskParts['database'] = {
    ...{ query: database.query.bind(database), command: database.command.bind(database) },
    ...{ loadSegment: database.loadSegment.bind(database), close: async () => undefined },
    insert: async (table, rows) => {
      if (table === 'actions' && rows.some((row) => row['revision'] !== 1)) throw new Error('killed');
      await database.insert(table, rows);
    },
  };

  it('between the call and the row, the call is repeated under the same key, and there is one action', async () => {
    const { incident } = await open('auto');
    const { id } = await rollbackOf(incident.id);
    await expect(createDesk({ ...parts, database: dying }).attempt(id)).rejects.toThrow('killed');
    const reborn = createDesk(parts);
    expect((await reborn.due()).map((action) => action.id)).toContain(id);
    expect(await reborn.attempt(id)).toMatchObject({ action: { status: 'succeeded', attempts: 1 } });
    expect(registryServer.requests.map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
    expect(registryServer.requests[1]?.body).toBe(registryServer.requests[0]?.body);
    expect(await actionsOf(incident.id, 'rollback')).toHaveLength(1);
    expect((await kindsOf(incident.id)).filter((kind) => kind === 'rollback_accepted')).toHaveLength(1);
  });

  it('between the action and its line in the timeline, the line is told by the next plan', async () => {
    const rollout = await rolloutOnRecord('auto');
    const forgetful: DeskParts['database'] = {
      ...dying,
      insert: async (table, rows) => {
        if (table === 'incident_events' && rows.some((row) => row['kind'] === 'rollback_requested'))
          throw new Error('killed');
        await database.insert(table, rows);
      },
    };
    const gate = makeGate({ at: now });
    await expect(createDesk({ ...parts, database: forgetful }).open(rollout, gate, true)).rejects.toThrow('killed');
    const incident = await createDesk(parts).open(rollout, gate, true);
    expect(await actionsOf(incident.id, 'rollback')).toHaveLength(1);
    expect(await statusOf(incident.id)).toMatchObject({ state: 'rolling_back' });
  });
});

describe('catching up', () => {
  it('tells people what a crash kept from being told, once, and nothing that is old', async () => {
    const { incident } = await open('auto');
    const closed = await open('observe');
    const unconfigured = createDesk({ ...parts, notifiers: [] });
    await attemptAll(incident.id);
    await unconfigured.settle(incident.id, CONFIRMED);
    await unconfigured.resolve(closed.incident.id, DECISION);
    const occasions = async (incidentId: string) =>
      (await actionsOf(incidentId, 'notify')).map(({ occasion }) => occasion).sort();
    expect(await occasions(incident.id)).toEqual(['opened', 'opened']);
    await desk.catchUp();
    await desk.catchUp();
    expect(await occasions(incident.id)).toEqual(['opened', 'opened', 'rolled_back', 'rolled_back']);
    expect(await occasions(closed.incident.id)).toEqual(['opened', 'opened', 'resolved', 'resolved']);

    const late = await open('auto');
    await attemptAll(late.incident.id);
    await unconfigured.settle(late.incident.id, CONFIRMED);
    now += 90_000_000;
    await desk.catchUp();
    expect(await occasions(late.incident.id)).toEqual(['opened', 'opened']);
  });

  it('fails an action whose incident is not on record any more', async () => {
    const orphan = {
      ...(await rollbackOf((await open('auto')).incident.id)),
      id: 'act_orphan',
      incidentId: 'inc_gone',
    };
    await recordActions(database, [orphan]);
    expect(await desk.attempt('act_orphan')).toMatchObject({ kind: 'not_pending', action: { status: 'failed' } });
    expect((await desk.due()).map(({ id }) => id)).not.toContain('act_orphan');
  });
});

describe('attempts', () => {
  it('at the same action at the same time make one call', async () => {
    const { incident } = await open('auto');
    const { id } = await rollbackOf(incident.id);
    const attempts = await Promise.all([desk.attempt(id), desk.attempt(id), desk.attempt(id)]);
    expect(attempts.map(({ kind }) => kind).sort()).toEqual(['attempted', 'in_flight', 'in_flight']);
    expect(registryServer.requests).toHaveLength(1);
  });

  it('at an unknown action do nothing', async () => {
    expect(await desk.attempt('act_none')).toEqual({ kind: 'unknown' });
  });

  it('honour Retry-After of a chat that is busy', async () => {
    chatServer.handler = answer(429, { 'retry-after': '30' });
    const { incident } = await open('observe');
    const chat = (await actionsOf(incident.id)).find(({ destination }) => destination === 'chat');
    await desk.attempt(chat?.id ?? '');
    expect((await actionsOf(incident.id)).find(({ destination }) => destination === 'chat')).toMatchObject({
      status: 'pending',
      nextAttemptAt: now + 30_500,
    });
  });

  it('never let a later message overtake an earlier one to the same destination', async () => {
    pagerServer.handler = answer(503);
    const { incident } = await open('observe');
    await attemptAll(incident.id);
    await desk.resolve(incident.id, DECISION);
    const pages = (await actionsOf(incident.id)).filter(({ destination }) => destination === 'pager');
    const resolved = pages.find(({ occasion }) => occasion === 'resolved');
    const opened = pages.find(({ occasion }) => occasion === 'opened');
    expect(await desk.attempt(resolved?.id ?? '')).toMatchObject({ kind: 'waits_for', earlier: { id: opened?.id } });
    pagerServer.handler = answer(202);
    now = Math.max(now, opened?.nextAttemptAt ?? 0);
    due.length = 0;
    await desk.attempt(opened?.id ?? '');
    expect(due).toEqual([[resolved?.id, now]]);
    await desk.attempt(resolved?.id ?? '');
    expect(pagerServer.requests.map(({ body }) => JSON.parse(body).event_action)).toEqual([
      'trigger',
      'trigger',
      'resolve',
    ]);
  });

  it('at a destination that is not configured any more fail with the reason', async () => {
    const { incident } = await open('auto');
    const bare = createDesk({ ...parts, registries: [], notifiers: [] });
    for (const { id } of await actionsOf(incident.id)) await bare.attempt(id);
    const details = (await actionsOf(incident.id)).map(({ status, detail }) => `${status}: ${detail}`);
    expect(details).toContain('failed: no registry is configured that holds the prompt pointer');
    expect(details).toContain('failed: no notifier called chat is configured any more');
  });
});

describe('in mode approve', () => {
  it('a person decides, and the decision is on the timeline', async () => {
    const { incident } = await open('approve');
    const { id } = await rollbackOf(incident.id);
    expect(await statusOf(incident.id)).toMatchObject({ state: 'awaiting_approval' });
    expect(await desk.attempt(id)).toMatchObject({ kind: 'not_pending' });
    await attemptAll(incident.id);
    expect(registryServer.requests).toHaveLength(0);
    expect(chatServer.requests[0]?.body).toContain('waits for a person');

    await desk.approve(id, { actor: 'on-call', comment: 'looks right' });
    expect(await statusOf(incident.id)).toMatchObject({ state: 'rolling_back', acknowledged: false });
    expect(due.at(-1)).toEqual([id, now]);
    expect(await desk.attempt(id)).toMatchObject({ action: { status: 'succeeded' } });
    const approved = (await listIncidentEvents(database, [incident.id])).find(({ kind }) => kind === 'approved');
    expect(approved?.message).toBe('on-call approved the rollback: looks right.');
    await expect(desk.approve(id, DECISION)).rejects.toMatchObject({ code: 'LEEWAY_CONFLICT' });
  });

  it('a rejected rollback never happens', async () => {
    const { incident, rollout } = await open('approve');
    const { id } = await rollbackOf(incident.id);
    await desk.reject(id, DECISION);
    expect(await rollbackOf(incident.id)).toMatchObject({ status: 'cancelled' });
    expect(await statusOf(incident.id)).toMatchObject({ state: 'open', acknowledged: true });
    await desk.open(rollout, makeGate({ at: now }), true);
    expect(await desk.attempt(id)).toMatchObject({ kind: 'not_pending' });
    expect(await statusOf(incident.id)).toMatchObject({ state: 'open', acknowledged: true });
    await expect(desk.approve(id, DECISION)).rejects.toMatchObject({ code: 'LEEWAY_CONFLICT' });
    await expect(desk.reject('act_none', DECISION)).rejects.toMatchObject({ code: 'LEEWAY_NOT_FOUND' });
  });

  it('a cancelled action is not attempted', async () => {
    const { incident } = await open('auto');
    const { id } = await rollbackOf(incident.id);
    await desk.cancel(id, 'superseded');
    expect(await desk.attempt(id)).toMatchObject({ kind: 'not_pending', action: { detail: 'superseded' } });
    await expect(desk.cancel(id, 'again')).rejects.toMatchObject({ code: 'LEEWAY_CONFLICT' });
  });
});

describe('a rollback is withheld', () => {
  const withheld = async (incidentId: string) =>
    (await listIncidentEvents(database, [incidentId])).filter(({ kind }) => kind === 'rollback_withheld');

  it('when nothing is configured that could carry it out, and people are told that they must act', async () => {
    const { incident } = await open('auto', {
      changed: ['model'],
      baseline: { model: 'a' },
      candidate: { model: 'b' },
    });
    expect(await actionsOf(incident.id, 'rollback')).toEqual([]);
    expect((await withheld(incident.id))[0]?.message).toBe(
      'Leeway does not roll back: no registry is configured that holds the model pointer. A person must act.',
    );
    await attemptAll(incident.id);
    expect(chatServer.requests[0]?.body).toContain('A person must act');
    expect(await statusOf(incident.id)).toMatchObject({ state: 'open' });
  });

  it('when only a part of it could be moved', async () => {
    const versions = { prompt: 'x', model: 'x' };
    const { incident } = await open('auto', { changed: ['prompt', 'model'], baseline: versions, candidate: versions });
    expect(await actionsOf(incident.id, 'rollback')).toEqual([]);
  });

  it('when the baseline is failing itself, was never live, or is not known', async () => {
    const { incident } = await open('auto', {}, false);
    expect((await withheld(incident.id))[0]?.data).toMatchObject({ guard: 'baseline_not_live' });
    const untagged = await open('auto', { baseline: { prompt: '' } });
    expect((await withheld(untagged.incident.id))[0]?.message).toContain("the baseline's prompt version is not known");
  });

  it('once a person has taken the incident on', async () => {
    const { incident, rollout } = await open('auto', {}, false);
    now += 1000;
    await desk.acknowledge(incident.id, DECISION);
    await desk.acknowledge(incident.id, DECISION);
    await desk.open(rollout, makeGate({ at: now }), true);
    expect(await actionsOf(incident.id, 'rollback')).toEqual([]);
    expect((await withheld(incident.id)).map(({ data }) => data['guard'])).toEqual([
      'baseline_not_live',
      'human_decision',
    ]);
  });

  it('during the cool-down of its target, and starts when it is over', async () => {
    const first = await open('auto');
    const second = await open('auto', { target: first.rollout.target });
    expect((await withheld(second.incident.id))[0]?.data).toMatchObject({ guard: 'cool_down' });
    now += (ROLLBACK_COOL_DOWN_SECONDS - 1) * 1000;
    await desk.plan(second.incident.id, 'opened', true);
    expect(await actionsOf(second.incident.id, 'rollback')).toEqual([]);
    now += 1000;
    await desk.plan(second.incident.id, 'opened', true);
    expect(await actionsOf(second.incident.id, 'rollback')).toHaveLength(1);
    expect(await statusOf(second.incident.id)).toMatchObject({ state: 'rolling_back' });
  });

  it('beyond the hourly budget of its target, not of another', async () => {
    const first = await open('auto');
    const { target } = first.rollout;
    for (let rollback = 1; rollback < ROLLBACKS_PER_HOUR; rollback++) {
      now += ROLLBACK_COOL_DOWN_SECONDS * 1000;
      expect(await actionsOf((await open('auto', { target })).incident.id, 'rollback')).toHaveLength(1);
    }
    now += ROLLBACK_COOL_DOWN_SECONDS * 1000;
    const beyond = await open('auto', { target });
    expect((await withheld(beyond.incident.id))[0]?.data).toMatchObject({ guard: 'hourly_budget' });
    expect(await actionsOf((await open('auto')).incident.id, 'rollback')).toHaveLength(1);
    expect(await actionsOf((await open('approve', { target })).incident.id, 'rollback')).toHaveLength(1);
  });
});

describe('resolving', () => {
  it('gives up a rollback that was not delivered, and closes the alert', async () => {
    const { incident } = await open('auto');
    await desk.resolve(incident.id, { actor: 'on-call', comment: 'moved by hand' });
    expect(await rollbackOf(incident.id)).toMatchObject({ status: 'cancelled' });
    await attemptAll(incident.id);
    await attemptAll(incident.id);
    expect(registryServer.requests).toHaveLength(0);
    expect(pagerServer.requests.map(({ body }) => JSON.parse(body).event_action)).toEqual(['trigger', 'resolve']);
    expect(await statusOf(incident.id)).toMatchObject({ state: 'resolved', acknowledged: true });
    await expect(desk.resolve(incident.id, DECISION)).rejects.toMatchObject({ code: 'LEEWAY_CONFLICT' });
    await expect(desk.acknowledge('inc_none', DECISION)).rejects.toMatchObject({ code: 'LEEWAY_NOT_FOUND' });
  });
});

describe('the tables', () => {
  it('give back what was written, the newest revision first, and the same row twice once', async () => {
    const { incident } = await open('auto');
    expect(await getIncident(database, incident.id)).toEqual(incident);
    const action = await rollbackOf(incident.id);
    await recordActions(database, [action, { ...action, revision: 2, status: 'succeeded', attempts: 1 }, action]);
    expect(await rollbackOf(incident.id)).toMatchObject({ revision: 2, status: 'succeeded', nextAttemptAt: now });
    expect(await listActionRevisions(database, action.id)).toHaveLength(2);
    expect(await actionsOf('inc_none')).toEqual([]);
    expect(await listActions(database, { incidentIds: [] })).toEqual([]);
    expect(await listActions(database, { incidentIds: [incident.id], status: 'pending' })).toHaveLength(2);
  });
});
