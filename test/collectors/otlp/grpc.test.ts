import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import { Client, compressionAlgorithms, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { AdmissionControl } from '../../../collectors/otlp/admission-control.js';
import { startOtlpGrpc } from '../../../collectors/otlp/grpc.js';
import { createReceiver } from '../../../collectors/otlp/receive.js';
import type { OtlpReceiver, OtlpRequestReport } from '../../../collectors/otlp/take-export.js';
import type { BatchSink } from '../../../collectors/outcomes.js';
import type { RowBatch } from '../../../collectors/row-batch.js';
import { LeewayError, systemClock } from '../../../src/model/index.js';
import { cleanUp } from '../../support/cleanup.js';
import { logsProtobuf, metricsProtobuf, spanId, TRACE_ID, tracesProtobuf } from '../support/bodies.js';
import { SETTINGS } from '../support/generations.js';
import { protobufFields, textOf } from '../support/protobuf-fields.js';

const PATHS = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
};

interface ServerOptions {
  readonly sink?: BatchSink;
  readonly receiver?: OtlpReceiver;
  readonly admissionControl?: AdmissionControl;
}

const batches: RowBatch[] = [];
const reports: OtlpRequestReport[] = [];
const logged: string[] = [];

async function startServer({ sink, receiver, admissionControl }: ServerOptions = {}) {
  const settings = {
    receiver: receiver ?? createReceiver(SETTINGS),
    sink: sink ?? { append: async (batch: RowBatch) => void batches.push(batch) },
    clock: systemClock,
    admissionControl: admissionControl ?? new AdmissionControl(),
    report: (report: OtlpRequestReport) => reports.push(report),
    log: (line: string) => logged.push(line),
  };
  const server = await startOtlpGrpc(settings, '127.0.0.1', 0);
  cleanUp(() => server.stop());
  const gzip = { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip };
  const address = `127.0.0.1:${server.port}`;
  const plain = new Client(address, credentials.createInsecure(), { 'grpc.max_send_message_length': -1 });
  const compressing = new Client(address, credentials.createInsecure(), gzip);
  cleanUp(() => [plain, compressing].map((client) => client.close()));
  return { server, plain, compressing };
}

type Outcome = { readonly ok: true; readonly bytes: Buffer } | { readonly ok: false; readonly error: ServiceError };

function call(client: Client, signal: keyof typeof PATHS, body: Uint8Array, deadlineMs = 10_000): Promise<Outcome> {
  const same = (bytes: Buffer) => bytes;
  const options = { deadline: Date.now() + deadlineMs };
  return new Promise((resolve) => {
    client.makeUnaryRequest(PATHS[signal], same, same, Buffer.from(body), new Metadata(), options, (error, bytes) =>
      resolve(error === null ? { ok: true, bytes: bytes ?? Buffer.alloc(0) } : { ok: false, error }),
    );
  });
}

async function failed(outcome: Promise<Outcome>): Promise<ServiceError> {
  const settled = await outcome;
  if (settled.ok) throw new Error('the call did not fail');
  return settled.error;
}

async function partialSuccess(outcome: Promise<Outcome>): Promise<{ rejected: number; message: string } | null> {
  const settled = await outcome;
  if (!settled.ok) throw settled.error;
  const partial = protobufFields(settled.bytes).get(1);
  if (!(partial instanceof Uint8Array)) return null;
  const fields = protobufFields(partial);
  return { rejected: Number(fields.get(1) ?? 0), message: textOf(fields.get(2)) };
}

/** Seconds of the google.rpc.RetryInfo in the details; `null` without one. */
function retryAfterSeconds(error: ServiceError): number | null {
  const [encoded] = error.metadata.get('grpc-status-details-bin');
  const details = encoded instanceof Buffer ? protobufFields(encoded).get(3) : undefined;
  if (!(details instanceof Uint8Array)) return null;
  const any = protobufFields(details);
  expect(textOf(any.get(1))).toBe('type.googleapis.com/google.rpc.RetryInfo');
  const info = any.get(2);
  const delay = info instanceof Uint8Array ? protobufFields(info).get(1) : undefined;
  return delay instanceof Uint8Array ? Number(protobufFields(delay).get(1)) : null;
}

const spans = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ traceId: TRACE_ID, spanId: spanId(index + 1) }));

const { plain, compressing, server } = await startServer();

