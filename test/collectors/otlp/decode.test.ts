import { describe, expect, it } from 'vitest';
import { decodeLogs, decodeTraces } from '../../../collectors/otlp/decode.js';
import { MAX_ATTRIBUTES, MAX_ITEMS_PER_REQUEST, MAX_VALUE_DEPTH } from '../../../collectors/otlp/limits.js';
import type { Span } from '../../../collectors/otlp/types.js';
import {
  logsJson,
  logsProtobuf,
  type SpanShape,
  spanId,
  TRACE_ID,
  tracesJson,
  tracesProtobuf,
  type Value,
} from '../support/bodies.js';

const RECEIVED_NS = 42n;

function spansOf(body: Uint8Array, encoding: 'protobuf' | 'json'): readonly Span[] {
  const decoded = decodeTraces(body, encoding, RECEIVED_NS);
  if (!decoded.ok) throw decoded.error;
  return decoded.items;
}

function firstSpan(shape: Partial<SpanShape>, encoding: 'protobuf' | 'json' = 'protobuf'): Span {
  const groups = [{ items: [{ traceId: TRACE_ID, spanId: spanId(1), ...shape }] }];
  const [span] = spansOf(encoding === 'json' ? tracesJson(groups) : tracesProtobuf(groups), encoding);
  if (span === undefined) throw new Error('no span');
  return span;
}

const text = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('a good request', () => {
  const groups = [
    {
      resource: [['service.name', 'support-bot']] as const,
      scope: 'sdk',
      items: [
        {
          traceId: TRACE_ID,
          spanId: spanId(1),
          parentSpanId: spanId(9),
          name: 'chat small-model',
          attributes: [
            ['text', 'grüße 🌍'],
            ['yes', true],
            ['whole', -(2n ** 63n)],
            ['zero', 0n],
            ['real', 0.25],
            ['not a number', Number.NaN],
            ['endless', Number.NEGATIVE_INFINITY],
            ['bytes', new Uint8Array([1, 2, 255])],
            ['list', ['a', 1n, null]],
            ['pairs', { pairs: [['inner', [{ pairs: [['deep', 'value']] }]]] }],
            ['nothing', null],
          ] as const,
          events: [{ timeNs: 5n, name: 'exception', attributes: [['exception.type', 'Timeout']] as const }],
          links: [{ traceId: TRACE_ID, spanId: spanId(3) }],
          statusCode: 2,
          statusMessage: 'no answer',
        },
      ],
    },
  ];

  it.each(['protobuf', 'json'] as const)('gives every field of a span (%s)', (encoding) => {
    const [span] = spansOf(encoding === 'json' ? tracesJson(groups) : tracesProtobuf(groups), encoding);
    expect(span).toMatchObject({
      traceId: TRACE_ID,
      spanId: spanId(1),
      parentSpanId: spanId(9),
      name: 'chat small-model',
      kind: 'Client',
      startNs: 1_700_000_000_000_000_000n,
      endNs: 1_700_000_001_000_000_000n,
      statusCode: 'Error',
      statusMessage: 'no answer',
      scope: { name: 'sdk', version: '' },
    });
    expect(span?.resource.get('service.name')).toBe('support-bot');
    expect(span?.attributes.get('text')).toBe('grüße 🌍');
    expect(span?.attributes.get('whole')).toBe(-(2n ** 63n));
    expect(span?.attributes.get('zero')).toBe(0n);
    expect(span?.attributes.get('not a number')).toBeNaN();
    expect(span?.attributes.get('endless')).toBe(Number.NEGATIVE_INFINITY);
    expect([...((span?.attributes.get('bytes') ?? []) as Uint8Array)]).toEqual([1, 2, 255]);
    expect(span?.attributes.get('list')).toEqual(['a', 1n, null]);
    expect(span?.attributes.get('pairs')).toEqual(new Map([['inner', [new Map([['deep', 'value']])]]]));
    expect(span?.attributes.get('nothing')).toBeNull();
    expect(span?.events[0]?.attributes.get('exception.type')).toBe('Timeout');
    expect(span?.links[0]?.spanId).toBe(spanId(3));
  });

  it('may be empty', () => {
    const nothing = { ok: true, items: [], rejected: { count: 0, reasons: [] } };
    expect(decodeTraces(new Uint8Array(), 'protobuf', 0n)).toEqual(nothing);
    expect(decodeTraces(new Uint8Array(), 'json', 0n)).toEqual(nothing);
    expect(decodeLogs(text({}), 'json', 0n)).toEqual(nothing);
  });
});

