import type { AttributeValue } from '../otlp/types.js';

const INITIAL_BYTES = 64 * 1024;
const UINT64_MASK = (1n << 64n) - 1n;
const UINT32_MAX = 2 ** 32 - 1;

/** Writes values in ClickHouse's RowBinary format: little endian, strings as varint length and UTF-8. */
export class RowBinaryWriter {
  #buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes so far, copied out; the writer starts empty again. */
  take(): Buffer {
    const bytes = Buffer.from(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    return bytes;
  }

  #reserve(bytes: number): number {
    const needed = this.#length + bytes;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, this.#length);
      this.#buffer = grown;
    }
    const at = this.#length;
    this.#length = needed;
    return at;
  }

  uint8(value: number): void {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.uint8((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.uint8(rest);
  }

  string(value: string): void {
    const bytes = Buffer.byteLength(value);
    this.varint(bytes);
    const at = this.#reserve(bytes);
    this.#buffer.write(value, at, 'utf8');
  }

  uint64(value: bigint): void {
    const at = this.#reserve(8);
    this.#buffer.writeBigUInt64LE(value & UINT64_MASK, at);
  }

  float64(value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleLE(value, at);
  }

  float32(value: number): void {
    const at = this.#reserve(4);
    this.#buffer.writeFloatLE(value, at);
  }

  /** DateTime64: ticks since the epoch, in the precision of the column. */
  dateTime64(ticks: bigint): void {
    const at = this.#reserve(8);
    this.#buffer.writeBigInt64LE(BigInt.asIntN(64, ticks), at);
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
