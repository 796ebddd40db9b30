import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argo } from '../../../collectors/webhooks/argo.js';
import { cdevents } from '../../../collectors/webhooks/cdevents.js';
import { MAX_WEBHOOK_COMMENT_LENGTH, MAX_WEBHOOK_NAME_LENGTH } from '../../../collectors/webhooks/fields.js';
import { flagger } from '../../../collectors/webhooks/flagger.js';
import { github } from '../../../collectors/webhooks/github.js';
import { langfuse } from '../../../collectors/webhooks/langfuse.js';
import { launchdarkly } from '../../../collectors/webhooks/launchdarkly.js';
import type { DeploymentEvent, WebhookSource } from '../../../collectors/webhooks/source.js';
import { standard } from '../../../collectors/webhooks/standard.js';
import { LeewayError } from '../../../src/model/index.js';
import { cdevent, deploymentStatus, flagChange, posted, promptVersion } from './deliveries.js';

/** What a source reads in a payload: its events, or in words why there are none. */
function read(source: WebhookSource, payload: unknown, headers: Record<string, string> = {}) {
  const body = JSON.stringify(payload) ?? '';
  const reading = source.read(payload, posted(body, headers), 'production');
  return reading.kind === 'events' ? reading.events : reading.reason;
}

function event(source: WebhookSource, payload: unknown, headers: Record<string, string> = {}): DeploymentEvent {
  const events = read(source, payload, headers);
  if (typeof events === 'string' || events.length !== 1 || !events[0]) throw new Error(`not one event: ${events}`);
  return events[0];
}

const problem = (source: WebhookSource, payload: unknown, headers: Record<string, string> = {}) => {
  try {
    return `read: ${JSON.stringify(read(source, payload, headers))}`;
  } catch (error) {
    if (error instanceof LeewayError && error.status === 400) return error.message;
    throw error;
  }
};

describe('Langfuse', () => {
  it('tells of the version that has the label now', () => {
    expect(event(langfuse, promptVersion(13, ['production', 'latest']))).toEqual({
      eventId: 'evt-13-production-latest',
      atMs: Date.parse('2026-11-23T11:59:58.000Z'),
      subject: 'support-triage',
      service: '',
      environment: '',
      operation: 'support-triage',
      surface: null,
      change: 'released',
      version: '13',
      previousVersion: '',
      actor: 'Ada',
      comment: 'shorter',
    });
  });

  it('is ignored for the version that lost it, and for what is no move', () => {
    expect(read(langfuse, promptVersion(12, ['latest']))).toBe(
      'version 12 of support-triage does not have the label production',
    );
    expect(read(langfuse, promptVersion(12, ['production'], { action: 'deleted' }))).toMatch(/was deleted/);
    expect(read(langfuse, { type: 'monitor-alert', payload: {} })).toMatch(/monitor-alert/);
  });

  it('takes the label that the configuration names', () => {
    const payload = promptVersion(13, ['live']);
    expect(langfuse.read(payload, posted('', {}), 'live').kind).toBe('events');
  });

  it.each([
    ['type', promptVersion(1, [], { type: undefined }), 'body.type must be a text that is not empty'],
    ['action', promptVersion(1, [], { action: { x: 1 } }), 'body.action must be'],
    ['prompt', promptVersion(1, [], { prompt: 'none' }), 'body.prompt.name must be'],
    ['id', promptVersion(1, ['production'], { id: undefined }), 'body.id must be'],
    ['time', promptVersion(1, ['production'], { timestamp: 'yesterday' }), 'body.timestamp must be a time'],
  ])('is malformed without a %s', (_field, payload, message) => {
    expect(problem(langfuse, payload)).toContain(message);
  });
});

