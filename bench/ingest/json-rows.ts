import { EMPTY_BATCH, type RevisedGeneration } from '../../collectors/row-batch.js';
import { RowBinaryWriter } from '../../collectors/spool/row-binary.js';
import { type Writers, writeBatch } from '../../collectors/spool/rows.js';
import { createWriters } from '../../collectors/spool/segment.js';
import { type JsonRow, SEGMENT_TABLES } from '../../src/store/index.js';

/** Takes the values of a row where the writer takes their bytes, so that both paths store the same. */
class ValueRecorder extends RowBinaryWriter {
  #values: unknown[] = [];

  takeValues(): readonly unknown[] {
    const values = this.#values;
    this.#values = [];
    return values;
  }

  override once<Key extends object>(
    _known: WeakMap<Key, Uint8Array>,
    key: Key,
    write: (to: RowBinaryWriter, key: Key) => void,
  ): void {
    write(this, key);
  }

  override string(value: string): void {
    this.#values.push(value);
  }

  override uint8(value: number): void {
    this.#values.push(value);
  }

  override float32(value: number): void {
    this.#values.push(value);
  }

  override wholeNumber64(value: number): void {
    this.#values.push(value);
  }

  override dateTime64(ticks: bigint): void {
    this.#values.push(dateTime(ticks));
  }

  override nullableUint32(value: number | null): void {
    this.#values.push(value);
  }

  override nullableUint64(value: bigint | null): void {
    this.#values.push(value === null ? null : String(value));
  }

  override nullableFloat64(value: number | null): void {
    this.#values.push(value);
  }

  override array<T>(values: readonly T[], write: (value: T) => void): void {
    const outer = this.#values;
    this.#values = [];
    for (const value of values) write(value);
    outer.push(this.#values);
    this.#values = outer;
  }
}

const recorder = new ValueRecorder();
const writers: Writers = { ...createWriters(), generations: recorder };

/** A generation as a row of JSONEachRow. */
export function generationRow(generation: RevisedGeneration, nowMs: number): JsonRow {
  writeBatch(writers, { ...EMPTY_BATCH, generations: [generation] }, nowMs);
  const values = recorder.takeValues();
  return Object.fromEntries(SEGMENT_TABLES.generations.map(([name], index) => [name, values[index]]));
}

/** Seconds and nanoseconds, as DateTime64(9) is read from a number in text. */
export function dateTime(ns: bigint): string {
  const digits = String(ns).padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
