import { afterAll, describe, expect, it } from 'vitest';
import { createNotifiers, createOutbound, type NotifierMessage, OCCASIONS } from '../../src/actions/index.js';
import { pagerDutyEvent } from '../../src/actions/notifiers/pagerduty.js';
import { SLACK_LIMITS, type SlackBlock, slackPayload } from '../../src/actions/notifiers/slack.js';
import type { Config } from '../../src/config/index.js';
import { openIncident } from '../../src/incidents/index.js';
import { makeEvaluation, makeGate, makeRollout } from '../incidents/rollout-fixture.js';
import { answer, startServer } from './answering-server.js';
import { makeMessage } from './message-fixture.js';

const clock = { now: () => Date.UTC(2026, 10, 23) };
const server = await startServer();
const outbound = createOutbound({ allowHosts: [server.host], clock, timeoutMs: 2000 });
afterAll(() => outbound.close());

const SECRETS: Record<string, string> = {
  SLACK: `${server.url}/services/T00000000/B00000000/XXXXXXXXXXXX`,
  PAGER: 'R0123456789ABCDEF0123456789ABCDE',
};
const config: Pick<Config, 'notifiers' | 'secret'> = {
  notifiers: [
    { name: 'chat', type: 'slack', url: { env: 'SLACK' } },
    { name: 'pager', type: 'pagerduty', routingKey: { env: 'PAGER' }, url: `${server.url}/v2/enqueue` },
  ],
  secret: (reference) => ('env' in reference ? (SECRETS[reference.env] ?? '') : ''),
};
const [slack, pager] = createNotifiers(config, { outbound, clock, publicUrl: 'https://leeway.example' });

const HOSTILE = '<script>alert("&")</script> & <!channel> <https://evil.example|click> \u202Eesrever\n\u0000*bold* 😀';

/** As hostile and as long as telemetry can make it. */
function hostileMessage(): NotifierMessage {
  const text = HOSTILE.repeat(400);
  const rollout = makeRollout({
    target: { service: text, environment: text, operation: text },
    baseline: { prompt: text, model: text, tools: text, context: text },
    candidate: { prompt: text, model: text, tools: text, context: text },
    changed: ['model', 'prompt', 'tools', 'context'],
  });
  const evaluations = Array.from({ length: 60 }, (_, index) =>
    makeEvaluation({ metric: `${index}${text}`, failure: text }),
  );
  const gate = makeGate({ evaluations, blame: evaluations.map(({ metric }) => metric) });
  const { incident, events } = openIncident(rollout, gate);
  const deployments = Array.from({ length: 60 }, (_, index) => ({
    ...{ id: `dep_${index}`, service: text, environment: text, operation: text, surface: 'prompt' as const },
    ...{ version: text, previousVersion: text, actor: text, source: text, comment: text, at: index },
  }));
  return makeMessage({ rollout, incident, events, deployments });
}

const textsOf = (block: SlackBlock) => {
  if (block.type === 'context') return block.elements.map(({ text }) => text);
  return 'fields' in block ? block.fields.map(({ text }) => text) : [block.text.text];
};

describe('a message', () => {
  it('has everything a person needs to decide', () => {
    const message = makeMessage();
    expect(message).toMatchObject({
      idempotencyKey: 'act_0123456789abcdef',
      state: 'rolling_back',
      doing: 'Leeway asks prompts to move prompt from v13 back to v12.',
      versions: [{ surface: 'prompt', baseline: 'v12', candidate: 'v13' }],
      candidateShare: 0.1,
      targetName: 'support-bot · production · support-triage',
      link: `https://leeway.example/incidents/${message.incidentId}`,
    });
    expect(message.metrics[0]?.sentence).toContain('4.9 % of 1,270');
  });

  it('says that nothing was changed when Leeway only observes', () => {
    const rollout = makeRollout();
    const observing = { ...rollout, policy: { ...rollout.policy, mode: 'observe' as const } };
    expect(makeMessage({ rollout: observing, events: [] }).doing).toContain('nothing was changed');
  });

  it('has texts on one line, without characters that reorder or hide', () => {
    expect(hostileMessage().title).not.toMatch(/[\n\0\u202E]/);
  });
});

