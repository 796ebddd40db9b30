import { type ColumnType, SEGMENT_TABLES, type SegmentTable } from '../../src/store/index.js';

/**
 * Reads RowBinary back as the engine would, and so checks that what was written is rows and nothing else.
 * @returns the number of rows
 * @throws RangeError when the bytes are no whole rows of the table
 */
export function countRows(table: SegmentTable, bytes: Buffer): number {
  const reader = new RowReader(bytes);
  let rows = 0;
  while (!reader.isAtEnd) {
    for (const [, type] of SEGMENT_TABLES[table]) reader.skip(type);
    rows += 1;
  }
  return rows;
}

class RowReader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  skip(type: ColumnType): void {
    SKIPS[type](this);
  }

  fixed(size: number): void {
    if (this.#at + size > this.bytes.length)
      throw new RangeError(`byte ${this.#at}: ${size} bytes wanted, ${this.bytes.length - this.#at} left`);
    this.#at += size;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 35; factor *= 0x80) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError(`byte ${this.#at}: no varint`);
  }

  nullable(size: number): void {
    const flag = this.bytes[this.#at];
    this.fixed(1);
    if (flag === 0) this.fixed(size);
    else if (flag !== 1) throw new RangeError(`byte ${this.#at}: ${flag} says neither null nor not`);
  }

  array(item: () => void): void {
    const length = this.varint();
    if (length > this.bytes.length - this.#at) throw new RangeError(`byte ${this.#at}: an array of ${length} items`);
    for (let index = 0; index < length; index += 1) item();
  }
}

type Skip = (reader: RowReader) => void;

const text: Skip = (reader) => reader.fixed(reader.varint());
const map: Skip = (reader) =>
  reader.array(() => {
    text(reader);
    text(reader);
  });
const eight: Skip = (reader) => reader.fixed(8);

const SKIPS: Readonly<Record<ColumnType, Skip>> = {
  String: text,
  UInt8: (reader) => reader.fixed(1),
  UInt64: eight,
  Float64: eight,
  'DateTime64(9)': eight,
  "DateTime64(9, 'UTC')": eight,
  "DateTime64(3, 'UTC')": eight,
  'Nullable(UInt32)': (reader) => reader.nullable(4),
  'Nullable(UInt64)': (reader) => reader.nullable(8),
  'Nullable(Float64)': (reader) => reader.nullable(8),
  'Map(String, String)': map,
  'Array(String)': (reader) => reader.array(() => text(reader)),
  'Array(Float32)': (reader) => reader.array(() => reader.fixed(4)),
  'Array(DateTime64(9))': (reader) => reader.array(() => eight(reader)),
  'Array(Map(String, String))': (reader) => reader.array(() => map(reader)),
};
