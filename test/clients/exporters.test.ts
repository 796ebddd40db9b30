import { context, SpanKind, trace } from '@opentelemetry/api';
import { OTLPLogExporter as GrpcLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter as GrpcTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { logs, resources, tracing } from '@opentelemetry/sdk-node';
import { describe, expect, it, vi } from 'vitest';
import type { RowBatch } from '../../collectors/row-batch.js';
import { writeBatch } from '../../collectors/spool/rows.js';
import { createWriters } from '../../collectors/spool/segment.js';
import { LeewayError } from '../../src/model/index.js';
import { cleanUp } from '../support/cleanup.js';
import { generationsOf, type Receivers, startReceivers } from './receivers.js';

// As their users switch it on, for every exporter alike.
vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', 'gzip');

const NOW_MS = 1_800_000_000_000;
const resource = resources.resourceFromAttributes({
  'service.name': 'support-bot',
  'deployment.environment.name': 'production',
  'service.version': '1.4.2',
});

/** What an exporter is called with, and what it answers: `code` 0 is success. */
interface Exporter<Item> {
  export(items: Item[], done: (result: { code: number; error?: Error }) => void): void;
  shutdown(): Promise<void>;
}

function send<Item>(exporter: Exporter<Item>, items: readonly Item[]): Promise<{ code: number; error?: Error }> {
  cleanUp(() => exporter.shutdown());
  return new Promise((resolve) => exporter.export([...items], resolve));
}

/** The rows as the spool writes them, table by table. */
function storedRows(batches: readonly RowBatch[]): Readonly<Record<string, string>> {
  const writers = createWriters();
  for (const batch of batches) writeBatch(writers, batch, NOW_MS);
  return Object.fromEntries(Object.entries(writers).map(([table, { bytes }]) => [table, bytes.toString('latin1')]));
}

/** Two calls, one with its messages in attributes, one with them in log records. */
function telemetry() {
  const spans = new tracing.InMemorySpanExporter();
  const records = new logs.InMemoryLogRecordExporter();
  const tracer = new tracing.BasicTracerProvider({
    resource,
    spanProcessors: [new tracing.SimpleSpanProcessor(spans)],
  }).getTracer('test', '1.0');
  const logger = new logs.LoggerProvider({
    resource,
    processors: [new logs.SimpleLogRecordProcessor({ exporter: records })],
  }).getLogger('test');

  const told = tracer.startSpan('chat gpt-4o', {
    kind: SpanKind.CLIENT,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'gen_ai.request.temperature': 0.2,
      'gen_ai.usage.input_tokens': 112,
      'gen_ai.response.finish_reasons': ['stop', 'length'],
      'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'Grüße 🙈' }] }]),
      'app.beta': true,
    },
  });
  told.addEvent('cache.miss', { shard: 3 });
  told.recordException(new TypeError('half-way'));
  told.setStatus({ code: 2, message: 'half-way' });
  told.end();

  const logged = tracer.startSpan('chat gpt-4o', {
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' },
    links: [{ context: told.spanContext(), attributes: { why: 'retry' } }],
  });
  const inside = trace.setSpan(context.active(), logged);
  logger.emit({ eventName: 'gen_ai.user.message', body: { content: 'What does it cost?' }, context: inside });
  logger.emit({
    eventName: 'gen_ai.choice',
    body: { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Ten euros.' } },
    attributes: { 'gen_ai.system': 'openai' },
    context: inside,
  });
  logged.end();
  return { spans: spans.getFinishedSpans(), records: records.getFinishedLogRecords() };
}

const WAYS = {
  'HTTP protobuf': ({ httpUrl }: Receivers) => ({
    traces: new ProtobufTraceExporter({ url: `${httpUrl}/v1/traces` }),
    logs: new ProtobufLogExporter({ url: `${httpUrl}/v1/logs` }),
  }),
  'HTTP JSON': ({ httpUrl }: Receivers) => ({
    traces: new JsonTraceExporter({ url: `${httpUrl}/v1/traces` }),
    logs: new JsonLogExporter({ url: `${httpUrl}/v1/logs` }),
  }),
  gRPC: ({ grpcUrl }: Receivers) => ({
    traces: new GrpcTraceExporter({ url: grpcUrl }),
    logs: new GrpcLogExporter({ url: grpcUrl }),
  }),
} as const;

const full = new LeewayError('LEEWAY_SPOOL_FULL', 'the store is away');

describe("OpenTelemetry's own exporters", () => {
  it('give the same rows by HTTP in protobuf, HTTP in JSON and gRPC', async () => {
    const { spans, records } = telemetry();
    const rows = await Promise.all(
      Object.values(WAYS).map(async (way) => {
        const receivers = await startReceivers(() => NOW_MS);
        const exporters = way(receivers);
        expect(await send(exporters.traces, spans)).toMatchObject({ code: 0 });
        expect(await send(exporters.logs, records)).toMatchObject({ code: 0 });
        return { batches: receivers.batches, stored: storedRows(receivers.batches) };
      }),
    );
    const [byProtobuf, byJson, byGrpc] = rows;
    expect(byJson?.stored).toEqual(byProtobuf?.stored);
    expect(byGrpc?.stored).toEqual(byProtobuf?.stored);
    expect(byProtobuf?.batches.map((batch) => [batch.spans.length, batch.logs.length])).toEqual([
      [2, 0],
      [0, 2],
    ]);
    expect(generationsOf(byProtobuf?.batches ?? [])).toMatchObject([
      { servedModel: 'gpt-4o-2024-11-20', tokens: { input: 112 }, errorType: 'TypeError', finishReason: 'stop' },
      { finishReason: 'stop', outputLength: 10, versions: { context: { source: 'derived' } } },
    ]);
  });

  it('deliver over HTTP by themselves what a full spool refused', async () => {
    const { spans } = telemetry();
    const retried = async (way: 'HTTP protobuf' | 'HTTP JSON') => {
      const receivers = await startReceivers();
      receivers.refuse(1, full);
      expect(await send(WAYS[way](receivers).traces, spans)).toMatchObject({ code: 0 });
      expect(receivers.batches.flatMap((batch) => batch.spans)).toHaveLength(2);
      expect(receivers.reports.map(({ status }) => status)).toEqual([503, 200]);
    };
    await Promise.all([retried('HTTP protobuf'), retried('HTTP JSON')]);
  });

  it('hear over gRPC that the spool is full; the JavaScript one does not send again by itself', async () => {
    const receivers = await startReceivers();
    receivers.refuse(1, full);
    const { traces } = WAYS.gRPC(receivers);
    const { spans } = telemetry();
    expect(await send(traces, spans)).toMatchObject({ code: 1, error: { code: 14 } });
    expect(await send(traces, spans)).toMatchObject({ code: 0 });
    expect(receivers.batches.flatMap((batch) => batch.spans)).toHaveLength(2);
  });
});