describe('LaunchDarkly', () => {
  const serving = (variation: number) => ({ on: true, fallthrough: { variation }, offVariation: 0 });
  const rollout = (...weights: number[]) => ({
    on: true,
    fallthrough: { rollout: { variations: weights.map((weight, variation) => ({ variation, weight })) } },
    offVariation: 0,
  });

  it('tells what a flag serves by default, before and after', () => {
    expect(event(launchdarkly, flagChange(serving(0), serving(1)))).toMatchObject({
      eventId: '57c0a8e29969090743529965 production',
      atMs: Date.parse('2026-11-23T11:50:00Z'),
      subject: 'triage-prompt',
      environment: 'production',
      version: 'v13',
      previousVersion: 'v12',
      actor: 'Reese Applebaum',
      comment: 'flag triage-prompt; try thirteen',
    });
  });

  it('tells of a flag that is switched on or off', () => {
    expect(event(launchdarkly, flagChange({ ...serving(1), on: false }, serving(1)))).toMatchObject({
      version: 'v13',
      previousVersion: 'v12',
    });
    expect(event(launchdarkly, flagChange(serving(1), { ...serving(1), on: false }))).toMatchObject({
      version: 'v12',
      previousVersion: 'v13',
    });
  });

  it('tells of weights: the variation that gains most, with its share', () => {
    expect(event(launchdarkly, flagChange(serving(0), rollout(87_500, 12_500)))).toMatchObject({
      version: 'v13',
      previousVersion: 'v12',
      comment: 'flag triage-prompt; 12.5 % of the default traffic; try thirteen',
    });
  });

  it('calls a variation by its name when its value is no version', () => {
    expect(event(launchdarkly, flagChange(serving(0), serving(2))).version).toBe('A whole prompt');
  });

  it('is ignored when nothing that is served by default changed', () => {
    expect(read(launchdarkly, flagChange(serving(0), serving(0)))).toMatch(/did not change/);
    expect(read(launchdarkly, flagChange(serving(0), serving(99)))).toMatch(/did not change/);
    expect(read(launchdarkly, flagChange(serving(0), serving(1), { kind: 'segment' }))).toMatch(/segment/);
    expect(read(launchdarkly, flagChange(serving(0), serving(1), { previousVersion: undefined }))).toMatch(/before/);
    expect(read(launchdarkly, flagChange(serving(0), serving(1), { accesses: [] }))).toMatch(/did not change/);
  });

  it('is malformed without an id', () => {
    expect(problem(launchdarkly, flagChange(serving(0), serving(1), { _id: undefined }))).toContain('body._id');
  });
});

describe('GitHub', () => {
  const STATUS = { 'x-github-event': 'deployment_status' };

  it('tells of a deployment once it succeeded', () => {
    expect(event(github, deploymentStatus('success'), STATUS)).toMatchObject({
      eventId: 'deployment 4711',
      atMs: Date.parse('2026-11-23T11:40:00Z'),
      subject: 'example/support-bot',
      service: 'support-bot',
      environment: 'production',
      version: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
      actor: 'octocat',
      comment: 'main; nightly',
      change: 'released',
    });
    for (const state of ['pending', 'in_progress', 'failure', 'inactive'])
      expect(read(github, deploymentStatus(state), STATUS)).toBe(`the deployment's state is ${state}`);
  });

  it.each([
    ['an object', { version: 'v13', surface: 'prompt', operation: 'triage', service: 'bot', previousVersion: 'v12' }],
    ['JSON text', '{"version":"v13","surface":"prompt","operation":"triage","service":"bot","previousVersion":"v12"}'],
  ])('takes what the payload says as %s', (_how, payload) => {
    expect(event(github, deploymentStatus('success', { payload }), STATUS)).toMatchObject({
      version: 'v13',
      surface: 'prompt',
      operation: 'triage',
      service: 'bot',
      previousVersion: 'v12',
    });
  });

  it('tells of a rollback by its task or its payload', () => {
    expect(event(github, deploymentStatus('success', { task: 'deploy:rollback' }), STATUS).change).toBe('rolled_back');
    expect(event(github, deploymentStatus('success', { payload: { rollback: true } }), STATUS).change).toBe(
      'rolled_back',
    );
  });

  it('tells of a dispatch that names a version, the same for the same bytes', () => {
    const dispatch = (version: string) => ({
      action: 'prompt-released',
      client_payload: { version, surface: 'prompt', environment: 'production' },
      repository: { name: 'support-bot', full_name: 'example/support-bot' },
      sender: { login: 'octocat' },
    });
    const headers = { 'x-github-event': 'repository_dispatch' };
    const first = event(github, dispatch('v13'), headers);
    expect(first).toMatchObject({ version: 'v13', surface: 'prompt', environment: 'production', atMs: null });
    expect(event(github, dispatch('v13'), headers).eventId).toBe(first.eventId);
    expect(event(github, dispatch('v14'), headers).eventId).not.toBe(first.eventId);
    expect(read(github, { ...dispatch('v13'), client_payload: {} }, headers)).toMatch(/names no version/);
  });

  it.each(['ping', 'push', 'deployment', ''])('ignores %j', (name) => {
    expect(read(github, { zen: 'x' }, { 'x-github-event': name })).toEqual(expect.any(String));
  });

  it.each([
    ['state', { deployment_status: {} }, 'body.deployment_status.state'],
    ['deployment', { ...deploymentStatus('success'), deployment: 7 }, 'body.deployment must be an object'],
    ['surface', deploymentStatus('success', { payload: { surface: 'weather' } }), 'body.surface must be one of model'],
  ])('is malformed with a bad %s', (_field, payload, message) => {
    expect(problem(github, payload, STATUS)).toContain(message);
  });
});

