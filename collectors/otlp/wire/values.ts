import { MAX_ATTRIBUTES, MAX_VALUE_DEPTH } from '../limits.js';
import type { AttributeValue } from '../types.js';
import { IRREGULAR, WireReader } from './reader.js';

/** What an attribute holds, as the tape has it. */
export const VALUE = { none: 0, text: 1, bool: 2, int: 3, double: 4, list: 5, map: 6, bytes: 7 } as const;

/** By the tag of AnyValue's fields: number × 8 + wire type. */
const KINDS: readonly (number | undefined)[] = Object.assign(new Array<number | undefined>(128).fill(undefined), {
  10: VALUE.text,
  16: VALUE.bool,
  24: VALUE.int,
  33: VALUE.double,
  42: VALUE.list,
  50: VALUE.map,
  58: VALUE.bytes,
});
/** The first and second field of a message, length-delimited. */
const FIRST = 0x0a;
const SECOND = 0x12;

/** Where a value stands: what {@link passValue} found last. */
export class FoundValue {
  kind = 0;
  start = 0;
  end = 0;
}

/**
 * Passes the AnyValue from the reader's position to `end`, and everything inside it.
 * @throws IRREGULAR when it is broken, has several values at once, or is nested too deeply
 */
export function passValue(reader: WireReader, end: number, depth: number, found: FoundValue): void {
  findValue(reader, end, found);
  if (found.kind !== VALUE.list && found.kind !== VALUE.map) return;
  if (depth >= MAX_VALUE_DEPTH) throw IRREGULAR;
  const { kind, start } = found;
  reader.position = start;
  if (kind === VALUE.list) passList(reader, end, depth + 1, found);
  else passPairs(reader, end, depth + 1, found);
  found.kind = kind;
  found.start = start;
  found.end = end;
}

/** Passes an AnyValue without looking into lists. */
function findValue(reader: WireReader, end: number, found: FoundValue): void {
  if (reader.position === end) {
    found.kind = VALUE.none;
    return;
  }
  const kind = KINDS[reader.byte()] ?? VALUE.none;
  if (kind === VALUE.int) {
    found.start = reader.varint();
  } else if (kind === VALUE.double) {
    found.start = reader.fixed64();
  } else if (kind === VALUE.bool) {
    found.start = reader.position;
    if (reader.byte() > 1) throw IRREGULAR;
  } else if (kind !== VALUE.none) {
    const last = reader.endOfBytes();
    found.start = reader.position;
    reader.position = last;
  } else {
    throw IRREGULAR; // Of an unknown kind, or no tag at all.
  }
  found.kind = kind;
  found.end = end;
  // Broken, or more than one value.
  if (reader.position !== end) throw IRREGULAR;
}

function passList(reader: WireReader, end: number, depth: number, found: FoundValue): void {
  while (reader.position < end) {
    if (reader.byte() !== FIRST) throw IRREGULAR;
    const last = within(reader, end);
    passValue(reader, last, depth, found);
  }
}

function passPairs(reader: WireReader, end: number, depth: number, found: FoundValue): void {
  for (let count = 0; reader.position < end; count++) {
    if (count >= MAX_ATTRIBUTES || reader.byte() !== FIRST) throw IRREGULAR;
    const last = within(reader, end);
    if (reader.byte() !== FIRST) throw IRREGULAR;
    reader.position = within(reader, last);
    if (reader.position === last) continue; // No value at all.
    if (reader.byte() !== SECOND) throw IRREGULAR;
    const valueEnd = within(reader, last);
    if (valueEnd !== last) throw IRREGULAR;
    passValue(reader, valueEnd, depth, found);
  }
}

/** The end of a length-delimited field, inside of what is around it. */
export function within(reader: WireReader, end: number): number {
  const last = reader.endOfBytes();
  if (last > end) throw IRREGULAR;
  return last;
}

/** The list from `start` to `end`, which {@link passValue} has passed. */
export function decodeList(bytes: Buffer, start: number, end: number): AttributeValue[] {
  const reader = new WireReader(bytes, start, end);
  const list: AttributeValue[] = [];
  while (reader.position < end) {
    reader.byte();
    list.push(decodeAnyValue(bytes, reader, reader.endOfBytes()));
  }
  return list;
}

/** The key-value list from `start` to `end`; of a key that comes twice the last value wins. */
export function decodePairs(bytes: Buffer, start: number, end: number): Map<string, AttributeValue> {
  const reader = new WireReader(bytes, start, end);
  const pairs = new Map<string, AttributeValue>();
  while (reader.position < end) {
    reader.byte();
    const last = reader.endOfBytes();
    reader.byte();
    const keyEnd = reader.endOfBytes();
    const key = bytes.toString('utf8', reader.position, keyEnd);
    reader.position = keyEnd;
    if (keyEnd === last) {
      pairs.set(key, null);
      continue;
    }
    reader.byte();
    pairs.set(key, decodeAnyValue(bytes, reader, reader.endOfBytes()));
  }
  return pairs;
}

function decodeAnyValue(bytes: Buffer, reader: WireReader, end: number): AttributeValue {
  const found = new FoundValue();
  findValue(reader, end, found);
  return decodeValue(bytes, found.kind, found.start, found.end);
}

/** A value as the oracle gives it. */
export function decodeValue(bytes: Buffer, kind: number, start: number, end: number): AttributeValue {
  switch (kind) {
    case VALUE.text:
      return bytes.toString('utf8', start, end);
    case VALUE.bool:
      return bytes[start] === 1;
    case VALUE.int:
      return decodeInt64(bytes, start, end);
    case VALUE.double:
      return bytes.readDoubleLE(start);
    case VALUE.list:
      return decodeList(bytes, start, end);
    case VALUE.map:
      return decodePairs(bytes, start, end);
    case VALUE.bytes:
      return bytes.subarray(start, end);
    default:
      return null;
  }
}

/** Bytes of a varint that are sure to fit 31 bits. */
const SMALL_INT_BYTES = 4;

function decodeInt64(bytes: Uint8Array, start: number, end: number): bigint {
  const small = decodeSmallInt(bytes, start, end);
  if (small >= 0) return BigInt(small);
  let value = 0n;
  for (let at = end - 1; at >= start; at--) value = (value << 7n) | BigInt((bytes[at] ?? 0) & 0x7f);
  return BigInt.asIntN(64, value);
}

/** A short varint as a number, -1 when it is longer. */
export function decodeSmallInt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > SMALL_INT_BYTES) return -1;
  let value = 0;
  for (let at = end - 1; at >= start; at--) value = (value << 7) | ((bytes[at] ?? 0) & 0x7f);
  return value;
}
