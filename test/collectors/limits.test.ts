import { gzipSync } from 'node:zlib';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { AdmissionControl, createReceiver, otlpHttp } from '../../collectors/index.js';
import { JoinBuffer, MAX_LOGS_PER_SPAN } from '../../collectors/join-buffer.js';
import { MAX_JSON_DEPTH, parseJson } from '../../collectors/json-content.js';
import { MAX_MESSAGES, MAX_PARTS, readMessage } from '../../collectors/messages.js';
import { indexedElements } from '../../collectors/otlp/conventions/indexed.js';
import { MAX_CALLS_READING, MAX_CALLS_WAITING } from '../../collectors/otlp/grpc-bounds.js';
import { MAX_MESSAGE_BYTES, statusOf } from '../../collectors/otlp/grpc-status.js';
import { inflate } from '../../collectors/otlp/inflate.js';
import {
  MAX_ATTRIBUTES,
  MAX_DECODED_BYTES,
  MAX_ENCODED_BYTES,
  MAX_EVENTS_PER_SPAN,
  MAX_ITEMS_PER_REQUEST,
  MAX_LINKS_PER_SPAN,
  MAX_REJECTION_REASONS,
  MAX_VALUE_DEPTH,
} from '../../collectors/otlp/limits.js';
import { Turns } from '../../collectors/otlp/turns.js';
import { judgeToolCalls, MAX_FIELD_CHARACTERS, MAX_TOOL_FIELDS } from '../../collectors/tool-calls.js';
import { MAX_TOOLS, normaliseTools } from '../../collectors/tool-definitions.js';
import {
  logsProtobuf,
  type SpanShape,
  spanId,
  TRACE_ID,
  tracesJson,
  tracesProtobuf,
  type Value,
} from './support/bodies.js';
import { SETTINGS } from './support/generations.js';

const NOW_MS = 1_795_000_000_000;
const SMALL = { traceId: TRACE_ID, spanId: spanId(1) };
const many = <T>(count: number, item: (index: number) => T): T[] => Array.from({ length: count }, (_, n) => item(n));

/** `[accepted, refused]` of one span beside a good one, in protobuf and in JSON. */
function takes(shape: Partial<SpanShape>): [number, number][] {
  const groups = [
    {
      items: [
        { ...SMALL, ...shape },
        { traceId: TRACE_ID, spanId: spanId(2) },
      ],
    },
  ];
  const bodies = [
    [tracesProtobuf(groups), 'protobuf'],
    [tracesJson(groups), 'json'],
  ] as const;
  return bodies.map(([body, encoding]) => {
    const received = createReceiver(SETTINGS).traces(body, encoding, NOW_MS);
    return received.ok ? [received.batch.spans.length, received.rejected.count] : [0, 0];
  });
}

const WHOLE = [
  [2, 0],
  [2, 0],
];
const ALONE = [
  [1, 1],
  [1, 1],
];

