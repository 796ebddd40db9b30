import { describe, expect, it } from 'vitest';
import { createReceiver } from '../../collectors/otlp/receive.js';
import { logsJson, logsProtobuf, spanId, TRACE_ID, tracesJson, tracesProtobuf } from './support/bodies.js';
import { json, SETTINGS } from './support/generations.js';
import { rowsOf } from './support/wire.js';

const RESOURCE = [['service.name', 'support-bot']] as const;
const call = (n: number, more: readonly (readonly [string, string])[] = []) => ({
  traceId: TRACE_ID,
  spanId: spanId(n),
  attributes: [['gen_ai.operation.name', 'chat'], ['gen_ai.system_instructions', 'You help.'], ...more] as const,
});
const traces = (...items: Parameters<typeof tracesProtobuf>[0][number]['items'][number][]) => [
  { resource: RESOURCE, items },
];

describe('a receiver', () => {
  it('gives the rows of a request, the same from protobuf and JSON', () => {
    const body = traces(call(1), { traceId: TRACE_ID, spanId: spanId(2), name: 'GET /' });
    const fromProtobuf = createReceiver(SETTINGS).traces(tracesProtobuf(body), 'protobuf', 5);
    expect(fromProtobuf).toMatchObject({
      ok: true,
      rejected: { count: 0, message: '' },
      batch: {
        spans: [{ spanId: spanId(1) }, { spanId: spanId(2) }],
        generations: [{ revision: 1, generation: { spanId: spanId(1), target: { service: 'support-bot' } } }],
        artifacts: [{ kind: 'prompt', content: 'You help.' }],
        outcomes: [],
        logs: [],
      },
    });
    const fromJson = createReceiver(SETTINGS).traces(tracesJson(body), 'json', 5);
    if (!fromProtobuf.ok || !fromJson.ok) throw new Error('both are good');
    expect({ ...fromJson.batch, spans: [] }).toEqual({ ...fromProtobuf.batch, spans: [] });
    expect(rowsOf(fromJson.batch.spans)).toEqual(rowsOf(fromProtobuf.batch.spans));
  });

  it('sends content once, again when the batch was not stored, and again after ten minutes', () => {
    const receiver = createReceiver(SETTINGS);
    const send = (n: number, nowMs: number) => {
      const received = receiver.traces(tracesProtobuf(traces(call(n))), 'protobuf', nowMs);
      if (!received.ok) throw received.error;
      return received.batch;
    };
    const first = send(1, 0);
    expect(first.artifacts).toHaveLength(1);
    expect(send(2, 1).artifacts).toHaveLength(0);
    receiver.notStored(first);
    expect(send(3, 2).artifacts).toHaveLength(1);
    expect(send(4, 599_000).artifacts).toHaveLength(0);
    expect(send(5, 600_002).artifacts).toHaveLength(1);
  });

  it('keeps the good part of a batch and says what was refused, the first reasons in full', () => {
    const bad = Array.from({ length: 8 }, (_, n) => ({ ...call(n + 10), traceId: 'abcd' }));
    const received = createReceiver(SETTINGS).traces(tracesProtobuf(traces(call(1), ...bad)), 'protobuf', 0);
    if (!received.ok) throw received.error;
    expect(received.batch.generations).toHaveLength(1);
    expect(received.rejected.count).toBe(8);
    expect(received.rejected.message).toContain(
      '8 spans refused: resourceSpans[0].scopeSpans[0].spans[1].traceId: 2 bytes',
    );
    expect(received.rejected.message).toContain('; and 3 more');
  });

  it('keeps the logs that carry GenAI content and says what it does with others', () => {
    const items = [
      {
        traceId: TRACE_ID,
        spanId: spanId(1),
        eventName: 'gen_ai.choice',
        body: { pairs: [['message', { pairs: [['content', 'Hi']] }]] } as const,
      },
      { traceId: TRACE_ID, spanId: spanId(1), body: 'GET / 200' },
      { body: 'started' },
    ];
    for (const [body, encoding] of [
      [logsProtobuf([{ items }]), 'protobuf'],
      [logsJson([{ items }]), 'json'],
    ] as const) {
      const receiver = createReceiver(SETTINGS);
      const received = receiver.logs(body, encoding, 0);
      expect(received).toMatchObject({
        ok: true,
        batch: { logs: [{ eventName: 'gen_ai.choice' }], generations: [] },
        rejected: {
          count: 2,
          message: '2 log records not stored: Leeway keeps only those with GenAI content (event names gen_ai.…)',
        },
      });
      const joined = receiver.traces(tracesProtobuf(traces(call(1))), 'protobuf', 1);
      expect(joined).toMatchObject({ batch: { generations: [{ revision: 2, generation: { outputLength: 2 } }] } });
    }
  });

  it('answers malformed bodies with an error and goes on', () => {
    const receiver = createReceiver(SETTINGS);
    expect(receiver.traces(Buffer.from('nonsense'), 'protobuf', 0)).toMatchObject({
      ok: false,
      error: { code: 'LEEWAY_MALFORMED' },
    });
    expect(receiver.logs(Buffer.from('{'), 'json', 0)).toMatchObject({
      ok: false,
      error: { code: 'LEEWAY_MALFORMED' },
    });
    expect(receiver.traces(tracesProtobuf(traces(call(1))), 'protobuf', 0)).toMatchObject({ ok: true });
  });

  it('withholds the versions of a prompt that is new with every call, and counts them', () => {
    const receiver = createReceiver(SETTINGS);
    const prompts = Array.from({ length: 25 }, (_, n) => ({
      traceId: TRACE_ID,
      spanId: spanId(n + 1),
      attributes: [
        ['gen_ai.operation.name', 'chat'],
        ['gen_ai.input.messages', json([{ role: 'system', content: `Call ${n}` }])],
      ] as const,
    }));
    const received = receiver.traces(tracesProtobuf(traces(...prompts)), 'protobuf', 0);
    if (!received.ok) throw received.error;
    const sources = received.batch.generations.map(({ generation }) => generation.versions.prompt.source);
    expect(sources.filter((source) => source === 'derived')).toHaveLength(20);
    expect(sources.slice(20)).toEqual(Array.from({ length: 5 }, () => 'missing'));
    expect(receiver.versionsWithheld).toBe(5);
    expect(received.batch.artifacts.filter((artifact) => artifact.kind === 'prompt')).toHaveLength(25);
  });
});
