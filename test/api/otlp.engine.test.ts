import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { AdmissionControl } from '../../collectors/otlp/admission-control.js';
import { otlpHttp } from '../../collectors/otlp/http.js';
import { createReceiver } from '../../collectors/otlp/receive.js';
import type { OtlpReceiver, OtlpRequestReport } from '../../collectors/otlp/take-export.js';
import type { BatchSink } from '../../collectors/outcomes.js';
import type { RowBatch } from '../../collectors/row-batch.js';
import { OUTPUT_READER } from '../../detectors/index.js';
import { LeewayError } from '../../src/model/index.js';
import {
  logsJson,
  logsProtobuf,
  metricsJson,
  metricsProtobuf,
  spanId,
  tracesJson,
  tracesProtobuf,
} from '../collectors/support/bodies.js';
import { protobufFields, textOf } from '../collectors/support/protobuf-fields.js';
import { startEngine } from '../support/engine.js';
import { clock, startApi } from './api-client.js';

const database = await startEngine();

const receiver = createReceiver({
  userSalt: 'test',
  promptFlag: '',
  outputReader: OUTPUT_READER,
  outputSchema: () => null,
});

const reports: OtlpRequestReport[] = [];
const logged: string[] = [];
const late: { sink: BatchSink | null } = { sink: null };
const sink: BatchSink = { append: (batch) => late.sink?.append(batch) ?? Promise.reject(new Error('no spool yet')) };
const otlp = (to: BatchSink, from: OtlpReceiver = receiver, admissionControl = new AdmissionControl({ holdMs: 0 })) =>
  otlpHttp({
    receiver: from,
    sink: to,
    clock,
    admissionControl,
    report: (report) => reports.push(report),
    log: (line) => logged.push(line),
  });
const api = await startApi(database, { otlp: otlp(sink) });
late.sink = api.spool;

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
type Headers_ = Record<string, string>;

async function send(path: string, body: Uint8Array, headers: Headers_, url = api.url) {
  const response = await fetch(url + path, { method: 'POST', headers, body: Buffer.from(body) });
  const bytes = Buffer.from(await response.arrayBuffer());
  const type = response.headers.get('content-type');
  return { status: response.status, type, headers: response.headers, bytes, ...read(bytes, type) };
}

/** The google.rpc.Status or partial_success that the answer carries, whichever its encoding. */
function read(bytes: Buffer, type: string | null): { message: string; code: number; rejected: number } {
  if (type === JSON_TYPE) {
    const json: { message?: string; code?: number; partialSuccess?: Record<string, string> } = JSON.parse(
      bytes.toString(),
    );
    const { errorMessage, ...counts } = json.partialSuccess ?? {};
    return {
      message: json.message ?? errorMessage ?? '',
      code: json.code ?? 0,
      rejected: Number(Object.values(counts)[0] ?? 0),
    };
  }
  const fields = protobufFields(bytes);
  const partial = fields.get(1);
  if (partial instanceof Uint8Array) {
    const inner = protobufFields(partial);
    return { message: textOf(inner.get(2)), code: 0, rejected: Number(inner.get(1) ?? 0) };
  }
  return { message: textOf(fields.get(2)), code: Number(partial ?? 0), rejected: 0 };
}

let nextTrace = 1;
/** Spans of a trace of their own, so that tests do not see each other's. */
function aTrace(count: number) {
  const traceId = (nextTrace++).toString(16).padStart(32, '0');
  return { traceId, items: Array.from({ length: count }, (_, i) => ({ traceId, spanId: spanId(i + 1) })) };
}

async function storedSpans(traceId: string): Promise<number> {
  await api.spool.drained();
  const rows = await database.query<{ n: number }>(
    'SELECT uniqExact(SpanId) AS n FROM otel_traces WHERE TraceId = {traceId:String}',
    { traceId },
  );
  return rows[0]?.n ?? 0;
}

