/** A protobuf message read without its schema, so that it can be changed and written again with the right lengths. */
export type Field =
  | { number: number; wire: 0; value: bigint }
  | { number: number; wire: 1 | 5; bytes: Buffer }
  | { number: number; wire: 2; bytes: Buffer; message: Field[] | null };

const MAX_DEPTH = 24;
/** Field numbers beyond this are taken for chance. */
const MAX_TAG = 0xffff;

/** Reads a message; `null` when the bytes are none. Bytes that could be a message are taken for one. */
export function readMessage(bytes: Buffer, depth = 0): Field[] | null {
  const fields: Field[] = [];
  const at = { position: 0 };
  while (at.position < bytes.length) {
    const tag = readSmall(bytes, at);
    if (tag === null || tag < 8 || tag > MAX_TAG) return null;
    const field = readField(bytes, at, tag >> 3, tag & 7, depth);
    if (field === null) return null;
    fields.push(field);
  }
  return fields;
}

function readField(bytes: Buffer, at: { position: number }, number: number, wire: number, depth: number): Field | null {
  if (wire === 0) {
    const value = readLarge(bytes, at);
    return value === null ? null : { number, wire, value };
  }
  const length = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? readSmall(bytes, at) : null;
  if (length === null || at.position + length > bytes.length) return null;
  const part = bytes.subarray(at.position, at.position + length);
  at.position += length;
  if (wire === 1 || wire === 5) return { number, wire, bytes: part };
  const message = length > 1 && depth < MAX_DEPTH ? readMessage(part, depth + 1) : null;
  return { number, wire: 2, bytes: part, message };
}

/** A varint of up to 28 bits. */
function readSmall(bytes: Buffer, at: { position: number }): number | null {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[at.position++];
    if (byte === undefined) return null;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return null;
}

function readLarge(bytes: Buffer, at: { position: number }): bigint | null {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[at.position++];
    if (byte === undefined) return null;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return null;
}

export function writeMessage(fields: readonly Field[]): Buffer {
  const chunks: Buffer[] = [];
  collect(fields, chunks);
  return Buffer.concat(chunks);
}

/** @returns the number of bytes collected */
function collect(fields: readonly Field[], chunks: Buffer[]): number {
  let total = 0;
  const add = (bytes: Buffer) => {
    chunks.push(bytes);
    total += bytes.length;
  };
  for (const field of fields) {
    add(writeVarint(field.number * 8 + field.wire));
    if (field.wire === 0) add(writeVarint(field.value));
    else if (field.wire !== 2) add(field.bytes);
    else if (field.message === null) {
      add(writeVarint(field.bytes.length));
      add(field.bytes);
    } else {
      // The length stands before what it counts.
      const lengthAt = chunks.push(Buffer.alloc(0)) - 1;
      const length = collect(field.message, chunks);
      const prefix = writeVarint(length);
      chunks[lengthAt] = prefix;
      total += prefix.length + length;
    }
  }
  return total;
}

export function writeVarint(value: bigint | number): Buffer {
  if (typeof value === 'number' && value < 0x80) return ONE_BYTE[value] ?? Buffer.alloc(1);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

const ONE_BYTE = Array.from({ length: 0x80 }, (_, value) => Buffer.from([value]));
