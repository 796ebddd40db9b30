import { describe, expect, it } from 'vitest';
import { createWebhooks, type WebhookSettings } from '../../collectors/webhooks/index.js';
import type { WebhookRequest } from '../../collectors/webhooks/source.js';
import { MAX_INCOMING_WEBHOOK_BYTES } from '../../src/api/routes/webhooks.js';
import type { Deployment, Problem } from '../../src/api/schemas.js';
import {
  cdevent,
  deploymentStatus,
  flagChange,
  fromGitHub,
  fromLangfuse,
  fromLaunchDarkly,
  fromStandard,
  posted,
  promptVersion,
  SECRETS,
  withBearer,
} from '../collectors/webhooks/deliveries.js';
import { startEngine } from '../support/engine.js';
import { NOW_MS, startApi } from './api-client.js';

const NOW_SECONDS = NOW_MS / 1000;

type Configured = Pick<WebhookSettings, 'name' | 'type'> & Partial<WebhookSettings>;
const webhook = (given: Configured, secret: string): WebhookSettings => ({
  target: {},
  only: {},
  label: 'production',
  secret: () => secret,
  ...given,
});

const CONFIGURED = [
  webhook({ name: 'prompts', type: 'langfuse', target: { service: 'bot', environment: 'prod' } }, SECRETS.langfuse),
  webhook(
    {
      name: 'flags',
      type: 'launchdarkly',
      target: { service: 'flagged', environment: 'prod' },
      only: { subject: 'triage-prompt', environment: 'production' },
      surface: 'prompt',
    },
    SECRETS.launchdarkly,
  ),
  webhook({ name: 'releases', type: 'github', surface: 'context' }, SECRETS.github),
  webhook({ name: 'rollouts', type: 'argo', target: { service: 'argo-bot' }, surface: 'prompt' }, SECRETS.token),
  webhook({ name: 'canaries', type: 'flagger', target: { service: 'flagger-bot' }, surface: 'tools' }, SECRETS.token),
  webhook({ name: 'events', type: 'cdevents', target: { service: 'cd-bot' }, surface: 'model' }, SECRETS.token),
  webhook({ name: 'signed-events', type: 'cdevents', target: { service: 'cd-2' }, surface: 'model' }, SECRETS.standard),
  webhook({ name: 'own', type: 'standard' }, SECRETS.standard),
];

const database = await startEngine();
const lines: string[] = [];
const webhooks = createWebhooks(database, CONFIGURED);
const plain = await startApi(database);
const api = await startApi(database, {
  intake: { ...plain.parts.intake, webhook: (name, delivery, nowMs) => webhooks.receive(name, delivery, nowMs) },
  log: (line) => lines.push(line),
});

interface Taken {
  readonly deployments: Deployment[];
  readonly ignored: string[];
}