describe('a Slack message', () => {
  it('is told in blocks, with a fallback text', () => {
    const { text, blocks } = slackPayload(makeMessage());
    expect(text).toContain('prompt v13 breaks structured output');
    expect(blocks[0]).toMatchObject({ type: 'header', text: { type: 'plain_text' } });
    const all = blocks.flatMap(textsOf).join('\n');
    for (const part of ['v12 → v13', '10.0 %', 'candidate 4.9 % of 1,270', 'threshold 200', 'act_0123456789abcdef'])
      expect(all).toContain(part);
    expect(all).toMatch(/<https:\/\/leeway\.example\/incidents\/inc_[0-9a-f]{16}\|Open the incident>/);
  });

  it.each(OCCASIONS)('keeps every limit whatever the texts are (%s)', (occasion) => {
    const { text, blocks } = slackPayload({ ...hostileMessage(), occasion });
    expect(text.length).toBeLessThanOrEqual(SLACK_LIMITS.sectionText);
    expect(blocks.length).toBeLessThanOrEqual(SLACK_LIMITS.blocks);
    for (const block of blocks) {
      const texts = textsOf(block);
      const limit = { header: SLACK_LIMITS.headerText, section: SLACK_LIMITS.sectionText, context: 2000 }[block.type];
      for (const value of texts) expect(value.length).toBeLessThanOrEqual('fields' in block ? 2000 : limit);
      for (const value of texts) expect(value.length).toBeGreaterThan(0);
      expect(texts.length).toBeLessThanOrEqual(10);
    }
    const total = blocks.flatMap(textsOf).reduce((sum, value) => sum + value.length, 0);
    expect(total).toBeLessThanOrEqual(SLACK_LIMITS.totalText);
  });

  it('escapes control characters and never cuts an entity or a character in half', () => {
    const { text, blocks } = slackPayload(hostileMessage());
    const ours = /<https:\/\/leeway\.example\/[^>|]*\|Open the incident>/;
    for (const value of [text, ...blocks.flatMap(textsOf)].map((value) => value.replace(ours, ''))) {
      expect(value).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/);
      expect(Buffer.from(value).toString()).toBe(value);
    }
  });
});

describe('a PagerDuty event', () => {
  it('triggers under the id of the incident, with the numbers', () => {
    const message = makeMessage();
    expect(pagerDutyEvent(message, 'https://leeway.example')).toMatchObject({
      event_action: 'trigger',
      dedup_key: message.incidentId,
      payload: {
        summary: message.title,
        source: 'support-bot',
        severity: 'error',
        timestamp: '2026-11-23T12:00:05.000Z',
        custom_details: { changed: ['prompt: v12 → v13'], candidate_share: '10.0 %' },
      },
      links: [{ href: message.link }],
    });
  });

  it('triggers again, critically, when the rollback is not confirmed', () => {
    const again = pagerDutyEvent(makeMessage({ occasion: 'rollback_unconfirmed' }), '');
    expect(again).toMatchObject({ event_action: 'trigger', payload: { severity: 'critical' } });
    expect(again.dedup_key).toBe(makeMessage().incidentId);
  });

  it.each(['rolled_back', 'resolved'] as const)('resolves the same alert when the incident is %s', (occasion) => {
    expect(pagerDutyEvent(makeMessage({ occasion }), '')).toEqual({
      event_action: 'resolve',
      dedup_key: makeMessage().incidentId,
    });
  });

  it('keeps its limits whatever the texts are', () => {
    const event = pagerDutyEvent(hostileMessage(), 'https://leeway.example');
    expect(event.payload?.summary.length).toBeLessThanOrEqual(1024);
    expect(event.dedup_key.length).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(512_000);
  });
});

describe('a delivery', () => {
  it.each([
    [200, {}, { kind: 'delivered' }],
    [202, {}, { kind: 'delivered' }],
    [429, { 'retry-after': '30' }, { kind: 'retry', afterSeconds: 30 }],
    [429, {}, { kind: 'retry' }],
    [500, {}, { kind: 'retry' }],
    [503, { 'retry-after': '2' }, { kind: 'retry', afterSeconds: 2 }],
    [302, { location: 'https://elsewhere.example' }, { kind: 'retry' }],
    [400, {}, { kind: 'rejected' }],
    [403, {}, { kind: 'rejected' }],
    [410, {}, { kind: 'rejected' }],
  ] as const)('answered %i is decided alike by all notifiers', async (status, headers, expected) => {
    server.handler = answer(status, { ...headers });
    for (const notifier of [slack, pager])
      expect(await notifier?.notify(makeMessage())).toMatchObject({
        ...expected,
        payloadDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
  });

  it('never repeats a secret', async () => {
    server.handler = (request, response) => void response.writeHead(400).end(request.path + request.body);
    for (const notifier of [slack, pager]) {
      const delivery = await notifier?.notify(makeMessage());
      expect(delivery?.kind).toBe('rejected');
      expect(JSON.stringify(delivery)).not.toMatch(/B00000000|XXXXXXXX|R0123456789/);
    }
  });

  it('carries the key that makes a repetition recognisable', async () => {
    server.handler = answer(202);
    server.requests.length = 0;
    for (const notifier of [slack, pager]) await notifier?.notify(makeMessage());
    const [chat, page] = server.requests;
    expect(chat?.body).toContain('act_0123456789abcdef');
    expect(JSON.parse(page?.body ?? '{}')).toMatchObject({
      routing_key: SECRETS['PAGER'],
      payload: { custom_details: { idempotency_key: 'act_0123456789abcdef' } },
    });
  });
});

describe('configuration', () => {
  it('of a notifier that may never be called is refused at the start', () => {
    const strict = createOutbound({ allowHosts: [], clock });
    expect(() => createNotifiers(config, { outbound: strict, clock, publicUrl: '' })).toThrow(
      expect.objectContaining({ code: 'LEEWAY_DESTINATION_REFUSED' }),
    );
  });
});