describe('OTLP/JSON', () => {
  const span = { traceId: TRACE_ID.toUpperCase(), spanId: spanId(1), name: 'x' };
  const withSpan = (more: object) => text({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, ...more }] }] }] });

  it('takes enums as names, integers as numbers, ids in either case and ignores unknown fields', () => {
    const [read] = spansOf(
      withSpan({
        kind: 'SPAN_KIND_SERVER',
        status: { code: 'STATUS_CODE_OK', unheardOf: 1 },
        startTimeUnixNano: 1_000,
        endTimeUnixNano: '2000',
        attributes: [
          { key: 'n', value: { intValue: 7 } },
          { key: 'd', value: { doubleValue: '0.5' } },
        ],
        somethingNew: { deep: [] },
      }),
      'json',
    );
    expect(read).toMatchObject({ traceId: TRACE_ID, kind: 'Server', statusCode: 'Ok', startNs: 1000n, endNs: 2000n });
    expect(read?.attributes).toEqual(
      new Map<string, unknown>([
        ['n', 7n],
        ['d', 0.5],
      ]),
    );
  });

  it.each([
    [{ spanId: 'zz' }, 'resourceSpans[0].scopeSpans[0].spans[0].spanId: not hexadecimal'],
    [{ startTimeUnixNano: '-1' }, 'spans[0].startTimeUnixNano: expected an unsigned 64-bit integer'],
    [{ attributes: {} }, 'spans[0].attributes: expected an array, found an object'],
    [{ attributes: [{ key: 'k', value: { intValue: '9223372036854775808' } }] }, 'attributes[0].value.intValue:'],
    [{ attributes: [{ key: 'k', value: 'v' }] }, 'attributes[0].value: expected an object, found a string'],
    [{ events: [{ name: 5 }] }, 'spans[0].events[0].name: expected a string, found a number'],
  ])('names the field of a bad span, and keeps the good one beside it: %j', (bad, reason) => {
    const good = { ...span, spanId: spanId(2) };
    const body = text({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, ...bad }, good] }] }] });
    const decoded = decodeTraces(body, 'json', 0n);
    if (!decoded.ok) throw decoded.error;
    expect(decoded.items.map((item) => item.spanId)).toEqual([spanId(2)]);
    expect(decoded.rejected.count).toBe(1);
    expect(decoded.rejected.reasons[0]).toContain(reason);
  });

  it.each([
    ['{"resourceSpans": [', 'malformed JSON'],
    ['[]', 'expected an object, found an array'],
    ['{"resourceSpans": 1}', 'resourceSpans: expected an array, found a number'],
    ['{"resourceSpans": [{"scopeSpans": {}}]}', 'resourceSpans[0].scopeSpans: expected an array'],
    ['{"resourceLogs": []}', 'post a body with resourceLogs to /v1/logs'],
    ['{"resourceMetrics": []}', 'post a body with resourceMetrics to /v1/metrics'],
  ])('refuses %s and says where', (body, message) => {
    const decoded = decodeTraces(Buffer.from(body), 'json', 0n);
    expect(decoded).toMatchObject({ ok: false, error: { code: 'LEEWAY_MALFORMED' } });
    expect(!decoded.ok && decoded.error.message).toContain(message);
  });
});

describe('ids', () => {
  it.each([
    [{ traceId: 'abcd' }, 'traceId: 2 bytes, must be 16'],
    [{ traceId: '' }, 'traceId: absent, must be 16 bytes'],
    [{ traceId: '0'.repeat(32) }, 'traceId: all zero'],
    [{ spanId: spanId(0) }, 'spanId: all zero'],
    [{ parentSpanId: 'ab' }, 'parentSpanId: 1 bytes, must be 8'],
  ])('of the wrong length or all zero refuse the span alone: %j', (bad, reason) => {
    const groups = [
      {
        items: [
          { traceId: TRACE_ID, spanId: spanId(1), ...bad },
          { traceId: TRACE_ID, spanId: spanId(2) },
        ],
      },
    ];
    for (const decoded of [
      decodeTraces(tracesProtobuf(groups), 'protobuf', 0n),
      decodeTraces(tracesJson(groups), 'json', 0n),
    ]) {
      if (!decoded.ok) throw decoded.error;
      expect(decoded.items.map((span) => span.spanId)).toEqual([spanId(2)]);
      expect(decoded.rejected.reasons).toEqual([
        expect.stringContaining(`resourceSpans[0].scopeSpans[0].spans[0].${reason}`),
      ]);
    }
  });

  it('of all zeros mean no parent', () => {
    expect(firstSpan({ parentSpanId: spanId(0) }).parentSpanId).toBe('');
  });
});