async function deliver(name: string, { headers, body, token }: WebhookRequest) {
  const query = token === '' ? '' : `?token=${encodeURIComponent(token)}`;
  const response = await fetch(`${api.url}/api/v1/webhooks/${name}${query}`, {
    method: 'POST',
    headers: Object.entries(headers).map(([key, value]): [string, string] => [key, String(value)]),
    body,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Taken & Problem };
}

const moves = async (service: string) => {
  const { body } = await api.get<{ deployments: Deployment[] }>(`/api/v1/deployments?service=${service}`);
  return body.deployments.map(({ previousVersion, version }) => `${previousVersion} → ${version}`);
};

describe('a delivery becomes a deployment', () => {
  it('from Langfuse: of the two events of a move the one of the winner', async () => {
    const won = fromLangfuse(promptVersion(13, ['production', 'latest']), NOW_SECONDS);
    const lost = fromLangfuse(promptVersion(12, []), NOW_SECONDS);
    expect((await deliver('prompts', lost)).body).toEqual({
      deployments: [],
      ignored: ['version 12 of support-triage does not have the label production'],
    });
    const { status, body } = await deliver('prompts', won);
    expect(status).toBe(202);
    expect(body).toEqual({
      ignored: [],
      deployments: [
        {
          id: expect.stringMatching(/^dep_[0-9a-f]{16}$/),
          service: 'bot',
          environment: 'prod',
          operation: 'support-triage',
          surface: 'prompt',
          version: '13',
          previousVersion: '',
          actor: 'Ada',
          source: 'langfuse',
          comment: 'shorter',
          at: '2026-11-23T11:59:58.000Z',
        },
      ],
    });
  });

  it('from Langfuse: a tag that changes is no move, and a way back is told as one', async () => {
    const at = (minutes: number) => new Date(NOW_MS - 60_000 + minutes * 60_000).toISOString();
    const tagged = promptVersion(13, ['production'], { id: 'evt-tag', timestamp: at(0) });
    const moved = promptVersion(14, ['production'], { id: 'evt-14', timestamp: at(1) });
    const back = promptVersion(13, ['production'], { id: 'evt-back', timestamp: at(2) });
    const before = await moves('bot');
    const tag = await deliver('prompts', fromLangfuse({ ...tagged, timestamp: at(1) }, NOW_SECONDS));
    expect(tag.body.ignored).toEqual([expect.stringMatching(/^13 is live already, since 2026-11-23T11:59:58/)]);
    await deliver('prompts', fromLangfuse(moved, NOW_SECONDS));
    const { body } = await deliver('prompts', fromLangfuse(back, NOW_SECONDS));
    expect(body.deployments[0]?.comment).toBe('return to an earlier version; shorter');
    expect(await moves('bot')).toEqual(['14 → 13', '13 → 14', ...before]);
  });

  it('from LaunchDarkly, under Leeway’s names; other flags and environments are none of it', async () => {
    const serving = (variation: number) => ({ on: true, fallthrough: { variation }, offVariation: 0 });
    const change = flagChange(serving(0), serving(1));
    const { status, body } = await deliver('flags', fromLaunchDarkly(change));
    expect([status, body.deployments]).toEqual([
      202,
      [expect.objectContaining({ service: 'flagged', environment: 'prod', version: 'v13', previousVersion: 'v12' })],
    ]);
    const elsewhere = { ...change, _id: 'other', currentVersion: { ...change.currentVersion, key: 'another' } };
    expect((await deliver('flags', fromLaunchDarkly(elsewhere))).body.ignored[0]).toMatch(/it is about another/);
    expect(await moves('flagged')).toEqual(['v12 → v13']);
  });

  it('from GitHub, when the deployment has succeeded', async () => {
    await deliver('releases', fromGitHub('deployment_status', deploymentStatus('pending')));
    expect(await moves('support-bot')).toEqual([]);
    const { body } = await deliver('releases', fromGitHub('deployment_status', deploymentStatus('success')));
    expect(body.deployments).toMatchObject([{ surface: 'context', environment: 'production', source: 'github' }]);
    expect((await deliver('releases', fromGitHub('ping', { zen: 'x' }))).body.ignored).toEqual([
      'a ping is no deployment',
    ]);
  });

  it('from Argo Rollouts: an abort goes back to what was live before', async () => {
    const note = (event: string, version: string, revision: number) => ({
      event,
      rollout: 'support-bot',
      namespace: 'ml',
      version,
      revision: String(revision),
    });
    await deliver('rollouts', withBearer({ ...note('on-rollout-updated', 'v12', 1), time: '2026-11-23T10:00:00Z' }));
    await deliver('rollouts', withBearer({ ...note('on-rollout-updated', 'v13', 2), time: '2026-11-23T11:00:00Z' }));
    const { body } = await deliver('rollouts', withBearer(note('on-rollout-aborted', 'v13', 2)));
    expect(body.deployments).toMatchObject([
      { version: 'v12', previousVersion: 'v13', comment: 'rollback; rollout aborted' },
    ]);
    expect(await moves('argo-bot')).toEqual(['v13 → v12', 'v12 → v13', ' → v12']);
  });

  it('from Flagger, whose token is in the address; many messages are one move', async () => {
    const event = (phase: string, checksum: string, minute: number) =>
      posted(
        JSON.stringify({
          name: 'support-bot',
          namespace: 'ml',
          phase,
          checksum,
          metadata: { eventMessage: `${phase} ${minute}`, timestamp: String(NOW_MS - 3_600_000 + minute * 60_000) },
        }),
        {},
        SECRETS.token,
      );
    const all = [
      event('Failed', 'aaa', 0),
      event('Progressing', 'aaa', 1),
      event('Progressing', 'aaa', 2),
      event('Succeeded', 'aaa', 3),
      event('Progressing', 'bbb', 4),
      event('Failed', 'bbb', 5),
    ];
    const ignored: string[] = [];
    for (const one of all) ignored.push(...(await deliver('canaries', one)).body.ignored);
    expect(await moves('flagger-bot')).toEqual(['bbb → aaa', 'aaa → bbb', ' → aaa']);
    expect(ignored).toEqual([
      expect.stringMatching(/nothing on record says to which version/),
      expect.stringMatching(/aaa is live already/),
      expect.stringMatching(/aaa is live already/),
    ]);
  });

  it('from CDEvents, by token and by signature, structured and binary', async () => {
    const binary = await deliver('events', withBearer(cdevent('service.deployed'), { 'ce-id': 'x' }));
    expect(binary.body.deployments).toMatchObject([{ service: 'cd-bot', surface: 'model', source: 'cdevents' }]);
    const back = cdevent('service.rolledback', { id: '2', customData: { version: 'v12' } });
    const envelope = { specversion: '1.0', id: '2', source: 's', type: back.context.type, data: back };
    const headers = { 'content-type': 'application/cloudevents+json' };
    const signed = fromStandard(envelope, { id: 'msg_2', atSeconds: NOW_SECONDS, headers });
    const { body } = await deliver('signed-events', signed);
    expect(body.deployments).toMatchObject([
      { service: 'cd-2', version: 'v12', comment: expect.stringMatching(/^rollback; /) },
    ]);
  });

  it('from anything that speaks Standard Webhooks', async () => {
    const data = { service: 'own-bot', surface: 'prompt', version: 'v13', previousVersion: 'v12' };
    const payload = { type: 'prompt.released', timestamp: '2026-11-23T11:59:00Z', data };
    const { body } = await deliver('own', fromStandard(payload, { id: 'msg_1', atSeconds: NOW_SECONDS }));
    expect(body.deployments).toMatchObject([{ ...data, at: '2026-11-23T11:59:00.000Z', source: 'standard' }]);
  });
});

describe('a delivery that comes again', () => {
  it('is the same deployment, also when another came in between', async () => {
    const release = (id: string, version: string) =>
      fromStandard(
        { type: 'x', data: { service: 'replayed', surface: 'prompt', version } },
        { id, atSeconds: NOW_SECONDS },
      );
    const first = await deliver('own', release('msg_a', 'v1'));
    await deliver('own', release('msg_b', 'v2'));
    const again = await deliver('own', release('msg_a', 'v1'));
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(await moves('replayed')).toHaveLength(2);
  });

  it('is refused once its signature is five minutes old', async () => {
    const stale = fromLangfuse(promptVersion(99, ['production']), NOW_SECONDS - 301);
    const { status, body } = await deliver('prompts', stale);
    expect([status, body.code]).toEqual([401, 'LEEWAY_UNAUTHENTICATED']);
    expect(body.detail).toMatch(/signed 301 seconds ago/);
  });
});

describe('a delivery is refused', () => {
  it('when nobody knows its name', async () => {
    const { status, body } = await deliver('nobody', withBearer({}));
    expect([status, body.code]).toEqual([404, 'LEEWAY_NOT_FOUND']);
  });

  it.each(CONFIGURED.map(({ name }) => name))('without proof, by %s, and told nothing', async (name) => {
    const forged = posted(JSON.stringify(promptVersion(66, ['production'])), {
      'x-langfuse-signature': `t=${NOW_SECONDS},v1=${'0'.repeat(64)}`,
      'x-ld-signature': '0'.repeat(64),
      'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(NOW_SECONDS),
      'webhook-signature': `v1,${'A'.repeat(43)}=`,
      authorization: 'Bearer nothing',
    });
    const { status, headers, text, body } = await deliver(name, forged);
    expect([status, body.code, headers.get('content-type')]).toEqual([
      401,
      'LEEWAY_UNAUTHENTICATED',
      expect.stringContaining('application/problem+json'),
    ]);
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/expected|hmac/i);
  });

  it('before its body is looked at: a forger learns nothing of the form', async () => {
    expect((await deliver('prompts', posted('not JSON', {}))).status).toBe(401);
  });

  it.each([
    ['no JSON', 'canaries', posted('not JSON', {}, SECRETS.token), /not JSON/],
    ['nothing at all', 'canaries', posted('', {}, SECRETS.token), /not JSON/],
    ['JSON nested too deep', 'canaries', posted('['.repeat(500) + ']'.repeat(500), {}, SECRETS.token), /too deep/],
    ['a missing field', 'prompts', fromLangfuse({ type: 'prompt-version' }, NOW_SECONDS), /body\.action must be/],
    [
      'a time that none can have',
      'events',
      withBearer({
        ...cdevent('service.deployed'),
        context: { ...cdevent('service.deployed').context, id: 'y', timestamp: '9999-01-01T00:00:00Z' },
      }),
      /time must lie/,
    ],
    [
      'no surface anywhere',
      'own',
      fromStandard({ type: 'x', data: { service: 's', version: 'v' } }, { id: 'm', atSeconds: NOW_SECONDS }),
      /names no surface/,
    ],
    [
      'no service anywhere',
      'own',
      fromStandard({ type: 'x', data: { surface: 'model', version: 'v' } }, { id: 'n', atSeconds: NOW_SECONDS }),
      /names no service/,
    ],
  ])('with %s, by the name of the field', async (_what, name, delivery, detail) => {
    const { status, body } = await deliver(name, delivery);
    expect([status, body.detail]).toEqual([400, expect.stringMatching(detail)]);
  });

  it('when it is too large, or not JSON by its type', async () => {
    const ofLength = (bytes: number) => posted(`{"text":"${'x'.repeat(bytes - 11)}"}`, {}, SECRETS.token);
    expect((await deliver('canaries', ofLength(MAX_INCOMING_WEBHOOK_BYTES))).status).not.toBe(413);
    expect((await deliver('canaries', ofLength(MAX_INCOMING_WEBHOOK_BYTES + 1))).status).toBe(413);
    const form = posted('payload=%7B%7D', { 'content-type': 'application/x-www-form-urlencoded' }, SECRETS.token);
    expect((await deliver('releases', form)).status).toBe(415);
  });
});

