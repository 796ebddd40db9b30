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

/** A text, and what JSON there is in it. */
export class RepeatedText {
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
/** A name whose values come again less than once in so many times is not worth a look. */
const WORTHWHILE = 4;
const TRIALS = 64;

/** What is remembered between requests: everything here may be forgotten at any time. */
export class WireMemory {
  readonly #texts = new ByteMemo<RepeatedText>(MEMO_SLOTS, MEMO_BYTES);
  readonly resources = new ByteMemo<WireResource>(1024, MEMO_BYTES);
  readonly scopes = new ByteMemo<WireScope>(1024, MEMO_BYTES);

  /** The value of a name at this place: the same object as before when it was there before. */
  textAt(key: AttributeKey, bytes: Buffer, start: number, end: number): RepeatedText {
    const { repetition } = key;
    const isHopeless = repetition.misses > TRIALS && repetition.misses > repetition.hits * WORTHWHILE;
    if (isHopeless || end - start > MAX_REPEATED_BYTES) return new RepeatedText(bytes.toString('utf8', start, end));
    const known = this.#texts.get(bytes, start, end);
    if (known !== undefined) {
      repetition.hits++;
      return known;
    }
    repetition.misses++;
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
    return kind === VALUE.text
      ? this.repeated(key, at).text
      : decodeValue(this.bytes, kind, this.int(at + 1), this.int(at + 2));
  }

  /** The same of a text. */
  repeated(key: AttributeKey, at: number): RepeatedText {
    return this.memory.textAt(key, this.bytes, this.int(at + 1), this.int(at + 2));
  }
}