describe('times', () => {
  it.each([
    ['end before start', { startNs: 500n, endNs: 100n }, { startNs: 500n, endNs: 500n }],
    ['no start', { startNs: 0n, endNs: 100n }, { startNs: 100n, endNs: 100n }],
    ['no end', { startNs: 500n, endNs: 0n }, { startNs: 500n, endNs: 500n }],
    ['neither', { startNs: 0n, endNs: 0n }, { startNs: RECEIVED_NS, endNs: RECEIVED_NS }],
    ['beyond what the store can hold', { startNs: 2n ** 64n - 1n, endNs: 100n }, { startNs: 100n, endNs: 100n }],
  ])('fall back when there is %s', (_name, sent, read) => {
    expect(firstSpan(sent)).toMatchObject(read);
    expect(firstSpan(sent, 'json')).toMatchObject(read);
  });
});

describe('malformed protobuf', () => {
  const good = tracesProtobuf([{ items: [{ traceId: TRACE_ID, spanId: spanId(1) }] }]);

  it('is an error that says at which byte', () => {
    const decoded = decodeTraces(good.subarray(0, good.length - 3), 'protobuf', 0n);
    expect(decoded).toMatchObject({ ok: false, error: { code: 'LEEWAY_MALFORMED' } });
    expect(!decoded.ok && decoded.error.message).toMatch(/malformed protobuf at byte \d+ of \d+/);
  });

  it('in one span spoils only that span', () => {
    // One resource, one scope, and beside the good span one of which a string runs past its end.
    const span = good.subarray(good.indexOf(0x12, 2) + 2);
    const inner = span.subarray(span.indexOf(0x12) + 2);
    const broken = Buffer.from([0x2a, 0x7f, 0x41]);
    const scope = Buffer.concat([Buffer.from([0x12, broken.length]), broken, Buffer.from([0x12, inner.length]), inner]);
    const resource = Buffer.concat([Buffer.from([0x12, scope.length]), scope]);
    const decoded = decodeTraces(Buffer.concat([Buffer.from([0x0a, resource.length]), resource]), 'protobuf', 0n);
    if (!decoded.ok) throw decoded.error;
    expect(decoded.items.map((item) => item.spanId)).toEqual([spanId(1)]);
    expect(decoded.rejected.reasons[0]).toContain('resourceSpans[0].scopeSpans[0].spans[0]: malformed protobuf');
  });

  it('with text that is not UTF-8 keeps the span, the bad bytes replaced', () => {
    const body = Buffer.from(tracesProtobuf([{ items: [{ traceId: TRACE_ID, spanId: spanId(1), name: 'QQ' }] }]));
    body.fill(0xff, body.indexOf('QQ'), body.indexOf('QQ') + 2);
    expect(spansOf(body, 'protobuf')[0]?.name).toBe('\ufffd\ufffd');
  });
});

describe('the wrong endpoint', () => {
  const logs = [{ items: [{ traceId: TRACE_ID, spanId: spanId(1), body: 'hello' }] }];
  const traces = [{ items: [{ traceId: TRACE_ID, spanId: spanId(1) }] }];

  it('is recognised for logs posted as traces, and the other way round', () => {
    const asTraces = decodeTraces(logsProtobuf(logs), 'protobuf', 0n);
    expect(!asTraces.ok && asTraces.error.message).toContain('this is a log record, not a span; post logs to /v1/logs');
    const asLogs = decodeLogs(tracesProtobuf(traces), 'protobuf', 0n);
    expect(!asLogs.ok && asLogs.error.message).toContain('this is a span, not a log record; post traces to /v1/traces');
    expect(decodeLogs(logsJson(logs), 'json', 0n).ok).toBe(true);
  });
});