describe('Argo Rollouts', () => {
  const NOTE = {
    event: 'on-rollout-completed',
    rollout: 'support-bot',
    namespace: 'ml',
    version: 'v13',
    previousVersion: 'v12',
    revision: '14',
    time: '2026-11-23T11:45:00Z',
  };

  it('tells of an update, of its completion and of an abort', () => {
    expect(event(argo, NOTE)).toMatchObject({
      eventId: 'ml/support-bot completed 14',
      subject: 'ml/support-bot',
      service: 'support-bot',
      version: 'v13',
      previousVersion: 'v12',
      change: 'released',
      actor: 'Argo Rollouts',
    });
    expect(event(argo, { ...NOTE, event: 'updated' }).eventId).toBe('ml/support-bot updated 14');
    expect(event(argo, { ...NOTE, event: 'on-rollout-aborted' })).toMatchObject({
      change: 'rolled_back',
      version: 'v12',
      previousVersion: 'v13',
    });
    expect(read(argo, { ...NOTE, event: 'on-rollout-paused' })).toBe('paused moves no version');
    expect(problem(argo, { ...NOTE, version: '' })).toContain('body.version');
  });
});

describe('Flagger', () => {
  const EVENT = {
    name: 'support-bot',
    namespace: 'ml',
    phase: 'Progressing',
    checksum: '85d557f47b',
    metadata: { eventMessage: 'New revision detected!', eventType: 'Normal', timestamp: '1795434000000' },
  };

  it('tells of a canary that begins, is promoted or fails', () => {
    expect(event(flagger, EVENT)).toMatchObject({
      atMs: 1_795_434_000_000,
      subject: 'ml/support-bot',
      service: 'support-bot',
      version: '85d557f47b',
      comment: 'New revision detected!',
      change: 'released',
    });
    expect(event(flagger, { ...EVENT, phase: 'Succeeded' }).version).toBe('85d557f47b');
    expect(event(flagger, { ...EVENT, phase: 'Failed' })).toMatchObject({
      change: 'rolled_back',
      version: '',
      previousVersion: '85d557f47b',
    });
  });

  it('takes versions from its metadata before the checksum, and is ignored without either', () => {
    const metadata = { ...EVENT.metadata, version: 'v13', previousVersion: 'v12', surface: 'prompt' };
    expect(event(flagger, { ...EVENT, metadata })).toMatchObject({ version: 'v13', surface: 'prompt' });
    expect(read(flagger, { ...EVENT, checksum: undefined })).toMatch(/names no version/);
    expect(read(flagger, { ...EVENT, phase: 'WaitingPromotion' })).toMatch(/WaitingPromotion/);
  });
});

describe('CDEvents', () => {
  const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
  const BINARY = { 'ce-id': 'forged', 'ce-type': 'dev.cdevents.service.deployed.0.3.0', 'ce-source': 'forged' };
  const enveloped = (data: object) => ({ specversion: '1.0', id: '1', source: 's', type: 't', data });

  it.each([
    ['structured', enveloped(cdevent('service.deployed')), STRUCTURED],
    ['binary', cdevent('service.deployed'), BINARY],
  ])('are read in %s form', (_form, payload, headers) => {
    expect(event(cdevents, payload, headers)).toMatchObject({
      eventId: '/pipelines/release 271069a8-fc18-44f1-b38f-9d70a1695819',
      atMs: Date.parse('2026-11-23T11:30:00.315Z'),
      service: 'support-bot',
      environment: 'production',
      version: 'sha256:0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427',
      change: 'released',
    });
  });

  it.each([
    ['pkg:oci/bot@sha256%3Aab?repository_url=ghcr.io&tag=v13', 'v13'],
    ['pkg:npm/%40scope/bot@1.2.3', '1.2.3'],
    ['pkg:generic/bot@100%', '100%'],
    ['v13', 'v13'],
  ])('take the version of %s', (artifactId, version) => {
    expect(event(cdevents, cdevent('service.upgraded', { content: { artifactId } })).version).toBe(version);
  });

  it('tell of rollbacks, and what customData says', () => {
    const customData = { version: 'v12', previousVersion: 'v13', surface: 'prompt', operation: 'triage' };
    expect(event(cdevents, cdevent('service.rolledback', { customData }))).toMatchObject({
      change: 'rolled_back',
      version: 'v12',
      previousVersion: 'v13',
      surface: 'prompt',
      operation: 'triage',
    });
    const modified = cdevent('environment.modified', { content: {}, customData: { ...customData, service: 'bot' } });
    expect(event(cdevents, modified)).toMatchObject({ service: 'bot', environment: 'support-bot', version: 'v12' });
  });

  it('are ignored when they move no version', () => {
    expect(read(cdevents, cdevent('service.published'))).toMatch(/moves no version/);
    expect(read(cdevents, cdevent('build.finished'))).toMatch(/moves no version/);
    expect(read(cdevents, cdevent('environment.modified', { content: {} }))).toMatch(/names no version/);
  });

  it.each([
    ['data', enveloped([]), STRUCTURED, 'body.data must be an object'],
    ['type', { context: {} }, {}, 'body.context.type'],
    [
      'subject',
      { ...cdevent('service.deployed', { customData: { version: 'v' } }), subject: null },
      {},
      'body.subject',
    ],
  ])('are malformed without %s', (_field, payload, headers, message) => {
    expect(problem(cdevents, payload, headers)).toContain(message);
  });
});

