import { isUtf8 } from 'node:buffer';
import type { AttributeValue } from '../otlp/types.js';

const INITIAL_BYTES = 64 * 1024;
const MAX_KEPT_BYTES = 64 * 1024 ** 2;
/** Below this many bytes, a loop is faster than a call into the runtime. */
const LOOP_LENGTH = 40;
/** The same for the characters of a string. */
const LOOP_CHARACTERS = 24;
/** A length below this is one byte, and below this a byte of UTF-8 is ASCII. */
const ONE_BYTE_LIMIT = 0x80;
/** Of the UTF-8 of a character of UTF-16. */
const MAX_CHARACTER_BYTES = 3;
/** Looked up once: strings come in more kinds than the compiler keeps apart, and it would look up the method for each character. */
const { charCodeAt } = String.prototype;
/** Two digits for each byte. */
const HEX_PAIRS = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join(''));
const UINT64_MASK = (1n << 64n) - 1n;
const UINT32_MAX = 2 ** 32 - 1;

/** Writes values in ClickHouse's RowBinary format: little endian, strings as varint length and UTF-8. */
export class RowBinaryWriter {
  #buffer: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #view: DataView = new DataView(this.#buffer.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes so far, in place: they are overwritten by what is written after {@link clear}. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** The bytes so far, copied out; the writer starts empty again. */
  take(): Buffer {
    const bytes = Buffer.from(this.bytes);
    this.clear();
    return bytes;
  }

  /** Starts empty again. What one huge request needed is not kept for the small ones after it. */
  clear(): void {
    this.#length = 0;
    if (this.#buffer.length > MAX_KEPT_BYTES) this.#use(Buffer.allocUnsafeSlow(INITIAL_BYTES));
  }

  /** Takes back what was written since the writer had this length. */
  truncate(length: number): void {
    this.#length = length;
  }

  #reserve(bytes: number): number {
    const at = this.#length;
    const needed = at + bytes;
    if (needed > this.#buffer.length) this.#grow(needed);
    this.#length = needed;
    return at;
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#use(grown);
  }

  #use(buffer: Buffer): void {
    this.#buffer = buffer;
    this.#view = new DataView(buffer.buffer);
  }

