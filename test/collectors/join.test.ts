import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJoin, type Join } from '../../collectors/join.js';
import { JOIN_WINDOW_MS, JoinBuffer, MAX_JOIN_BYTES, MAX_JOIN_ENTRIES } from '../../collectors/join-buffer.js';
import { createReceiver } from '../../collectors/otlp/receive.js';
import type { LogRecord, Span } from '../../collectors/otlp/types.js';
import { WireDecoder, WireSpan } from '../../collectors/otlp/wire/index.js';
import type { RevisedGeneration } from '../../collectors/row-batch.js';
import { wholly } from '../../collectors/steps.js';
import { createVersionSettling } from '../../collectors/version-settling.js';
import { logsProtobuf, spanId, TRACE_ID, tracesProtobuf } from './support/bodies.js';
import { json, SETTINGS } from './support/generations.js';
import { CHAT, log, span } from './support/spans.js';
import { attributeField, lengthDelimited, request, TIME_FIELDS, textField, USER_IDS } from './support/wire.js';

function newJoin() {
  const join = createJoin(SETTINGS, createVersionSettling());
  return { ...join, accept: (...request: Parameters<Join['accept']>) => wholly(join.accept(...request)) };
}

const CALL = span(CHAT);
const SYSTEM = log('gen_ai.system.message', new Map([['content', 'You help.']]));
const USER = log('gen_ai.user.message', new Map([['content', 'yes']]));
const CHOICE = log('gen_ai.choice', new Map([['message', new Map([['content', 'Done.']])]]));

const PARENT = span(
  { 'ai.operationId': 'ai.generateObject', 'ai.schema': json({ type: 'object', required: ['a'] }) },
  { spanId: spanId(9) },
);
const CHILD = span(
  { 'ai.operationId': 'ai.generateObject.doGenerate', 'ai.response.object': '{}' },
  { parentSpanId: spanId(9) },
);

type Piece = { readonly spans?: readonly Span[]; readonly logs?: readonly LogRecord[] };

/** What the store would keep after these requests: of each span the newest revision. */
function stored(pieces: readonly Piece[], join = newJoin()): Map<string, RevisedGeneration> {
  const newest = new Map<string, RevisedGeneration>();
  for (const { spans = [], logs = [] } of pieces) {
    for (const revised of join.accept(spans, logs, 0).generations) {
      const key = revised.generation.spanId;
      if (revised.revision >= (newest.get(key)?.revision ?? 0)) newest.set(key, revised);
    }
  }
  return newest;
}

describe('a generation whose content comes apart', () => {
  it('is given out with its span, and again with what joins it', () => {
    const join = newJoin();
    const [first] = join.accept([CALL], [], 0).generations;
    expect(first).toMatchObject({ revision: 1, generation: { outputLength: null } });
    const [second] = join.accept([], [SYSTEM, USER, CHOICE], 1_000).generations;
    expect(second).toMatchObject({
      revision: 4,
      generation: { outputLength: 5, versions: { prompt: { source: 'derived' } } },
    });
  });

  it('is not given out before its span is there', () => {
    const join = newJoin();
    expect(join.accept([], [SYSTEM, CHOICE], 0).generations).toEqual([]);
    expect(join.accept([CALL], [], 0).generations).toMatchObject([{ revision: 3, generation: { outputLength: 5 } }]);
  });

  it('ends the same in whatever order and grouping its pieces come', () => {
    const pieces: Piece[] = [
      { spans: [CALL] },
      { logs: [SYSTEM] },
      { logs: [CHOICE] },
      { spans: [CHILD, PARENT] },
      { logs: [USER] },
    ];
    const apart: Piece[] = [...pieces.slice(0, 3), { spans: [CHILD] }, { spans: [PARENT] }, { logs: [USER] }];
    const call = { ...CHILD, spanId: spanId(2) };
    const named = apart.map((piece) => ({ ...piece, spans: piece.spans?.map((s) => (s === CHILD ? call : s)) ?? [] }));
    const expected = stored([{ spans: [CALL, call, PARENT], logs: [SYSTEM, USER, CHOICE] }]);
    const comparable = (newest: Map<string, RevisedGeneration>) =>
      [...newest.values()]
        .map(({ revision, generation }) => [
          generation.spanId,
          revision,
          generation.compliance,
          generation.outputLength,
          generation.versions,
        ])
        .sort();
    fc.assert(
      fc.property(fc.shuffledSubarray(named, { minLength: named.length }), (order) => {
        expect(comparable(stored(order))).toEqual(comparable(expected));
      }),
    );
  });

  it('is the same, with the same revision, when everything is sent twice', () => {
    const join = newJoin();
    const once = join.accept([CALL], [USER, USER, CHOICE], 0);
    const twice = join.accept([CALL], [USER, USER, CHOICE], 1);
    expect(twice.generations).toEqual(once.generations);
    expect(once.generations).toMatchObject([{ revision: 4 }]);
  });
});

describe('a Vercel call', () => {
  it('finds its schema on the parent of the same request', () => {
    expect(newJoin().accept([CHILD, PARENT], [], 0).generations).toMatchObject([
      { revision: 2, generation: { compliance: 'schema_invalid' } },
    ]);
  });

  it('is judged again when the parent comes later', () => {
    const join = newJoin();
    expect(join.accept([CHILD], [], 0).generations).toMatchObject([{ revision: 1, generation: { compliance: 'ok' } }]);
    expect(join.accept([PARENT], [], 5_000).generations).toMatchObject([
      { revision: 2, generation: { compliance: 'schema_invalid' } },
    ]);
  });
});