function nested(depth: number): Value {
  let value: Value = 'core';
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

describe('a span at a limit is taken, one beyond it refused alone:', () => {
  it.each([
    ['attributes', MAX_ATTRIBUTES, (n: number) => ({ attributes: many(n, (i) => [`a${i}`, 'x'] as const) })],
    ['events', MAX_EVENTS_PER_SPAN, (n: number) => ({ events: many(n, () => ({ timeNs: 1n, name: 'e' })) })],
    ['links', MAX_LINKS_PER_SPAN, (n: number) => ({ links: many(n, () => SMALL) })],
    ['levels of a value', MAX_VALUE_DEPTH, (n: number) => ({ attributes: [['deep', nested(n)] as const] })],
    [
      'attributes of an event',
      MAX_ATTRIBUTES,
      (n: number) => ({
        events: [{ timeNs: 1n, name: 'e', attributes: many(n, (i) => [`a${i}`, 'x'] as const) }],
      }),
    ],
  ])('%s', (_what, limit, shape) => {
    expect(takes(shape(limit))).toEqual(WHOLE);
    expect(takes(shape(limit + 1))).toEqual(ALONE);
  });
});

const attributesOf = (count: number) => many(count, (i) => [`a${i}`, 'x'] as const);

it('a resource with more attributes than it may have is refused with its spans, and no other', () => {
  const spans = (count: number) => {
    const groups = [{ resource: attributesOf(count), items: [SMALL] }, { items: [SMALL] }];
    const received = createReceiver(SETTINGS).traces(tracesProtobuf(groups), 'protobuf', NOW_MS);
    return received.ok ? received.batch.spans.length : 0;
  };
  expect([spans(MAX_ATTRIBUTES), spans(MAX_ATTRIBUTES + 1)]).toEqual([2, 1]);
});

describe('a log record at a limit is taken, one beyond it refused alone:', () => {
  it.each([
    ['attributes', MAX_ATTRIBUTES, (n: number) => ({ attributes: attributesOf(n) })],
    ['levels of its body', MAX_VALUE_DEPTH, (n: number) => ({ body: nested(n) })],
  ])('%s', (_what, limit, shape) => {
    const taken = (n: number) => {
      const items = [{ eventName: 'gen_ai.choice', ...shape(n) }, { eventName: 'gen_ai.choice' }];
      const received = createReceiver(SETTINGS).logs(logsProtobuf([{ items }]), 'protobuf', NOW_MS);
      return received.ok ? [received.batch.logs.length, received.rejected.count] : [];
    };
    expect([taken(limit), taken(limit + 1)]).toEqual([
      [2, 0],
      [1, 1],
    ]);
  });
});

describe('a request', () => {
  it('may be so large as it is sent, and not a byte more', async () => {
    const server = fastify();
    const settings = { sink: { append: async () => {} }, clock: { now: () => NOW_MS }, log: () => {} };
    server.register(
      otlpHttp({ ...settings, receiver: createReceiver(SETTINGS), admissionControl: new AdmissionControl() }),
    );
    const statusOfLength = async (bytes: number) => {
      const headers = { 'content-type': 'application/x-protobuf', 'content-length': String(bytes) };
      const { body, statusCode } = await server.inject({ method: 'POST', url: '/v1/traces', headers, payload: 'x' });
      return [statusCode, body.includes('larger')];
    };
    // The length alone is believed or refused: that the body then is shorter is another matter.
    expect(await statusOfLength(MAX_ENCODED_BYTES)).toEqual([400, false]);
    expect(await statusOfLength(MAX_ENCODED_BYTES + 1)).toEqual([413, true]);
    await server.close();
  });

  it('may hold so many items, and not one more', () => {
    const empty = (count: number) => logsProtobuf([{ items: many(count, () => ({ eventName: 'other' })) }]);
    const receiver = createReceiver(SETTINGS);
    expect(receiver.logs(empty(MAX_ITEMS_PER_REQUEST), 'protobuf', NOW_MS)).toMatchObject({
      ok: true,
      rejected: { count: MAX_ITEMS_PER_REQUEST },
    });
    expect(receiver.logs(empty(MAX_ITEMS_PER_REQUEST + 1), 'protobuf', NOW_MS)).toMatchObject({
      ok: false,
      error: { code: 'LEEWAY_TOO_LARGE' },
    });
  });

  it('is told so many reasons, and the number of the others', () => {
    const message = (count: number) => {
      const items = many(count, () => ({ traceId: '', spanId: '' }));
      const received = createReceiver(SETTINGS).traces(
        tracesProtobuf([{ items }, { items: [SMALL] }]),
        'protobuf',
        NOW_MS,
      );
      return received.ok ? received.rejected.message : '';
    };
    expect(message(MAX_REJECTION_REASONS)).not.toContain('more');
    expect(message(MAX_REJECTION_REASONS + 1)).toContain('and 1 more');
  });

  it('may be so large once it is inflated, and not a byte more', async () => {
    const plain = Buffer.alloc(MAX_DECODED_BYTES + 1);
    expect(await inflate(plain.subarray(1), '')).toMatchObject({ ok: true });
    expect(await inflate(plain, '')).toMatchObject({ ok: false, error: { code: 'LEEWAY_TOO_LARGE' } });
    const [limit, none] = [1000, () => {}];
    expect(await inflate(gzipSync(Buffer.alloc(limit)), 'gzip', none, limit)).toMatchObject({ ok: true });
    expect(await inflate(gzipSync(Buffer.alloc(limit + 1)), 'gzip', none, limit)).toMatchObject({ ok: false });
  });
});

describe('calls over gRPC', () => {
  it('wait in line, so many and not one more', async () => {
    const turns = new Turns(MAX_CALLS_READING, MAX_CALLS_WAITING);
    const reading = await Promise.all(many(MAX_CALLS_READING, () => turns.take()));
    const waiting = many(MAX_CALLS_WAITING, () => turns.take());
    await expect(turns.take()).rejects.toMatchObject({ code: 'LEEWAY_BUSY' });
    for (const end of reading) end();
    await Promise.all(waiting.slice(0, MAX_CALLS_READING));
  });

  it('are told what failed in so many bytes', () => {
    const told = (bytes: number) => statusOf({ status: 400, message: 'x'.repeat(bytes), logged: null }).details;
    expect(told(MAX_MESSAGE_BYTES)).toBe('x'.repeat(MAX_MESSAGE_BYTES));
    expect(told(MAX_MESSAGE_BYTES + 1)).toBe(`${'x'.repeat(MAX_MESSAGE_BYTES)}…`);
  });
});

describe('content is read up to a limit:', () => {
  it('log records of a span', () => {
    const { traceId, spanId: id } = SMALL;
    const resource = new Map();
    const record = { timeNs: 1n, observedNs: 1n, severityNumber: 0, severityText: '', eventName: 'gen_ai.choice' };
    const place = { body: null, traceId, spanId: id, flags: 0, resource, scope: { name: '', version: '' } };
    const logs = (count: number) =>
      many(count, (n) => ({ ...record, ...place, attributes: new Map([['n', BigInt(n)]]) }));
    const joined = (count: number) => new JoinBuffer().addLogs(traceId, id, logs(count), NOW_MS).logs.length;
    expect([joined(MAX_LOGS_PER_SPAN), joined(MAX_LOGS_PER_SPAN + 1)]).toEqual([MAX_LOGS_PER_SPAN, MAX_LOGS_PER_SPAN]);
  });

  it('levels of JSON', () => {
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(parseJson(deep(MAX_JSON_DEPTH))).toBeDefined();
    expect(parseJson(deep(MAX_JSON_DEPTH + 1))).toBeUndefined();
  });

  it('indexed attributes', () => {
    const attributes = new Map(
      [0, MAX_MESSAGES - 1, MAX_MESSAGES, 9_999_999].map((n) => [`gen_ai.prompt.${n}.role`, 'user']),
    );
    expect(indexedElements(attributes, 'gen_ai.prompt')).toHaveLength(2);
  });

  it('parts of a message', () => {
    const parts = (count: number) => readMessage({ role: 'user', parts: many(count, () => 'a') }, 'user').parts.length;
    expect([parts(MAX_PARTS), parts(MAX_PARTS + 1)]).toEqual([MAX_PARTS, MAX_PARTS]);
  });

  it('tool definitions', () => {
    const tools = (count: number) => normaliseTools(many(count, (n) => ({ name: `tool${n}` }))).length;
    expect([tools(MAX_TOOLS), tools(MAX_TOOLS + 1)]).toEqual([MAX_TOOLS, MAX_TOOLS]);
  });

  it('names of tools and of their arguments', () => {
    const call = (name: string) => ({ kind: 'tool_call', name, arguments: '{}' }) as const;
    const fields = (count: number) =>
      judgeToolCalls(
        many(count, (n) => call(`tool${n}`)),
        [],
      ).fields.length;
    expect([fields(MAX_TOOL_FIELDS), fields(MAX_TOOL_FIELDS + 1)]).toEqual([MAX_TOOL_FIELDS, MAX_TOOL_FIELDS]);
    const length = (characters: number) => judgeToolCalls([call('n'.repeat(characters))], []).fields[0]?.length;
    expect([length(MAX_FIELD_CHARACTERS), length(MAX_FIELD_CHARACTERS + 1)]).toEqual([
      MAX_FIELD_CHARACTERS,
      MAX_FIELD_CHARACTERS,
    ]);
  });
});
