import { expect } from 'vitest';
import { decodeTraces } from '../../../collectors/otlp/decode.js';
import type { Attributes, Span } from '../../../collectors/otlp/types.js';
import { type UserIds, WireDecoder, WireSpan } from '../../../collectors/otlp/wire/index.js';
import { EMPTY_BATCH } from '../../../collectors/row-batch.js';
import { writeBatch } from '../../../collectors/spool/rows.js';
import { createWriters } from '../../../collectors/spool/segment.js';
import { UserHash } from '../../../collectors/user-hash.js';

export const RECEIVED_NS = 42n;

const userHash = new UserHash('salt');
export const USER_IDS: UserIds = {
  isUserId: (name) => name === 'user.id' || name === 'enduser.id',
  hash: userHash.hash,
  hide: (attributes) => userHash.hide(attributes),
};

/** Bytes of the rows in otel_traces. */
export function rowsOf(spans: readonly Span[]): Buffer {
  const writers = createWriters();
  writeBatch(writers, { ...EMPTY_BATCH, spans }, 0);
  return Buffer.from(writers.otel_traces.bytes);
}

/** A span with nothing of a view left about it. */
function plain(span: Span): object {
  const object = span instanceof WireSpan ? span.toObject() : span;
  const pairs = (attributes: Attributes) => [...attributes];
  const { name, version } = span.scope;
  return {
    ...object,
    scope: { name, version },
    attributes: pairs(span.attributes),
    resource: pairs(span.resource),
    events: span.events.map((event) => ({ ...event, attributes: pairs(event.attributes) })),
    links: span.links.map((link) => ({ ...link, attributes: pairs(link.attributes) })),
  };
}

/**
 * Expects the hot path to read a body as the oracle does: spans, rows and refusals in their words.
 * @returns how many spans were views, that is not left to the oracle
 */
export function expectSameAsOracle(body: Uint8Array, decoder = new WireDecoder(USER_IDS)): number {
  const bytes = Buffer.from(body);
  const oracle = decodeTraces(bytes, 'protobuf', RECEIVED_NS);
  const wire = decoder.decode(bytes, RECEIVED_NS);
  if (!oracle.ok || !wire.ok) {
    expect(wire).toEqual(oracle);
    return 0;
  }
  expect(wire.rejected).toEqual(oracle.rejected);
  expect(wire.items.map(plain)).toEqual(oracle.items.map(plain));
  const hidden = wire.items.map((span) => userHash.hideInSpan(span));
  const rows = rowsOf(oracle.items.map((span) => userHash.hideInSpan(span)));
  expect(rowsOf(hidden).equals(rows)).toBe(true);
  return wire.items.filter((span) => span instanceof WireSpan).length;
}

/** Protobuf by hand, so that anything can be said in any order, also what no encoder would say. */
export function varint(value: bigint | number, extraBytes = 0): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  for (let extra = 0; extra < extraBytes; extra++) {
    bytes.push((bytes.pop() ?? 0) | 0x80, 0);
  }
  return Buffer.from(bytes);
}

export function lengthDelimited(field: number, ...payload: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.concat(payload);
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

export function varintField(field: number, value: bigint | number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

export function fixed64Field(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return Buffer.concat([varint(field * 8 + 1), bytes]);
}

export function textField(field: number, value: string | Uint8Array): Buffer {
  return lengthDelimited(field, Buffer.from(value));
}

export const ID_FIELDS = Buffer.concat([
  lengthDelimited(1, Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex')),
  lengthDelimited(2, Buffer.from('b7ad6b7169203331', 'hex')),
]);
export const TIME_FIELDS = Buffer.concat([
  fixed64Field(7, 1_700_000_000_000_000_000n),
  fixed64Field(8, 1_700_000_001_000_000_007n),
]);

/** An attribute of a span; the value is an encoded AnyValue. */
export function attributeField(key: string | Uint8Array, value: Uint8Array, field = 9): Buffer {
  return lengthDelimited(field, textField(1, key), lengthDelimited(2, value));
}

/** A request with these spans, each as its encoded fields. */
export function request(
  spans: readonly Uint8Array[],
  resource: Uint8Array = new Uint8Array(),
  scope: Uint8Array = new Uint8Array(),
): Buffer {
  const items = spans.map((span) => lengthDelimited(2, span));
  return lengthDelimited(1, lengthDelimited(1, resource), lengthDelimited(2, lengthDelimited(1, scope), ...items));
}
