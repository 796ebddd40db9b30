const SAMPLED_BYTES = 16;
/** Below this, a loop compares faster than a call. */
const LOOP_BYTES = 48;

interface Entry<Value> {
  readonly bytes: Uint8Array;
  readonly value: Value;
}

/**
 * What was made of some bytes, found again by the same bytes: the hash only samples them, the comparison is whole.
 *
 * One entry a slot, the newest wins; bounded in entries and in bytes.
 */
export class ByteMemo<Value> {
  readonly #slots: (Entry<Value> | undefined)[];
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param slots a power of two */
  constructor(slots: number, maxBytes: number) {
    this.#slots = new Array<Entry<Value> | undefined>(slots).fill(undefined);
    this.#maxBytes = maxBytes;
  }

  get(bytes: Uint8Array, start: number, end: number): Value | undefined {
    const entry = this.#slots[this.#slotOf(bytes, start, end)];
    return entry !== undefined && isSame(entry.bytes, bytes, start, end) ? entry.value : undefined;
  }

  set(bytes: Uint8Array, start: number, end: number, value: Value): void {
    const length = end - start;
    if (length > this.#maxBytes) return;
    const slot = this.#slotOf(bytes, start, end);
    this.#bytes += length - (this.#slots[slot]?.bytes.length ?? 0);
    if (this.#bytes > this.#maxBytes) {
      this.#slots.fill(undefined);
      this.#bytes = length;
    }
    // A copy: a view would keep the whole body it came in.
    this.#slots[slot] = { bytes: Uint8Array.prototype.slice.call(bytes, start, end), value };
  }

  #slotOf(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    let hash = length;
    const step = length <= SAMPLED_BYTES ? 1 : length / SAMPLED_BYTES;
    for (let offset = 0; offset < length; offset += step) {
      hash = Math.imul(hash ^ (bytes[start + Math.trunc(offset)] ?? 0), 0x01000193);
    }
    if (length > 0) hash = Math.imul(hash ^ (bytes[end - 1] ?? 0), 0x01000193);
    return (hash ^ (hash >>> 15)) & (this.#slots.length - 1);
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (known.length !== length) return false;
  if (length > LOOP_BYTES) {
    return Buffer.compare(known, new Uint8Array(bytes.buffer, bytes.byteOffset + start, length)) === 0;
  }
  for (let index = 0; index < length; index++) if (known[index] !== bytes[start + index]) return false;
  return true;
}
