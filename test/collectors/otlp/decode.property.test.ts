import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLogs, decodeTraces } from '../../../collectors/otlp/decode.js';
import type { Span } from '../../../collectors/otlp/types.js';
import { spanId, TRACE_ID, tracesJson, tracesProtobuf, type Value } from '../support/bodies.js';

function spansOf(body: Uint8Array, encoding: 'protobuf' | 'json'): readonly Span[] {
  const decoded = decodeTraces(body, encoding, 42n);
  if (!decoded.ok) throw decoded.error;
  return decoded.items;
}

const text = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('for any input', () => {
  it('never throws on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom('protobuf', 'json'), (bytes, encoding) => {
        decodeTraces(bytes, encoding, 0n);
        decodeLogs(bytes, encoding, 0n);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on a good body with bytes changed', () => {
    const body = tracesProtobuf([
      { resource: [['a', 'b']], items: [{ traceId: TRACE_ID, spanId: spanId(1), attributes: [['k', ['v', 1n]]] }] },
    ]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { maxLength: 4 }), (changes) => {
        const changed = Uint8Array.from(body);
        for (const [index, byte] of changes) changed[index] = byte;
        decodeTraces(changed, 'protobuf', 0n);
        decodeLogs(changed, 'protobuf', 0n);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on arbitrary JSON below any known field', () => {
    const paths = fc.constantFrom(
      (v: unknown) => v,
      (v: unknown) => ({ resourceSpans: v, resourceLogs: v }),
      (v: unknown) => ({ resourceSpans: [v], resourceLogs: [v] }),
      (v: unknown) => ({ resourceSpans: [{ resource: v, scopeSpans: [{ scope: v, spans: [{}, v] }] }] }),
      (v: unknown) => ({
        resourceSpans: [
          {
            scopeSpans: [
              { spans: [{ traceId: TRACE_ID, spanId: spanId(1), attributes: [v], events: [v], status: v }] },
            ],
          },
        ],
      }),
      (v: unknown) => ({
        resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: v, attributes: [{ key: 'k', value: v }] }] }] }],
      }),
    );
    const json = fc.oneof(
      fc.jsonValue(),
      fc.object({
        key: fc.constantFrom(
          'stringValue',
          'intValue',
          'arrayValue',
          'kvlistValue',
          'values',
          'key',
          'value',
          '__proto__',
        ),
      }),
    );
    fc.assert(
      fc.property(paths, json, (place, value) => {
        const body = text(place(value));
        decodeTraces(body, 'json', 0n);
        decodeLogs(body, 'json', 0n);
      }),
      { numRuns: 500 },
    );
  });

  it('protobuf and JSON of the same spans give the same spans', () => {
    const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme' }),
        fc.boolean(),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.double(),
        fc.uint8Array({ maxLength: 8 }).map((bytes) => new Uint8Array(bytes)),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((entries) => ({ pairs: entries })),
      ),
    })).value;
    const attributes = fc.array(fc.tuple(fc.string(), value), { maxLength: 6 });
    const nanoseconds = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const span = fc.record({
      traceId: fc.constant(TRACE_ID),
      spanId: fc.integer({ min: 1, max: 1e9 }).map(spanId),
      name: fc.string({ unit: 'grapheme' }),
      kind: fc.nat(7),
      startNs: nanoseconds,
      endNs: nanoseconds,
      attributes,
      events: fc.array(fc.record({ timeNs: nanoseconds, name: fc.string(), attributes }), { maxLength: 2 }),
      statusCode: fc.nat(3),
    });
    fc.assert(
      fc.property(
        fc.array(fc.record({ resource: attributes, items: fc.array(span, { maxLength: 3 }) }), { maxLength: 2 }),
        (groups) => {
          expect(spansOf(tracesProtobuf(groups), 'protobuf').map(plainBytes)).toEqual(
            spansOf(tracesJson(groups), 'json').map(plainBytes),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** protobufjs gives Buffers and the JSON decoder Uint8Arrays; the bytes are what counts. */
function plainBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (value instanceof Map) return [...value].map(([key, inner]) => [key, plainBytes(inner)]);
  if (Array.isArray(value)) return value.map(plainBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainBytes(inner)]));
}
