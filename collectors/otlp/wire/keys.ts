/** A name of attributes as it comes again and again: known by its bytes, so that it is decoded once. */
export interface AttributeKey {
  readonly name: string;
  /** As it stands in bodies. */
  readonly wire: Uint8Array;
  /** As it stands in rows: varint length and UTF-8. */
  readonly row: Uint8Array;
  /** Does its value name a person? Then only a hash of it is written. */
  readonly isUserId: boolean;
  readonly repetition: Repetition;
}

/** How often a value of this name was one that had been seen: whether looking for it is worth while. */
export interface Repetition {
  hits: number;
  misses: number;
  skipped: number;
}

/** Names are the client's to choose: beyond this many all are forgotten, and learned again. */
const MAX_KEYS = 20_000;

/** Names by their bytes. */
export class KeyTable {
  readonly #isUserId: (name: string) => boolean;
  readonly #byHash = new Map<number, AttributeKey[]>();
  #count = 0;

  constructor(isUserId: (name: string) => boolean) {
    this.#isUserId = isUserId;
  }

  get isFull(): boolean {
    return this.#count >= MAX_KEYS;
  }

  /** The key in `bytes` from `start` to `end`. */
  keyAt(bytes: Uint8Array, start: number, end: number): AttributeKey {
    const hash = hashOf(bytes, start, end);
    const bucket = this.#byHash.get(hash);
    const known = bucket?.find((key) => isKeyAt(key, bytes, start, end));
    if (known !== undefined) return known;
    const key = this.#learn(Uint8Array.prototype.slice.call(bytes, start, end));
    if (bucket === undefined) this.#byHash.set(hash, [key]);
    else bucket.push(key);
    return key;
  }

  #learn(wire: Uint8Array): AttributeKey {
    this.#count++;
    // Text that is not UTF-8 is repaired (U+FFFD), as everywhere.
    const name = Buffer.from(wire).toString('utf8');
    const utf8 = Buffer.from(name, 'utf8');
    const length = varint(utf8.length);
    return {
      name,
      wire,
      row: Buffer.concat([length, utf8]),
      isUserId: this.#isUserId(name),
      repetition: { hits: 0, misses: 0, skipped: 0 },
    };
  }
}

/** Is it this key that stands there? */
export function isKeyAt(key: AttributeKey, bytes: Uint8Array, start: number, end: number): boolean {
  const { wire } = key;
  const length = end - start;
  if (wire.length !== length) return false;
  for (let index = 0; index < length; index++) if (wire[index] !== bytes[start + index]) return false;
  return true;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** FNV-1a, 32 bits. Equal hashes are told apart by comparison; a bucket is no longer than the table has keys. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  return hash;
}