/** A request that declares a body of this size, and sends what it is told to. */
function announce(bytes: number, url = api.url) {
  const headers = { 'content-type': PROTOBUF, 'content-length': bytes };
  const request = httpRequest(`${url}/v1/traces`, { method: 'POST', headers, agent: false });
  const answered = new Promise<unknown[] | undefined>((resolve) => {
    request.once('response', (response) => resolve([response.statusCode, response.headers['content-type']]));
    request.once('error', () => resolve(undefined));
  });
  request.flushHeaders();
  const write = (some: number) => request.write(Buffer.alloc(some));
  return { answered, send: write, abort: () => request.destroy() };
}

async function announced(bytes: number): Promise<unknown> {
  const upload = announce(bytes);
  const answer = await Promise.race([upload.answered, new Promise((resolve) => setTimeout(resolve, 200))]);
  upload.abort();
  return answer;
}

describe.each([
  ['protobuf', PROTOBUF, tracesProtobuf, logsProtobuf, metricsProtobuf],
  ['JSON', JSON_TYPE, tracesJson, logsJson, metricsJson],
] as const)('OTLP/HTTP in %s', (_name, type, traces, logs, metrics) => {
  it('stores the spans and answers with nothing, in the same encoding', async () => {
    const { traceId, items } = aTrace(3);
    const answer = await send('/v1/traces', traces([{ items }]), { 'content-type': type });
    expect([answer.status, answer.type]).toEqual([200, type]);
    expect(answer.bytes.toString()).toBe(type === JSON_TYPE ? '{}' : '');
    expect(await storedSpans(traceId)).toBe(3);
    expect(reports.at(-1)).toMatchObject({ signal: 'traces', status: 200, items: 3, rejectedItems: 0 });
  });

  it('takes parameters of the content type, and gzip', async () => {
    const { traceId, items } = aTrace(2);
    const headers = { 'content-type': `${type}; charset=utf-8`, 'content-encoding': 'gzip' };
    expect((await send('/v1/traces', gzipSync(traces([{ items }])), headers)).status).toBe(200);
    expect(await storedSpans(traceId)).toBe(2);
  });

  it('takes logs', async () => {
    const { traceId } = aTrace(0);
    const body = logs([{ items: [{ traceId, spanId: spanId(1), eventName: 'gen_ai.choice' }] }]);
    expect((await send('/v1/logs', body, { 'content-type': type })).status).toBe(200);
    await api.spool.drained();
    const rows = await database.query('SELECT 1 FROM otel_logs WHERE TraceId = {traceId:String}', { traceId });
    expect(rows).toHaveLength(1);
  });

  it('drops metrics and says so', async () => {
    const answer = await send('/v1/metrics', metrics(3), { 'content-type': type });
    expect([answer.status, answer.type, answer.rejected]).toEqual([200, type, 3]);
    expect(answer.message).toContain('metrics are accepted and dropped');
    expect(reports.at(-1)).toMatchObject({ signal: 'metrics', items: 0, rejectedItems: 3 });
    expect((await send('/v1/metrics', Buffer.from([0xff]), { 'content-type': type })).status).toBe(400);
  });

  it('answers an empty body with success', async () => {
    for (const path of ['/v1/traces', '/v1/logs', '/v1/metrics'])
      expect((await send(path, new Uint8Array(), { 'content-type': type })).status).toBe(200);
  });

  it('keeps the good part of a batch and says what it refused', async () => {
    const { traceId, items } = aTrace(2);
    const answer = await send('/v1/traces', traces([{ items: [...items, { traceId: 'abcd', spanId: spanId(9) }] }]), {
      'content-type': type,
    });
    expect([answer.status, answer.rejected]).toEqual([200, 1]);
    expect(answer.message).toContain('resourceSpans[0].scopeSpans[0].spans[2].traceId');
    expect(await storedSpans(traceId)).toBe(2);
    expect(reports.at(-1)).toMatchObject({ items: 2, rejectedItems: 1 });
  });

  it('refuses what is malformed, for good', async () => {
    const { items } = aTrace(1);
    const cut = traces([{ items }]).slice(0, -5);
    const answer = await send('/v1/traces', cut, { 'content-type': type });
    expect([answer.status, answer.type, answer.code]).toEqual([400, type, 3]);
    expect(answer.message).toMatch(/malformed/i);
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(reports.at(-1)).toMatchObject({ status: 400, items: 0 });
  });

  it('refuses logs that were sent as traces, with the right address', async () => {
    const answer = await send('/v1/traces', logs([{ items: [{ body: 'hello' }] }]), { 'content-type': type });
    expect([answer.status, answer.code]).toEqual([400, 3]);
    expect(answer.message).toMatch(/\/v1\/logs|resourceLogs/);
  });

  it('stops a body that inflates without end', async () => {
    const bomb = gzipSync(Buffer.alloc(65 * 1024 ** 2));
    const answer = await send('/v1/traces', bomb, { 'content-type': type, 'content-encoding': 'gzip' });
    expect([answer.status, answer.type, answer.code]).toEqual([413, type, 8]);
    expect(answer.message).toContain('batch size');
  });

  it('refuses gzip that is none, and encodings that it does not know', async () => {
    const { items } = aTrace(1);
    const body = traces([{ items }]);
    expect((await send('/v1/traces', body, { 'content-type': type, 'content-encoding': 'gzip' })).status).toBe(400);
    const unknown = await send('/v1/traces', body, { 'content-type': type, 'content-encoding': 'br' });
    expect([unknown.status, unknown.headers.get('accept-encoding')]).toEqual([415, expect.stringContaining('gzip')]);
  });

  it('asks to come back while the spool is full, or cannot be written', async () => {
    const full = new LeewayError('LEEWAY_SPOOL_FULL', 'the store is away');
    for (const error of [full, new Error('EIO: /secret/path')]) {
      const busy = await startApi(database, { otlp: otlp({ append: () => Promise.reject(error) }) });
      const answer = await send('/v1/traces', traces([aTrace(1)]), { 'content-type': type }, busy.url);
      expect([answer.status, answer.type, answer.code]).toEqual([503, type, 14]);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.message).not.toContain('/secret');
    }
  });

  it('has a message even when Leeway itself is at fault', async () => {
    const broken = () => {
      throw new Error('/secret/path');
    };
    const faulty = await startApi(database, { otlp: otlp(sink, { ...receiver, read: broken }) });
    const answer = await send('/v1/traces', traces([aTrace(1)]), { 'content-type': type }, faulty.url);
    expect([answer.status, answer.type, answer.code]).toEqual([500, type, 13]);
    expect(answer.message).toMatch(/could not be processed/);
    expect(logged.at(-1)).toContain('/secret/path');
  });
});