  uint8(value: number): void {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= ONE_BYTE_LIMIT) {
      this.uint8((rest % ONE_BYTE_LIMIT) | ONE_BYTE_LIMIT);
      rest = Math.floor(rest / ONE_BYTE_LIMIT);
    }
    this.uint8(rest);
  }

  string(value: string): void {
    const { length } = value;
    if (length <= LOOP_CHARACTERS ? this.#shortAscii(value, length) : this.#shortText(value, length)) return;
    const bytes = Buffer.byteLength(value);
    this.varint(bytes);
    const at = this.#reserve(bytes);
    this.#buffer.write(value, at, 'utf8');
  }

  /** @returns whether it was written: it is not when it holds anything but ASCII */
  #shortAscii(value: string, length: number): boolean {
    const at = this.#reserve(length + 1);
    const buffer = this.#buffer;
    buffer[at] = length;
    for (let index = 0; index < length; index++) {
      const code = charCodeAt.call(value, index);
      if (code >= ONE_BYTE_LIMIT) {
        this.#length = at;
        return false;
      }
      buffer[at + 1 + index] = code;
    }
    return true;
  }

  /** @returns whether it was written: it is not when it is longer than one byte can say */
  #shortText(value: string, length: number): boolean {
    if (length >= ONE_BYTE_LIMIT) return false;
    const at = this.#reserve(1 + length * MAX_CHARACTER_BYTES);
    const bytes = this.#buffer.write(value, at + 1, 'utf8');
    this.#length = bytes < ONE_BYTE_LIMIT ? at + 1 + bytes : at;
    this.#buffer[at] = bytes;
    return bytes < ONE_BYTE_LIMIT;
  }

  /** What `write` writes for this object, which does not change: encoded when it first comes. */
  once<Key extends object>(
    known: WeakMap<Key, Uint8Array>,
    key: Key,
    write: (to: RowBinaryWriter, key: Key) => void,
  ): void {
    let bytes = known.get(key);
    if (bytes === undefined) {
      write(SCRATCH, key);
      bytes = SCRATCH.take();
      known.set(key, bytes);
    }
    this.raw(bytes, 0, bytes.length);
  }

  /** Bytes that are in this format already. */
  raw(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const at = this.#reserve(length);
    if (length > LOOP_LENGTH) {
      this.#buffer.set(part(source, start, length), at);
      return;
    }
    const buffer = this.#buffer;
    for (let index = 0; index < length; index++) buffer[at + index] = source[start + index] ?? 0;
  }

  /** A string that is given as its bytes; what of them is not UTF-8 is repaired (U+FFFD). */
  utf8(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length > LOOP_LENGTH) {
      this.#longUtf8(part(source, start, length));
      return;
    }
    const at = this.#reserve(length + 1);
    const buffer = this.#buffer;
    let all = 0;
    buffer[at] = length;
    for (let index = 0; index < length; index++) {
      const byte = source[start + index] ?? 0;
      all |= byte;
      buffer[at + 1 + index] = byte;
    }
    if (all < ONE_BYTE_LIMIT) return;
    this.#length = at;
    this.#longUtf8(part(source, start, length));
  }

  #longUtf8(bytes: Uint8Array): void {
    if (!isUtf8(bytes)) {
      this.string(Buffer.from(bytes).toString('utf8'));
      return;
    }
    this.varint(bytes.length);
    const at = this.#reserve(bytes.length);
    this.#buffer.set(bytes, at);
  }

  /** A string of the hex digits of so many bytes, less than 64 of them. */
  hex(source: Uint8Array, start: number, count: number): void {
    let at = this.#reserve(1 + count * 2);
    const buffer = this.#buffer;
    buffer[at++] = count * 2;
    for (let index = 0; index < count; index++) {
      const pair = (source[start + index] ?? 0) * 2;
      buffer[at++] = HEX_PAIRS[pair] ?? 0;
      buffer[at++] = HEX_PAIRS[pair + 1] ?? 0;
    }
  }

  /** UInt64 of the time between two, little endian both; the first is the earlier. */
  duration(source: Uint8Array, startAt: number, endAt: number): void {
    const at = this.#reserve(8);
    let borrow = 0;
    for (let index = 0; index < 8; index++) {
      const difference = (source[endAt + index] ?? 0) - (source[startAt + index] ?? 0) - borrow;
      borrow = difference < 0 ? 1 : 0;
      this.#buffer[at + index] = difference & 0xff;
    }
  }

  uint64(value: bigint): void {
    const at = this.#reserve(8);
    this.#view.setBigUint64(at, value & UINT64_MASK, true);
  }

  float64(value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleLE(value, at);
  }

  float32(value: number): void {
    const at = this.#reserve(4);
    this.#buffer.writeFloatLE(value, at);
  }

  /** UInt64 or DateTime64 of a whole number that a double holds. */
  wholeNumber64(value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeUInt32LE(value % 2 ** 32, at);
    this.#buffer.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
  }

  /** DateTime64: ticks since the epoch, in the precision of the column. */
  dateTime64(ticks: bigint): void {
    const at = this.#reserve(8);
    this.#view.setBigInt64(at, ticks, true);
  }

  nullableUint32(value: number | null): void {
    this.uint8(value === null ? 1 : 0);
    if (value === null) return;
    const at = this.#reserve(4);
    this.#buffer.writeUInt32LE(Math.min(Math.max(Math.trunc(value), 0), UINT32_MAX), at);
  }

  nullableUint64(value: bigint | null): void {
    this.uint8(value === null ? 1 : 0);
    if (value !== null) this.uint64(value);
  }

  nullableFloat64(value: number | null): void {
    this.uint8(value === null ? 1 : 0);
    if (value !== null) this.float64(value);
  }

  array<T>(values: readonly T[], write: (value: T) => void): void {
    this.varint(values.length);
    for (const value of values) write(value);
  }

  /** Map(String, String) of attributes, values as the Collector's exporter writes them. */
  attributes(attributes: ReadonlyMap<string, AttributeValue>): void {
    this.varint(attributes.size);
    for (const [key, value] of attributes) {
      this.string(key);
      this.string(attributeText(value));
    }
  }
}

/** Where {@link RowBinaryWriter.once} encodes. */
const SCRATCH = new RowBinaryWriter();

function part(source: Uint8Array, start: number, length: number): Uint8Array {
  return new Uint8Array(source.buffer, source.byteOffset + start, length);
}

/** An attribute as text: strings as they are, bytes as base64, structures as JSON. */
export function attributeText(value: AttributeValue): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'object') return JSON.stringify(plain(value));
  return String(value);
}

/** JSON has neither maps, bytes nor 64-bit integers. `Object.fromEntries` defines own properties, also `__proto__`. */
function plain(value: AttributeValue): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(plain);
  return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
}

function isList(value: object): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