describe('hostile input', () => {
  it('of more items than a request may hold is refused whole', () => {
    const spans = Array.from({ length: MAX_ITEMS_PER_REQUEST + 1 }, () => ({}));
    const decoded = decodeTraces(text({ resourceSpans: [{ scopeSpans: [{ spans }] }] }), 'json', 0n);
    expect(decoded).toMatchObject({ ok: false, error: { code: 'LEEWAY_TOO_LARGE' } });
  });

  it('in a resource refuses its spans, and only them', () => {
    const resource = Array.from({ length: MAX_ATTRIBUTES + 1 }, (_, n) => [`a${n}`, ''] as const);
    const groups = [
      { resource, items: [1, 2].map((n) => ({ traceId: TRACE_ID, spanId: spanId(n) })) },
      { items: [{ traceId: TRACE_ID, spanId: spanId(3) }] },
    ];
    for (const decoded of [
      decodeTraces(tracesProtobuf(groups), 'protobuf', 0n),
      decodeTraces(tracesJson(groups), 'json', 0n),
    ]) {
      if (!decoded.ok) throw decoded.error;
      expect(decoded.items.map((span) => span.spanId)).toEqual([spanId(3)]);
      expect(decoded.rejected.reasons[0]).toContain('spans[0].resource.attributes: 10001 of them');
    }
  });

  it('nested beyond the limit refuses the span alone, in both encodings', () => {
    let value: Value = 'core';
    for (let depth = 0; depth <= MAX_VALUE_DEPTH; depth++) value = [value];
    const groups = [
      {
        items: [
          { traceId: TRACE_ID, spanId: spanId(1), attributes: [['deep', value]] as const },
          { traceId: TRACE_ID, spanId: spanId(2) },
        ],
      },
    ];
    for (const decoded of [
      decodeTraces(tracesProtobuf(groups), 'protobuf', 0n),
      decodeTraces(tracesJson(groups), 'json', 0n),
    ]) {
      if (!decoded.ok) throw decoded.error;
      expect(decoded.items.map((span) => span.spanId)).toEqual([spanId(2)]);
      expect(decoded.rejected.reasons[0]).toContain(`nested deeper than ${MAX_VALUE_DEPTH} levels`);
    }
  });

  it('100,000 levels deep in JSON is refused, not a crash', () => {
    const opening = '{"arrayValue":{"values":['.repeat(100_000);
    const closing = ']}}'.repeat(100_000);
    const attribute = `{"key":"k","value":${opening}${closing}}`;
    const span = `{"traceId":"${TRACE_ID}","spanId":"${spanId(1)}","attributes":[${attribute}]}`;
    const decoded = decodeTraces(Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`), 'json', 0n);
    expect(decoded.ok && decoded.rejected.count).toBe(1);
  });

  it('with keys such as __proto__ changes no prototype and keeps the keys', () => {
    const attributes = [
      ['__proto__', 'polluted'],
      ['constructor', { pairs: [['prototype', { pairs: [['x', 1n]] }]] }],
    ] as const;
    for (const encoding of ['protobuf', 'json'] as const) {
      expect(firstSpan({ attributes }, encoding).attributes.get('__proto__')).toBe('polluted');
    }
    const body = `{"__proto__":{"polluted":1},"resourceSpans":[{"__proto__":{"polluted":1},"scopeSpans":[]}]}`;
    expect(decodeTraces(Buffer.from(body), 'json', 0n).ok).toBe(true);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('leaves the stacks of other errors as they were', () => {
    const frames = Error.stackTraceLimit;
    expect(decodeTraces(Buffer.from('0a05', 'hex'), 'protobuf', 0n).ok).toBe(false);
    expect(Error.stackTraceLimit).toBe(frames);
  });

  it('keeps the last of several attributes of one name', () => {
    const attributes = [
      ['k', 'first'],
      ['k', 'last'],
    ] as const;
    expect(firstSpan({ attributes }).attributes).toEqual(new Map([['k', 'last']]));
    expect(firstSpan({ attributes }, 'json').attributes).toEqual(new Map([['k', 'last']]));
  });
});