describe('every delivery', () => {
  it('is counted by type and result, and logged in one line', async () => {
    const metrics = await api.parts.telemetry.render();
    expect(metrics).toMatch(/leeway_ingest_webhooks_total\{type="langfuse",result="taken"\} [1-9]/);
    expect(metrics).toMatch(/leeway_ingest_webhooks_total\{type="flagger",result="ignored"\} [1-9]/);
    expect(metrics).toMatch(/leeway_ingest_webhooks_total\{type="github",result="refused"\} [1-9]/);
    expect(lines).toContainEqual(expect.stringMatching(/^webhook prompts: prompt 13 \(dep_/));
    expect(lines.every((line) => !/\p{Cc}/u.test(line))).toBe(true);
    for (const secret of Object.values(SECRETS)) expect(lines.join('\n')).not.toContain(secret);
  });
});

describe('webhooks that could never work', () => {
  it.each([
    ['no service', webhook({ name: 'w', type: 'langfuse' }, SECRETS.langfuse), /target\.service/],
    [
      'no surface',
      webhook({ name: 'w', type: 'launchdarkly', target: { service: 's' } }, SECRETS.launchdarkly),
      /surface/,
    ],
    ['a weak token', webhook({ name: 'w', type: 'flagger', surface: 'model' }, 'short'), /at least 16 characters/],
    ['another kind of secret', webhook({ name: 'w', type: 'standard' }, SECRETS.token), /whsec_/],
  ])('are found at the start: %s', (_what, settings, message) => {
    expect(() => createWebhooks(database, [settings])).toThrow(message);
  });
});
