import fastify from 'fastify';
import { expect, it } from 'vitest';
import { AdmissionControl, createReceiver, type OtlpRequestReport, otlpHttp } from '../../../collectors/index.js';
import type { RowBatch } from '../../../collectors/row-batch.js';
import { spanId, TRACE_ID, tracesJson, tracesProtobuf } from '../support/bodies.js';
import { SETTINGS } from '../support/generations.js';

/** Where Langfuse's SDKs send spans: this below their `baseUrl`. */
const LANGFUSE_TRACES = '/api/public/otel/v1/traces';

it("takes traces where Langfuse's SDKs send them, as anywhere else", async () => {
  const batches: RowBatch[] = [];
  const reports: OtlpRequestReport[] = [];
  const server = fastify();
  server.register(
    otlpHttp({
      receiver: createReceiver(SETTINGS),
      sink: { append: async (batch) => void batches.push(batch) },
      clock: { now: () => 1_795_000_000_000 },
      admissionControl: new AdmissionControl(),
      report: (report) => reports.push(report),
      log: () => {},
    }),
  );
  const send = (url: string, body: Uint8Array, type: string) =>
    server.inject({ method: 'POST', url, payload: Buffer.from(body), headers: { 'content-type': type } });
  const groups = [
    {
      items: [
        { traceId: TRACE_ID, spanId: spanId(1) },
        { traceId: TRACE_ID, spanId: '' },
      ],
    },
  ];
  for (const [body, type] of [
    [tracesProtobuf(groups), 'application/x-protobuf'],
    [tracesJson(groups), 'application/json'],
  ] as const) {
    const [usual, langfuse] = [await send('/v1/traces', body, type), await send(LANGFUSE_TRACES, body, type)];
    expect(langfuse.statusCode).toBe(200);
    expect(langfuse.rawPayload.equals(usual.rawPayload)).toBe(true);
  }
  expect(batches.map(({ spans }) => spans.length)).toEqual([1, 1, 1, 1]);
  const traces = { signal: 'traces', status: 200, items: 1, rejectedItems: 1 };
  expect(reports).toMatchObject([traces, traces, traces, traces]);
  expect((await server.inject({ method: 'GET', url: LANGFUSE_TRACES })).headers['allow']).toBe('POST');
  await server.close();
});
