import { afterEach, describe, expect, it, vi } from 'vitest';
import { Fleet } from '../../examples/fleet/fleet.js';
import { answer, type Behaviour, OUTPUT_SCHEMA } from '../../examples/fleet/model.js';
import { pick, positionOf, randomOf } from '../../examples/fleet/random.js';
import { TICKETS } from '../../examples/fleet/tickets.js';
import { createRegistry } from '../../examples/registry/server.js';
import { startTraceSink } from './trace-sink.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Shares of malformed and of wrong answers over many requests. */
function rates(behaviour: Behaviour, version: string, requests = 20_000) {
  let malformed = 0;
  let wrong = 0;
  for (let index = 0; index < requests; index += 1) {
    const random = randomOf(1, 'request', index);
    const ticket = pick(random, TICKETS);
    const triage = parse(answer(behaviour, version, ticket, random).text);
    if (triage === undefined || !Number.isInteger(triage.priority)) malformed += 1;
    else if (triage.category !== ticket.category) wrong += 1;
  }
  return { malformed: malformed / requests, wrong: wrong / requests };
}

function parse(text: string): { category: string; priority: unknown } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe('the simulated model', () => {
  it('breaks one output in twenty of v13, and hardly any of v12', () => {
    expect(rates('schema-break', 'v12').malformed).toBeCloseTo(0.002, 3);
    expect(rates('schema-break', 'v13').malformed).toBeCloseTo(0.05, 2);
  });

  it('fails silently: every output is well formed, one in seven is wrong', () => {
    expect(rates('silent-failure', 'v12')).toEqual({ malformed: 0, wrong: expect.closeTo(0.03, 2) });
    expect(rates('silent-failure', 'v13')).toEqual({ malformed: 0, wrong: expect.closeTo(0.15, 2) });
  });

  it('is the same for both versions when all is well, and the same on every run', () => {
    expect(rates('healthy', 'v13')).toEqual(rates('healthy', 'v12'));
    const [ticket] = TICKETS;
    const once = answer('schema-break', 'v13', ticket, randomOf(7, 'request', 3));
    expect(answer('schema-break', 'v13', ticket, randomOf(7, 'request', 3))).toEqual(once);
  });

  it('gives about a tenth of the sessions to a candidate of weight 0.1', () => {
    const sessions = Array.from({ length: 10_000 }, (_, index) => `support-bot-0-session-${index}`);
    const share = sessions.filter((session) => positionOf(session) < 0.1).length / sessions.length;
    expect(share).toBeCloseTo(0.1, 2);
  });
});

async function play(options: { failures?: number; requests: number }) {
  const sink = await startTraceSink(options.failures);
  cleanups.push(sink.close);
  const registry = createRegistry({ webhookSecret: 'whsec_dGVzdA==', failForSeconds: 0, now: Date.now });
  cleanups.push(() => registry.close());
  const registryUrl = await registry.listen({ host: '127.0.0.1', port: 0 });
  await registry.inject({
    method: 'PUT',
    url: '/prompts/support-triage/pointer',
    headers: { 'if-match': '"1"' },
    payload: { stable: 'v12', candidate: 'v13', candidateWeight: 0.5 },
  });
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', sink.url);
  vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', 'gzip');
  cleanups.push(() => vi.unstubAllEnvs());
  const problems: string[] = [];
  const moves: string[] = [];
  const fleet = new Fleet({
    registryUrl,
    leewayUrl: '',
    behaviour: 'schema-break',
    pods: 3,
    requestsPerSecond: 200,
    seed: 1,
    cacheMs: 2_000,
    now: Date.now,
    onMove: (pod, pointer) => moves.push(`${pod} ${pointer.candidateWeight}`),
    onProblem: (problem) => problems.push(problem),
  });
  fleet.start();
  const chats = () => sink.spans.filter(({ name }) => name === 'chat gpt-4o');
  await vi.waitUntil(() => chats().length >= options.requests, { timeout: 20_000, interval: 20 });
  return { sink, chats, report: await fleet.stop(), problems, moves };
}

describe('the fleet', () => {
  it('reports exactly the spans that arrived, three a request, gzipped, from three pods', async () => {
    const { sink, chats, report, problems, moves } = await play({ requests: 150 });
    expect(problems).toEqual([]);
    expect(new Set(sink.spans.map(({ id }) => id)).size).toBe(report.spansSent);
    expect(report.spansSent).toBe(report.generations * 3);
    expect(report).toMatchObject({ spansEnded: report.spansSent, spansFailed: 0, requestsFailed: 0 });
    expect([...sink.encodings]).toEqual(['gzip']);
    expect([...new Set(sink.spans.map(({ pod }) => pod))].sort()).toEqual([0, 1, 2].map((pod) => `support-bot-${pod}`));
    expect(moves.sort()).toEqual([0, 1, 2].map((pod) => `support-bot-${pod} 0.5`));
    const versions = chats().map(({ attributes }) => attributes['gen_ai.prompt.version']);
    expect(report.byVersion).toEqual({
      v12: versions.filter((version) => version === 'v12').length,
      v13: versions.filter((version) => version === 'v13').length,
    });
    expect(chats()[0]?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.prompt.name': 'support-triage',
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'leeway.output.schema': JSON.stringify(OUTPUT_SCHEMA),
    });
  });

  it('marks the span that could not use an answer as failed, with the exception', async () => {
    const { sink, chats } = await play({ requests: 300 });
    const unusable = chats().filter(({ attributes }) => {
      const [message] = JSON.parse(attributes['gen_ai.output.messages'] ?? '[]');
      const triage = parse(message.parts[0].content);
      return triage === undefined || !Number.isInteger(triage.priority);
    });
    const failed = sink.spans.filter((span) => span.failed);
    expect(unusable.length).toBeGreaterThan(0);
    expect(failed.map(({ traceId }) => traceId).sort()).toEqual(unusable.map(({ traceId }) => traceId).sort());
    expect(failed.every(({ name, events }) => name === 'route ticket' && events.includes('exception'))).toBe(true);
  });

  it('loses nothing when the receiver is away for a moment', async () => {
    const { sink, report } = await play({ requests: 100, failures: 3 });
    expect(report).toMatchObject({ spansFailed: 0, spansSent: report.spansEnded });
    expect(new Set(sink.spans.map(({ id }) => id)).size).toBe(report.spansSent);
  });
});
