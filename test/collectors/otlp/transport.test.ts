import { deflateSync, gzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { encodeExportResponse, encodeRpcStatus, RPC_CODES } from '../../../collectors/otlp/encode.js';
import { inflate } from '../../../collectors/otlp/inflate.js';
import { recogniseBody } from '../../../collectors/otlp/recognise.js';
import { logsJson, logsProtobuf, spanId, TRACE_ID, tracesJson, tracesProtobuf } from '../support/bodies.js';

const BODY = Buffer.from('a body that is a little longer than its compressed form '.repeat(20));

describe('answers', () => {
  const refused = { count: 3, message: 'spans[0].traceId: absent' };

  it('to a request that was taken whole are empty', () => {
    expect(encodeExportResponse('traces', { count: 0, message: '' }, 'protobuf')).toHaveLength(0);
    expect(Buffer.from(encodeExportResponse('logs', { count: 0, message: '' }, 'json')).toString()).toBe('{}');
  });

  it('tell in JSON what was refused, by the name the signal has for it', () => {
    const answer = (signal: 'traces' | 'logs' | 'metrics') =>
      JSON.parse(Buffer.from(encodeExportResponse(signal, refused, 'json')).toString());
    expect(answer('traces')).toEqual({ partialSuccess: { rejectedSpans: '3', errorMessage: refused.message } });
    expect(answer('logs').partialSuccess).toHaveProperty('rejectedLogRecords');
    expect(answer('metrics').partialSuccess).toHaveProperty('rejectedDataPoints');
  });

  it('tell the same in protobuf', () => {
    const reader = protobuf.Reader.create(encodeExportResponse('traces', refused, 'protobuf'));
    expect(reader.uint32()).toBe(0x0a);
    reader.uint32();
    expect([reader.uint32(), Number(reader.int64())]).toEqual([0x08, 3]);
    expect([reader.uint32(), reader.string()]).toEqual([0x12, refused.message]);
  });

  it('to a failure are a google.rpc.Status', () => {
    const json = Buffer.from(encodeRpcStatus(RPC_CODES.invalidArgument, 'bad', 'json')).toString();
    expect(JSON.parse(json)).toEqual({ code: 3, message: 'bad' });
    const reader = protobuf.Reader.create(encodeRpcStatus(RPC_CODES.unavailable, 'later', 'protobuf'));
    expect([reader.uint32(), reader.int32(), reader.uint32(), reader.string()]).toEqual([0x08, 14, 0x12, 'later']);
  });
});

describe('content encodings', () => {
  it.each([
    ['gzip', gzipSync(BODY)],
    ['GZIP', gzipSync(BODY)],
    ['deflate', deflateSync(BODY)],
    ['identity', BODY],
    ['', BODY],
  ])('%s is undone', async (encoding, bytes) => {
    const inflated = await inflate(bytes, encoding);
    expect(inflated.ok && Buffer.from(inflated.body).equals(BODY)).toBe(true);
  });

  it('that are unknown are refused with the list of those that are not', async () => {
    const inflated = await inflate(BODY, 'br');
    expect(inflated).toMatchObject({ ok: false, error: { code: 'LEEWAY_UNSUPPORTED_MEDIA_TYPE' } });
    expect(!inflated.ok && inflated.error.message).toContain('gzip, deflate');
  });

  it('that do not fit the bytes are a malformed body', async () => {
    expect(await inflate(BODY, 'gzip')).toMatchObject({ ok: false, error: { code: 'LEEWAY_MALFORMED' } });
    const cut = gzipSync(BODY).subarray(0, 20);
    expect(await inflate(cut, 'gzip')).toMatchObject({ ok: false, error: { code: 'LEEWAY_MALFORMED' } });
  });

  it('that inflate beyond the limit are stopped at it', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    const inflated = await inflate(bomb, 'gzip', () => {}, 1024 * 1024);
    expect(inflated).toMatchObject({ ok: false, error: { code: 'LEEWAY_TOO_LARGE', status: 413 } });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
    expect(await inflate(BODY, '', () => {}, 10)).toMatchObject({ ok: false, error: { code: 'LEEWAY_TOO_LARGE' } });
  });
});

describe('a body without a label', () => {
  const spans = [{ items: [{ traceId: TRACE_ID, spanId: spanId(1) }] }];
  const logs = [{ items: [{ traceId: TRACE_ID, spanId: spanId(1), body: 'resourceSpans' }] }];

  it.each([
    ['protobuf', 'traces', tracesProtobuf(spans)],
    ['protobuf', 'logs', logsProtobuf(logs)],
    ['json', 'traces', tracesJson(spans)],
    ['json', 'logs', logsJson(logs)],
    ['json', 'logs', Buffer.concat([Buffer.from('\n  '), logsJson(logs)])],
  ])('is told to be %s %s', (encoding, signal, body) => {
    expect(recogniseBody(body)).toEqual({ encoding, signal });
  });
});
