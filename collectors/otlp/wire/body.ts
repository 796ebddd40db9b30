import { parseJson } from '../../json-content.js';
import type { Attributes, AttributeValue, Scope } from '../types.js';
import { ByteMemo } from './byte-memo.js';
import type { AttributeKey } from './keys.js';
import type { Shape } from './shape.js';
import { decodeValue, VALUE } from './values.js';

/** What all spans of a resource have in common. */
export interface WireResource {
  readonly attributes: Attributes;
  /** The columns ServiceName and ResourceAttributes, written once. */
  readonly row: Uint8Array;
}

export interface WireScope extends Scope {
  /** The columns ScopeName and ScopeVersion. */
  readonly row: Uint8Array;
}

let nextIdentity = 1;

/** A text, and what JSON there is in it. */
export class RepeatedText {
  /** Another for every text that is remembered; wraps around after 2^28 of them, long after the first are forgotten. */
  readonly identity = nextIdentity++ & 0xfffffff;
  readonly text: string;
  #parsed: { readonly value: unknown } | null = null;

  constructor(text: string) {
    this.text = text;
  }

  get parsed(): unknown {
    this.#parsed ??= { value: parseJson(this.text) };
    return this.#parsed.value;
  }
}

const MEMO_SLOTS = 8192;
const MEMO_BYTES = 8 * 1024 ** 2;
/** Longer texts are not kept, however often they come. */
const MAX_REPEATED_BYTES = 256 * 1024;
/** What is kept for longer by what was read from it: at most so many bytes a value. */
const MAX_IDENTIFIED_BYTES = 64 * 1024;
/** A name is given up when after so many values fewer than half of them were known. */
const TRIALS = 64;
/** Of the values of a name that was given up, one in so many is looked for: it may have changed. A power of two. */
const RETRY_EVERY = 16;
/** After so many the past counts half. */
const MAX_COUNTED = 4096;

/** What is remembered between requests: everything here may be forgotten at any time. */
export class WireMemory {
  readonly #texts = new ByteMemo<RepeatedText>(MEMO_SLOTS, MEMO_BYTES);
  readonly resources = new ByteMemo<WireResource>(1024, MEMO_BYTES);
  readonly scopes = new ByteMemo<WireScope>(1024, MEMO_BYTES);

  /** The value of a name at this place: the same object as before when it was there before. */
  textAt(key: AttributeKey, bytes: Buffer, start: number, end: number): RepeatedText {
    const isLooked = end - start <= MAX_REPEATED_BYTES && this.isWorthwhile(key);
    return isLooked ? this.#lookUp(key, bytes, start, end) : new RepeatedText(bytes.toString('utf8', start, end));
  }

  /** Is it likely that a value of this name was there before? */
  isWorthwhile({ repetition }: AttributeKey): boolean {
    if (repetition.misses <= TRIALS || repetition.misses <= repetition.hits) return true;
    repetition.skipped = (repetition.skipped + 1) & (RETRY_EVERY - 1);
    return repetition.skipped === 0;
  }

  #lookUp({ repetition }: AttributeKey, bytes: Buffer, start: number, end: number): RepeatedText {
    const known = this.#texts.get(bytes, start, end);
    if (known !== undefined) {
      repetition.hits++;
      return known;
    }
    if (++repetition.misses > MAX_COUNTED) {
      repetition.misses >>= 1;
      repetition.hits >>= 1;
    }
    const fresh = new RepeatedText(bytes.toString('utf8', start, end));
    this.#texts.set(bytes, start, end, fresh);
    return fresh;
  }
}

/** Turns user ids into what may be kept of them. */
export type HashUser = (id: string) => string;

/**
 * A request's bytes, with the tape that says where everything stands. The views of its spans hold it, so the bytes live as
 * long as the last of them; whoever keeps views for longer counts the bytes by `holders`.
 */
export class WireBody {
  /** How many keep a view of it beyond the request. */
  holders = 0;
  readonly bytes: Buffer;
  readonly memory: WireMemory;
  readonly hashUser: HashUser;
  readonly shapes: readonly Shape[];
  readonly resources: readonly WireResource[];
  readonly scopes: readonly WireScope[];
  readonly view: DataView;
  readonly #tape: Int32Array;

  constructor(
    bytes: Buffer,
    tape: Int32Array,
    parts: Pick<WireBody, 'memory' | 'hashUser' | 'shapes' | 'resources' | 'scopes'>,
  ) {
    this.bytes = bytes;
    this.#tape = tape;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.memory = parts.memory;
    this.hashUser = parts.hashUser;
    this.shapes = parts.shapes;
    this.resources = parts.resources;
    this.scopes = parts.scopes;
  }

  /** Bytes that are kept as long as anybody holds it. */
  get pinnedBytes(): number {
    return this.bytes.byteLength + this.#tape.byteLength;
  }

  int(at: number): number {
    return this.#tape[at] ?? 0;
  }

  text(start: number, end: number): string {
    return start === end ? '' : this.bytes.toString('utf8', start, end);
  }

  uint64(at: number): bigint {
    return this.view.getBigUint64(at, true);
  }

  /** The value of an attribute that stands at `at` on the tape. */
  value(key: AttributeKey, at: number): AttributeValue {
    const kind = this.int(at);
    const start = this.int(at + 1);
    const end = this.int(at + 2);
    if (kind !== VALUE.text) return decodeValue(this.bytes, kind, start, end);
    const isVarying = end - start > MAX_REPEATED_BYTES || !this.memory.isWorthwhile(key);
    return isVarying ? this.bytes.toString('utf8', start, end) : this.repeated(key, at).text;
  }

  /** A number for a value: the same value has the same, as long as it is remembered; `null` for one that is too large. */
  identity(key: AttributeKey, at: number): number | null {
    const start = this.int(at + 1);
    const end = this.int(at + 2);
    if (end - start > MAX_IDENTIFIED_BYTES) return null;
    // The bytes of whatever kind it is; kinds are told apart by the lower bits.
    return (this.memory.textAt(key, this.bytes, start, end).identity << 3) | this.int(at);
  }

  /** The same of a text. */
  repeated(key: AttributeKey, at: number): RepeatedText {
    return this.memory.textAt(key, this.bytes, this.int(at + 1), this.int(at + 2));
  }
}