describe('a failed step', () => {
  const request = span(
    { 'http.request.method': 'POST' },
    { spanId: spanId(5), parentSpanId: CALL.spanId, statusCode: 'Error' },
  );

  it('inside a generation is not downstream of another', () => {
    expect(newJoin().accept([request, CALL], [], 0).outcomes).toEqual([]);
    expect(newJoin().accept([request], [], 0).outcomes).toHaveLength(1);
  });
});

describe('the buffer is bounded', () => {
  it('in time: what comes a minute later finds nothing', () => {
    const join = newJoin();
    join.accept([CALL], [], 0);
    expect(join.accept([], [CHOICE], JOIN_WINDOW_MS - 1).generations).toHaveLength(1);
    expect(join.accept([], [CHOICE], JOIN_WINDOW_MS + 1).generations).toHaveLength(0);
  });

  it('in number: the oldest is let go', () => {
    const join = newJoin();
    join.accept([CALL], [], 0);
    const many = Array.from({ length: MAX_JOIN_ENTRIES }, (_, n) => ({ ...CALL, spanId: spanId(n + 100) }));
    expect(join.accept(many, [], 1).generations).toHaveLength(MAX_JOIN_ENTRIES);
    expect(join.accept([], [CHOICE], 2).generations).toHaveLength(0);
    expect(join.accept([], [{ ...CHOICE, spanId: spanId(101) }], 2).generations).toHaveLength(1);
  });

  it('in bytes', () => {
    const join = newJoin();
    const large = (n: number) => span({ ...CHAT, note: 'x'.repeat(1024 * 1024) }, { spanId: spanId(n) });
    for (let n = 1; n <= 80; n++) join.accept([large(n)], [], 0);
    expect(join.accept([], [CHOICE], 0).generations).toHaveLength(0);
    expect(join.accept([], [{ ...CHOICE, spanId: spanId(80) }], 0).generations).toHaveLength(1);
  });
});

describe('after a restart', () => {
  it('what is seeded is joined as if nothing had happened', () => {
    const before = newJoin();
    before.accept([CALL], [SYSTEM], 0);
    const expected = before.accept([], [CHOICE], 1);
    const after = newJoin();
    after.seed([CALL], [SYSTEM], 0);
    expect(after.accept([], [CHOICE], 1)).toEqual(expected);
  });

  it('in the bytes of the requests that its views keep, each counted once and let go', () => {
    const buffer = new JoinBuffer();
    const decoder = new WireDecoder(USER_IDS);
    const note = attributeField('note', textField(1, 'x'.repeat(1024 * 1024)));
    const requestOf = (n: number) => {
      const spanWith = (id: number) =>
        Buffer.concat([
          lengthDelimited(1, Buffer.alloc(16, 7)),
          lengthDelimited(2, Buffer.from(spanId(id), 'hex')),
          TIME_FIELDS,
          note,
        ]);
      const decoded = decoder.decode(request([spanWith(2 * n + 1), spanWith(2 * n + 2)]), 0n);
      if (!decoded.ok) throw decoded.error;
      return decoded.items;
    };
    const [first] = requestOf(0).map((one) => buffer.addGeneration(one, 0));
    expect(buffer.bytes).toBeGreaterThan(2 * 1024 * 1024);
    expect(buffer.bytes).toBeLessThan(2.1 * 1024 * 1024);
    for (let n = 1; n <= 80; n++) {
      for (const one of requestOf(n)) buffer.addGeneration(one, n);
      buffer.trim();
      expect(buffer.bytes).toBeLessThanOrEqual(MAX_JOIN_BYTES);
    }
    expect(buffer.size).toBeGreaterThan(50);
    expect(first?.span instanceof WireSpan && first.span.body.holders).toBe(0);
    buffer.expire(80 + JOIN_WINDOW_MS);
    expect([buffer.size, buffer.bytes]).toEqual([0, 0]);
  });
});

describe('views', () => {
  it('are joined by what comes later as objects are', () => {
    const call = { traceId: TRACE_ID, spanId: spanId(1), startNs: 1n, endNs: 2n };
    const attributes = [['gen_ai.operation.name', 'chat']] as const;
    const body = tracesProtobuf([{ items: [{ ...call, attributes }] }]);
    const receiver = createReceiver(SETTINGS);
    const logs = logsProtobuf([
      {
        items: [
          {
            traceId: TRACE_ID,
            spanId: spanId(1),
            eventName: 'gen_ai.choice',
            body: { pairs: [['message', { pairs: [['content', 'Hello there']] }]] },
          },
        ],
      },
    ]);
    const first = receiver.traces(body, 'protobuf', 0);
    const second = receiver.logs(logs, 'protobuf', 59_000);
    expect(first.ok && first.batch.spans[0]).toBeInstanceOf(WireSpan);
    expect(first).toMatchObject({ batch: { generations: [{ revision: 1, generation: { outputLength: null } }] } });
    expect(second).toMatchObject({ batch: { generations: [{ revision: 2, generation: { outputLength: 11 } }] } });
  });
});