describe('OTLP/gRPC', () => {
  it.each([
    ['plain', plain],
    ['with gzip', compressing],
  ])('takes spans, %s', async (_name, client) => {
    expect(await partialSuccess(call(client, 'traces', tracesProtobuf([{ items: spans(3) }])))).toBeNull();
    expect(batches.at(-1)?.spans).toHaveLength(3);
    expect(reports.at(-1)).toMatchObject({ protocol: 'grpc', signal: 'traces', status: 200, items: 3 });
  });

  it('takes log records', async () => {
    const items = [{ traceId: TRACE_ID, spanId: spanId(1), eventName: 'gen_ai.choice' }];
    expect(await partialSuccess(call(plain, 'logs', logsProtobuf([{ items }])))).toBeNull();
    expect(batches.at(-1)?.logs).toHaveLength(1);
  });

  it('refuses every data point, and says so', async () => {
    const answer = await partialSuccess(call(plain, 'metrics', metricsProtobuf(4)));
    expect(answer).toMatchObject({ rejected: 4, message: expect.stringContaining('metrics are accepted and dropped') });
  });

  it('answers an empty request with success', async () => {
    for (const signal of ['traces', 'logs', 'metrics'] as const)
      expect(await partialSuccess(call(plain, signal, new Uint8Array()))).toBeNull();
  });

  it('keeps the good part of a batch and names what it refused', async () => {
    const items = [...spans(2), { traceId: 'abcd', spanId: spanId(9) }];
    const answer = await partialSuccess(call(plain, 'traces', tracesProtobuf([{ items }])));
    expect(answer).toMatchObject({ rejected: 1, message: expect.stringContaining('spans[2].traceId') });
  });

  it('refuses what is malformed, for good, and says where', async () => {
    const error = await failed(call(plain, 'traces', tracesProtobuf([{ items: spans(1) }]).slice(0, -5)));
    expect([error.code, retryAfterSeconds(error)]).toEqual([status.INVALID_ARGUMENT, null]);
    expect(error.details).toMatch(/malformed protobuf at byte/);
    const logs = logsProtobuf([{ items: [{ body: 'hello' }] }]);
    expect((await failed(call(plain, 'traces', logs))).details).toContain('resourceSpans[0].scopeSpans[0].spans[0]');
    expect(reports.at(-1)).toMatchObject({ status: 400 });
  });

  it('takes messages beyond the 4 MiB of gRPC, and none beyond its own limit, compressed or not', async () => {
    const large = { traceId: TRACE_ID, spanId: spanId(1), name: 'x'.repeat(8 * 1024 ** 2) };
    expect(await partialSuccess(call(plain, 'traces', tracesProtobuf([{ items: [large] }])))).toBeNull();
    const tooLarge = Buffer.alloc(65 * 1024 ** 2);
    for (const client of [plain, compressing]) {
      const error = await failed(call(client, 'traces', tooLarge));
      expect([error.code, retryAfterSeconds(error)]).toEqual([status.RESOURCE_EXHAUSTED, null]);
    }
  });

  it('asks to come back while the spool is full, or cannot be written', async () => {
    const full = new LeewayError('LEEWAY_SPOOL_FULL', 'the store is away');
    for (const problem of [full, new Error('EIO: /secret/path')]) {
      const busy = await startServer({ sink: { append: () => Promise.reject(problem) } });
      const error = await failed(call(busy.plain, 'traces', tracesProtobuf([{ items: spans(1) }])));
      expect([error.code, retryAfterSeconds(error)]).toEqual([status.UNAVAILABLE, 5]);
      expect(error.details).not.toContain('/secret');
    }
    expect(logged.at(-1)).toContain('/secret/path');
  });

  it('says little when Leeway itself is at fault, and no strange text breaks the answer', async () => {
    const broken = () => {
      throw new Error('/secret/path');
    };
    const strange = new LeewayError('LEEWAY_MALFORMED', `\ud83d ${'🙈'.repeat(2_000)}`);
    const receiver: OtlpReceiver = {
      *read(signal) {
        yield;
        return signal === 'traces' ? broken() : { ok: false, error: strange };
      },
      notStored: () => {},
    };
    const faulty = await startServer({ receiver });
    const body = tracesProtobuf([{ items: spans(1) }]);
    const error = await failed(call(faulty.plain, 'traces', body));
    expect([error.code, error.details]).toEqual([status.INTERNAL, expect.not.stringContaining('/secret')]);
    expect((await failed(call(faulty.plain, 'logs', body))).code).toBe(status.INVALID_ARGUMENT);
  });

  it('counts its messages with those of HTTP', async () => {
    const admissionControl = new AdmissionControl({ limitBytes: 1_000 });
    const bounded = await startServer({ admissionControl });
    const others = admissionControl.admit(950);
    const body = tracesProtobuf([{ items: spans(1) }]);
    const error = await failed(call(bounded.plain, 'traces', body));
    expect([error.code, retryAfterSeconds(error)]).toEqual([status.UNAVAILABLE, 5]);
    expect(reports.at(-1)).toMatchObject({ protocol: 'grpc', signal: 'traces', status: 503 });
    others.release();
    for (let round = 0; round < 20; round++)
      expect(await partialSuccess(call(bounded.plain, 'traces', body))).toBeNull();
    await expect.poll(() => admissionControl.admit(1_000).release()).toBeUndefined();
  });

  it('reads nothing of what could not be kept', async () => {
    const admissionControl = new AdmissionControl({
      refusal: () => new LeewayError('LEEWAY_SPOOL_FULL', 'the store is away'),
    });
    const full = await startServer({ admissionControl });
    const error = await failed(call(full.plain, 'traces', tracesProtobuf([{ items: spans(1) }])));
    expect([error.code, retryAfterSeconds(error)]).toEqual([status.UNAVAILABLE, 5]);
    expect(error.details).toContain('the store is away');
    expect(reports.at(-1)).toMatchObject({ protocol: 'grpc', status: 503, bytes: 0 });
  });

  it('takes many calls at once, though it reads few at a time', async () => {
    const body = tracesProtobuf([{ items: spans(1) }]);
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => call(plain, 'traces', body)));
    expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('lets a hundred calls of a connection begin, and those beyond when others have ended', async () => {
    const session = connect(`http://127.0.0.1:${server.port}`);
    cleanUp(() => session.destroy());
    const [{ maxConcurrentStreams }] = await once(session, 'remoteSettings');
    expect(maxConcurrentStreams).toBe(100);
    const begin = () =>
      session.request({ ':method': 'POST', ':path': PATHS.traces, 'content-type': 'application/grpc', te: 'trailers' });
    const silent = Array.from({ length: 100 }, begin);
    for (const stream of silent) stream.on('error', () => {});
    const beyond = begin();
    const answered = once(beyond, 'response');
    // A message of no bytes: not compressed, of length 0.
    beyond.end(Buffer.alloc(5));
    for (const stream of silent) stream.close(constants.NGHTTP2_CANCEL);
    expect(await answered).toMatchObject([{ ':status': 200 }, expect.anything(), expect.anything()]);
  });

  it('gives up its turn when the client goes away before its message is there', async () => {
    const silent = Array.from({ length: 40 }, () =>
      plain.makeClientStreamRequest(
        PATHS.traces,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        () => {},
      ),
    );
    for (const stream of silent) stream.on('error', () => {});
    const body = tracesProtobuf([{ items: spans(1) }]);
    expect((await failed(call(plain, 'traces', body, 300))).code).toBe(status.DEADLINE_EXCEEDED);
    for (const stream of silent) stream.cancel();
    expect(await partialSuccess(call(plain, 'traces', body))).toBeNull();
  });

  it('lets calls under way end before it stops, and takes no more', async () => {
    let durable = () => {};
    const slow: BatchSink = { append: () => new Promise((resolve) => (durable = resolve)) };
    const stopping = await startServer({ sink: slow });
    const waiting = call(stopping.plain, 'traces', tracesProtobuf([{ items: spans(1) }]));
    await expect.poll(() => durable.toString()).not.toBe('() => {}');
    const stopped = stopping.server.stop();
    durable();
    expect(await partialSuccess(waiting)).toBeNull();
    await stopped;
    expect((await failed(call(stopping.plain, 'traces', new Uint8Array(), 500))).code).not.toBe(status.OK);
  });

  it('says when its port is taken', async () => {
    const settings = {
      receiver: createReceiver(SETTINGS),
      sink: { append: async () => {} },
      clock: systemClock,
      admissionControl: new AdmissionControl(),
      log: () => {},
    };
    await expect(startOtlpGrpc(settings, '127.0.0.1', server.port)).rejects.toThrow(/EADDRINUSE/);
  });
});
