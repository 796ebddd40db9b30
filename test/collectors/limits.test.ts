import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createReceiver } from '../../collectors/index.js';
import { MAX_JSON_DEPTH, parseJson } from '../../collectors/json-content.js';
import { MAX_MESSAGES, MAX_PARTS, readMessage } from '../../collectors/messages.js';
import { indexedElements } from '../../collectors/otlp/conventions/indexed.js';
import { inflate } from '../../collectors/otlp/inflate.js';
import {
  MAX_ATTRIBUTES,
  MAX_DECODED_BYTES,
  MAX_EVENTS_PER_SPAN,
  MAX_ITEMS_PER_REQUEST,
  MAX_LINKS_PER_SPAN,
  MAX_REJECTION_REASONS,
  MAX_VALUE_DEPTH,
} from '../../collectors/otlp/limits.js';
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

describe('a request', () => {
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

describe('content is read up to a limit:', () => {
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
