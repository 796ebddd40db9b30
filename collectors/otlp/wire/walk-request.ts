import { MAX_ITEMS_PER_REQUEST } from '../limits.js';
import { IRREGULAR, WireReader } from './reader.js';
import type { Shape, ShapeTable } from './shape.js';
import type { Tape } from './tape.js';
import { within } from './values.js';
import { SpanWalker } from './walk-span.js';

/** The first three fields of the request's levels, all length-delimited. */
const FIRST = 0x0a;
const SECOND = 0x12;
const THIRD = 0x1a;

/** Stands for a span that the oracle must read. */
export const IRREGULAR_SPAN = -1;

/** Where everything of a request stands. */
export interface WalkedRequest {
  readonly tape: Int32Array;
  readonly shapes: readonly Shape[];
  /** A place on the tape for each span, in order, or {@link IRREGULAR_SPAN}. */
  readonly spans: readonly number[];
  /** Start and end of each resource and of each scope; both 0 where there is none. */
  readonly resources: readonly Range[];
  readonly scopes: readonly Range[];
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

const ABSENT: Range = { start: 0, end: 0 };

/**
 * Walks over an ExportTraceServiceRequest.
 * @returns `null` when the request around the spans is not as exporters write it: the oracle reads it
 */
export function walkRequest(bytes: Uint8Array, tape: Tape, table: ShapeTable): WalkedRequest | null {
  try {
    return new RequestWalk(bytes, tape, table).walk();
  } catch (error) {
    if (error === IRREGULAR) return null;
    throw error;
  } finally {
    tape.clear();
  }
}

class RequestWalk {
  readonly #reader: WireReader;
  readonly #tape: Tape;
  readonly #walker: SpanWalker;
  readonly #spans: number[] = [];
  readonly #resources: Range[] = [];
  readonly #scopes: Range[] = [];

  constructor(bytes: Uint8Array, tape: Tape, table: ShapeTable) {
    this.#reader = new WireReader(bytes, 0, bytes.length);
    this.#tape = tape;
    this.#walker = new SpanWalker(this.#reader, tape, table);
  }

  walk(): WalkedRequest {
    const reader = this.#reader;
    const { end } = reader;
    while (reader.position < end) {
      const tag = reader.small();
      if (tag === FIRST) this.#walkResource(within(reader, end));
      else this.#passUnknown(tag, 1);
    }
    const walked = {
      shapes: this.#walker.shapes,
      spans: this.#spans,
      resources: this.#resources,
      scopes: this.#scopes,
    };
    return { ...walked, tape: this.#tape.take() };
  }

  #walkResource(end: number): void {
    this.#resources.push(this.#onlyField(end, 2));
    const reader = this.#reader;
    while (reader.position < end) {
      const tag = reader.small();
      if (tag === SECOND) this.#walkScope(within(reader, end));
      else reader.skip(tag);
    }
  }

  #walkScope(end: number): void {
    this.#scopes.push(this.#onlyField(end, 2));
    const reader = this.#reader;
    while (reader.position < end) {
      const tag = reader.small();
      if (tag === SECOND) this.#walkSpan(within(reader, end));
      else reader.skip(tag);
    }
  }

  #walkSpan(end: number): void {
    // The oracle words the refusal.
    if (this.#spans.length >= MAX_ITEMS_PER_REQUEST) throw IRREGULAR;
    const before = this.#tape.length;
    try {
      this.#spans.push(this.#walker.walk(end, this.#resources.length - 1, this.#scopes.length - 1));
    } catch (error) {
      if (error !== IRREGULAR) throw error;
      this.#tape.truncate(before);
      this.#spans.push(IRREGULAR_SPAN);
    }
    this.#reader.position = end;
  }

  /** Looks ahead over one message for its first field, which may stand anywhere in it, and checks all that is in it. */
  #onlyField(end: number, known: number): Range {
    const reader = this.#reader;
    const begin = reader.position;
    let found = ABSENT;
    while (reader.position < end) {
      const tag = reader.small();
      if (tag === FIRST || tag === SECOND) {
        const last = within(reader, end);
        // Twice: they would add up.
        if (tag === FIRST && found !== ABSENT) throw IRREGULAR;
        if (tag === FIRST) found = { start: reader.position, end: last };
        reader.position = last;
      } else if (tag === THIRD) {
        reader.position = within(reader, end);
      } else {
        this.#passUnknown(tag, known);
      }
    }
    if (reader.position !== end) throw IRREGULAR;
    reader.position = begin;
    return found;
  }

  /** @param known how many of the first fields mean something, and must not come in another wire type */
  #passUnknown(tag: number, known: number): void {
    if (tag >>> 3 <= known) throw IRREGULAR;
    this.#reader.skip(tag);
  }
}