describe('OTLP/HTTP', () => {
  it('answers only after the rows are durable', async () => {
    const events: string[] = [];
    let durable = () => {};
    const slow: BatchSink = {
      append: (_batch: RowBatch) =>
        new Promise((resolve) => {
          events.push('append');
          durable = () => {
            events.push('durable');
            resolve();
          };
        }),
    };
    const server = await startApi(database, { otlp: otlp(slow) });
    const answered = send('/v1/traces', tracesJson([aTrace(1)]), { 'content-type': JSON_TYPE }, server.url).then(() =>
      events.push('answered'),
    );
    await expect.poll(() => events).toEqual(['append']);
    durable();
    await answered;
    expect(events).toEqual(['append', 'durable', 'answered']);
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded'])('refuses %s', async (type) => {
    const answer = await send('/v1/traces', Buffer.from('hello'), { 'content-type': type });
    expect([answer.status, answer.type]).toEqual([415, PROTOBUF]);
    expect(answer.message).toContain('application/x-protobuf or application/json');
    expect(reports.at(-1)).toMatchObject({ encoding: 'unknown', status: 415 });
  });

  it('refuses a body that is too large before it is sent', async () => {
    const upload = announce(65 * 1024 ** 2);
    expect(await upload.answered).toEqual([413, PROTOBUF]);
    upload.abort();
  });

  it('takes requests while others announce much and send nothing', async () => {
    const uploads = Array.from({ length: 4 }, () => announce(60 * 1024 ** 2));
    await expect.poll(() => announced(0)).toEqual([200, PROTOBUF]);
    const { traceId, items } = aTrace(1);
    await expect
      .poll(async () => (await send('/v1/traces', tracesProtobuf([{ items }]), { 'content-type': PROTOBUF })).status)
      .toBe(200);
    expect(await storedSpans(traceId)).toBe(1);
    for (const upload of uploads) upload.abort();
  });

  it('takes a bounded number of bytes at once, also of uploads that were slow and hurry up', async () => {
    const admissionControl = new AdmissionControl({ limitBytes: 1_000_000 });
    const admitted = vi.spyOn(admissionControl, 'admitOrHold').mock.settledResults;
    const server = await startApi(database, { otlp: otlp(sink, receiver, admissionControl) });
    const first = announce(600_000, server.url);
    await expect.poll(() => admitted[0]?.type).toBe('fulfilled');
    const second = announce(600_000, server.url);
    await expect.poll(() => admitted[1]?.type, { timeout: 5_000 }).toBe('fulfilled');
    await expect.poll(() => admissionControl.admit(1_000_000).release()).toBeUndefined();
    first.send(599_000);
    second.send(599_000);
    // Its connection is cut: it did not find the memory for it.
    expect(await second.answered).toBeUndefined();
    first.send(1_000);
    // Zeros are no OTLP: what is let in is refused for that.
    expect(await first.answered).toEqual([400, PROTOBUF]);
  });

  it('reads nothing of what could not be kept', async () => {
    const admissionControl = new AdmissionControl({
      holdMs: 0,
      refusal: () => new LeewayError('LEEWAY_SPOOL_FULL', 'the store is away'),
    });
    const unread = () => {
      throw new Error('it was read');
    };
    const server = await startApi(database, { otlp: otlp(sink, { ...receiver, read: unread }, admissionControl) });
    const answer = await send('/v1/traces', tracesJson([aTrace(1)]), { 'content-type': JSON_TYPE }, server.url);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(answer.message).toContain('the store is away');
  });

  it('counts bodies that declare no length, and what a compressed one grows to', async () => {
    const admissionControl = new AdmissionControl({ limitBytes: 100_000, holdMs: 0 });
    const server = await startApi(database, { otlp: otlp(api.spool, receiver, admissionControl) });
    const chunked = (bytes: number) =>
      fetch(`${server.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': PROTOBUF },
        body: new Blob([Buffer.alloc(bytes)]).stream(),
        duplex: 'half',
      });
    const gzipped = (bytes: number) => {
      const headers = { 'content-type': PROTOBUF, 'content-encoding': 'gzip' };
      return send('/v1/traces', gzipSync(Buffer.alloc(bytes)), headers, server.url);
    };
    // Zeros are no OTLP: what is let in is refused for that.
    expect([(await chunked(200_000)).status, (await chunked(50_000)).status]).toEqual([503, 400]);
    expect([(await gzipped(200_000)).status, (await gzipped(50_000)).status]).toEqual([503, 400]);
    expect(() => admissionControl.admit(100_000).release()).not.toThrow();
  });

  it('does not take content as stored when the spool did not take it', async () => {
    const batches: RowBatch[] = [];
    let failures = 1;
    const flaky: BatchSink = {
      append: async (batch) => {
        if (failures-- > 0) throw new LeewayError('LEEWAY_SPOOL_FULL', 'full');
        batches.push(batch);
      },
    };
    const settings = { userSalt: '', promptFlag: '', outputReader: OUTPUT_READER, outputSchema: () => null };
    const server = await startApi(database, { otlp: otlp(flaky, createReceiver(settings)) });
    const { traceId } = aTrace(0);
    const attributes = [
      ['gen_ai.operation.name', 'chat'],
      ['gen_ai.system_instructions', '[{"type":"text","content":"Answer in JSON."}]'],
    ] as const;
    const body = tracesProtobuf([{ items: [{ traceId, spanId: spanId(1), attributes }] }]);
    expect((await send('/v1/traces', body, { 'content-type': PROTOBUF }, server.url)).status).toBe(503);
    expect((await send('/v1/traces', body, { 'content-type': PROTOBUF }, server.url)).status).toBe(200);
    expect(batches[0]?.artifacts.length).toBeGreaterThan(0);
  });

  it('is sent with POST', async () => {
    const response = await fetch(`${api.url}/v1/traces`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`${api.url}/v1/profiles`, { method: 'POST' })).status).toBe(404);
  });

  it('leaves the errors of the API as they are', async () => {
    const answer = await api.post('/api/v1/outcomes', { value: 2 });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
});
