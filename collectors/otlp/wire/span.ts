import { KINDS, STATUS } from '../check.js';
import type { Attributes, Scope, Span, SpanEvent, SpanKind, StatusCode } from '../types.js';
import { WireAttributes } from './attributes.js';
import type { WireBody } from './body.js';
import { ATTRIBUTE_INTS, EVENT, EVENT_INTS, SPAN, SPAN_ID_BYTES, SPAN_INTS, TRACE_ID_BYTES } from './layout.js';
import { Shape } from './shape.js';

/**
 * A span as a view over the request that it came in. It reads as any other span; its row is written by copying bytes
 * (columns.ts). What it is asked for is decoded then, and remembered where it is asked for again.
 */
export class WireSpan implements Span {
  readonly body: WireBody;
  /** Where on the body's tape it stands. */
  readonly at: number;
  #traceId: string | null = null;
  #spanId: string | null = null;
  #parentSpanId: string | null = null;
  #name: string | null = null;
  #startNs: bigint | null = null;
  #attributes: WireAttributes | null = null;
  #events: readonly SpanEvent[] | null = null;

  constructor(body: WireBody, at: number) {
    this.body = body;
    this.at = at;
  }

  get traceId(): string {
    this.#traceId ??= this.#hex(SPAN.traceId, TRACE_ID_BYTES);
    return this.#traceId;
  }

  get spanId(): string {
    this.#spanId ??= this.#hex(SPAN.spanId, SPAN_ID_BYTES);
    return this.#spanId;
  }

  get parentSpanId(): string {
    this.#parentSpanId ??= this.#int(SPAN.parentSpanId) < 0 ? '' : this.#hex(SPAN.parentSpanId, SPAN_ID_BYTES);
    return this.#parentSpanId;
  }

  get traceState(): string {
    return this.#text(SPAN.traceState);
  }

  get name(): string {
    this.#name ??= this.#text(SPAN.name);
    return this.#name;
  }

  get kind(): SpanKind {
    return KINDS[this.#int(SPAN.kind)] ?? 'Unspecified';
  }

  get startNs(): bigint {
    this.#startNs ??= this.body.uint64(this.#int(SPAN.start));
    return this.#startNs;
  }

  get endNs(): bigint {
    return this.body.uint64(this.#int(SPAN.end));
  }

  get attributes(): WireAttributes {
    this.#attributes ??= attributesAt(this.body, this.#int(SPAN.shape), this.at + SPAN_INTS);
    return this.#attributes;
  }

  get events(): readonly SpanEvent[] {
    this.#events ??= this.#int(SPAN.events) === 0 ? NO_EVENTS : this.#readEvents();
    return this.#events;
  }

  /** A span with links is the oracle's. */
  get links(): readonly [] {
    return NO_LINKS;
  }

  get statusCode(): StatusCode {
    return STATUS[this.#int(SPAN.statusCode)] ?? 'Unset';
  }

  get statusMessage(): string {
    return this.#text(SPAN.statusMessage);
  }

  get resource(): Attributes {
    return this.body.resources[this.#int(SPAN.resource)]?.attributes ?? new Map();
  }

  get scope(): Scope {
    return this.body.scopes[this.#int(SPAN.scope)] ?? { name: '', version: '' };
  }

  /** The same as an object of its own, which may be spread: a view's members are not its own. */
  toObject(): Span {
    const { traceId, spanId, parentSpanId, traceState, name, kind, startNs, endNs, attributes, events, links } = this;
    const { statusCode, statusMessage, resource, scope } = this;
    const times = { startNs, endNs };
    const status = { statusCode, statusMessage };
    const ids = { traceId, spanId, parentSpanId, traceState };
    return { ...ids, name, kind, ...times, attributes, events, links, ...status, resource, scope };
  }

  #readEvents(): SpanEvent[] {
    const { body } = this;
    return eventsOf(this).map((at) => ({
      timeNs: body.uint64(body.int(at + EVENT.time)),
      name: body.text(body.int(at + EVENT.name), body.int(at + EVENT.name + 1)),
      attributes: attributesAt(body, body.int(at + EVENT.shape), at + EVENT_INTS),
    }));
  }

  #int(field: number): number {
    return this.body.int(this.at + field);
  }

  #hex(field: number, bytes: number): string {
    const at = this.#int(field);
    return this.body.bytes.toString('hex', at, at + bytes);
  }

  #text(field: number): string {
    return this.body.text(this.#int(field), this.#int(field + 1));
  }
}

/** Where the events of a span stand on the tape. */
export function eventsOf({ body, at }: WireSpan): number[] {
  const count = body.int(at + SPAN.events);
  const places: number[] = [];
  let event = at + SPAN_INTS + attributeInts(body, at + SPAN.shape);
  for (let index = 0; index < count; index++) {
    places.push(event);
    event += EVENT_INTS + attributeInts(body, event + EVENT.shape);
  }
  return places;
}

function attributeInts(body: WireBody, shapeAt: number): number {
  return (body.shapes[body.int(shapeAt)]?.keys.length ?? 0) * ATTRIBUTE_INTS;
}

function attributesAt(body: WireBody, shape: number, at: number): WireAttributes {
  return new WireAttributes(body, body.shapes[shape] ?? NO_SHAPE, at);
}

const NO_SHAPE = new Shape([]);
const NO_EVENTS: readonly SpanEvent[] = [];
const NO_LINKS: readonly [] = [];