describe('Standard Webhooks', () => {
  const HEADERS = { 'webhook-id': 'msg_1' };
  const data = { service: 'bot', environment: 'production', operation: 'triage', surface: 'prompt', version: 'v13' };

  it('have the fields of a posted deployment', () => {
    const payload = { type: 'prompt.released', timestamp: '2026-11-23T11:00:00Z', data: { ...data, actor: 'ada' } };
    expect(event(standard, payload, HEADERS)).toMatchObject({ ...data, eventId: 'msg_1', actor: 'ada' });
    expect(event(standard, { ...payload, type: 'prompt.rolled_back' }, HEADERS).change).toBe('rolled_back');
    expect(read(standard, { type: 'user.created', data: {} }, HEADERS)).toMatch(/names no version/);
    expect(problem(standard, { type: 'x' }, HEADERS)).toBe('body.data must be an object');
  });
});

describe('whatever is sent', () => {
  const SOURCES = [langfuse, launchdarkly, github, argo, flagger, cdevents, standard];
  const HOSTILE: readonly unknown[] = [
    null,
    1,
    'text',
    [],
    {},
    JSON.parse('{"__proto__": {"type": "prompt-version"}, "constructor": {"prototype": {"phase": "Failed"}}}'),
  ];

  it('is read or refused by name, and pollutes nothing', () => {
    const headers = fc.constantFrom('deployment_status', 'repository_dispatch', 'push');
    fc.assert(
      fc.property(
        fc.constantFrom(...SOURCES),
        fc.oneof(fc.jsonValue(), fc.constantFrom(...HOSTILE)),
        headers,
        (source, payload, name) => {
          expect(problem(source, payload, { 'x-github-event': name })).toMatch(/^(read:|body)/);
        },
      ),
      { numRuns: 150 },
    );
    expect(Reflect.get({}, 'type')).toBeUndefined();
  });

  it('is read or refused by name also where one field of a good delivery is replaced', () => {
    const serving = (variation: number) => ({ on: true, fallthrough: { variation }, offVariation: 0 });
    const good: readonly (readonly [WebhookSource, object])[] = [
      [langfuse, promptVersion(13, ['production'])],
      [launchdarkly, flagChange(serving(0), serving(1))],
      [github, deploymentStatus('success')],
      [cdevents, cdevent('service.deployed')],
      [flagger, { name: 'a', phase: 'Failed', checksum: 'c', metadata: { timestamp: '1' } }],
      [argo, { event: 'updated', rollout: 'a', version: 'v' }],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.nat(), fc.jsonValue(), ([source, payload], pick, value) => {
        const changed: unknown = JSON.parse(JSON.stringify(payload));
        replaceOne(changed, pick, value);
        expect(problem(source, changed, { 'x-github-event': 'deployment_status' })).toMatch(/^(read:|body)/);
      }),
      { numRuns: 200 },
    );
  });

  it('has limits: long names are refused, long comments cut', () => {
    const long = 'x'.repeat(MAX_WEBHOOK_NAME_LENGTH + 1);
    expect(problem(argo, { event: 'updated', rollout: 'a', version: long })).toBe(
      `body.version must not have more than ${MAX_WEBHOOK_NAME_LENGTH} characters`,
    );
    const wordy = promptVersion(13, ['production']);
    const payload = { ...wordy, prompt: { ...wordy.prompt, commitMessage: 'y'.repeat(10_000) } };
    expect(event(langfuse, payload).comment).toHaveLength(MAX_WEBHOOK_COMMENT_LENGTH);
  });
});

/** Puts a value in the place of one of the leaves and branches of a structure. */
function replaceOne(root: unknown, pick: number, value: unknown): void {
  const places: { readonly owner: object; readonly key: string }[] = [];
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push({ owner: node, key });
      visit(Reflect.get(node, key));
    }
  };
  visit(root);
  const place = places[pick % places.length];
  if (place) Reflect.set(place.owner, place.key, value);
}
