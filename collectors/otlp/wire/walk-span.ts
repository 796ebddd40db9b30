import { MAX_ATTRIBUTES, MAX_EVENTS_PER_SPAN } from '../limits.js';
import { ATTRIBUTE_INTS, EVENT, EVENT_INTS, SPAN, SPAN_ID_BYTES, SPAN_INTS, TRACE_ID_BYTES } from './layout.js';
import { IRREGULAR, type WireReader } from './reader.js';
import type { Shape, ShapeTable } from './shape.js';
import type { Tape } from './tape.js';
import { FoundValue, passValue, within } from './values.js';

/** The fields of Span, Event, Status and KeyValue with their wire types: number × 8 + type. */
const TAG = {
  traceId: 0x0a,
  spanId: 0x12,
  traceState: 0x1a,
  parentSpanId: 0x22,
  name: 0x2a,
  kind: 0x30,
  start: 0x39,
  end: 0x41,
  attribute: 0x4a,
  event: 0x5a,
  status: 0x7a,
} as const;
const EVENT_TAG = { time: 0x09, name: 0x12, attribute: 0x1a } as const;
const STATUS_TAG = { message: 0x12, code: 0x18 } as const;
const PAIR_TAG = { key: 0x0a, value: 0x12 } as const;

/** Numbers of fields that mean something: what comes under them in another wire type is not passed over. Links are here, too. */
const SPAN_FIELDS = fieldSet(1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 15);
const EVENT_FIELDS = fieldSet(1, 2, 3);
const STATUS_FIELDS = fieldSet(2, 3);

function fieldSet(...fields: readonly number[]): number {
  return fields.reduce((set, field) => set | (1 << field), 0);
}

function bitOf(tag: number): number {
  return tag < 31 * 8 ? 1 << (tag >>> 3) : 0;
}

/** The fields seen so far and this one. Twice is irregular: the later wins or adds to the earlier, which the oracle knows. */
function withField(seen: number, tag: number, known: number): number {
  const bit = bitOf(tag) & known;
  if ((seen & bit) !== 0) throw IRREGULAR;
  return seen | bit;
}

/** One walk over a span: writes where everything stands to the tape, decodes nothing. */
export class SpanWalker {
  readonly #reader: WireReader;
  readonly #tape: Tape;
  readonly #table: ShapeTable;
  readonly #found = new FoundValue();
  /** Where the span's events begin and end; they go to the tape after its attributes. */
  readonly #eventRanges: number[] = [];
  readonly shapes: Shape[] = [];

  constructor(reader: WireReader, tape: Tape, table: ShapeTable) {
    this.#reader = reader;
    this.#tape = tape;
    this.#table = table;
  }

  /**
   * The span from the reader's position to `end`.
   * @returns where it stands on the tape
   * @throws IRREGULAR when it is not as exporters write spans: broken, out of limits, a field twice, without id or time
   */
  walk(end: number, resource: number, scope: number): number {
    const reader = this.#reader;
    const tape = this.#tape;
    const at = tape.reserve(SPAN_INTS);
    for (let field = 0; field < SPAN_INTS; field++) tape.set(at + field, 0);
    tape.set(at + SPAN.parentSpanId, -1);
    tape.set(at + SPAN.resource, resource);
    tape.set(at + SPAN.scope, scope);
    this.#eventRanges.length = 0;
    this.#table.begin();
    let attributes = 0;
    let seen = 0;
    while (reader.position < end) {
      const tag = reader.small();
      if (tag === TAG.attribute) {
        if (++attributes > MAX_ATTRIBUTES) throw IRREGULAR;
        this.#walkAttribute(within(reader, end));
      } else if (tag === TAG.event) {
        this.#noteEvent(within(reader, end));
      } else {
        seen = withField(seen, tag, SPAN_FIELDS);
        this.#walkField(tag, at, end);
      }
    }
    if (reader.position !== end) throw IRREGULAR;
    tape.set(at + SPAN.shape, this.#finishShape());
    this.#requireIdsAndTimes(at);
    this.#walkEvents(at);
    reader.position = end;
    return at;
  }

  #walkField(tag: number, at: number, end: number): void {
    const reader = this.#reader;
    const tape = this.#tape;
    switch (tag) {
      case TAG.traceId:
        tape.set(at + SPAN.traceId, this.#id(TRACE_ID_BYTES, end));
        break;
      case TAG.spanId:
        tape.set(at + SPAN.spanId, this.#id(SPAN_ID_BYTES, end));
        break;
      case TAG.parentSpanId:
        // Some exporters send the root's parent as an empty field.
        if (reader.bytes[reader.position] === 0) reader.position++;
        else tape.set(at + SPAN.parentSpanId, this.#id(SPAN_ID_BYTES, end));
        break;
      case TAG.traceState:
        this.#text(at + SPAN.traceState, end);
        break;
      case TAG.name:
        this.#text(at + SPAN.name, end);
        break;
      case TAG.kind:
        tape.set(at + SPAN.kind, reader.small());
        break;
      case TAG.start:
        tape.set(at + SPAN.start, reader.fixed64());
        break;
      case TAG.end:
        tape.set(at + SPAN.end, reader.fixed64());
        break;
      case TAG.status:
        this.#walkStatus(at, within(reader, end));
        break;
      default:
        this.#passUnknown(tag, SPAN_FIELDS);
    }
  }

  #passUnknown(tag: number, known: number): void {
    if ((bitOf(tag) & known) !== 0) throw IRREGULAR;
    this.#reader.skip(tag);
  }

  /** An id of so many bytes, not all of them zero. */
  #id(bytes: number, end: number): number {
    const reader = this.#reader;
    const last = within(reader, end);
    const start = reader.position;
    if (last - start !== bytes) throw IRREGULAR;
    let any = 0;
    for (let at = start; at < last; at++) any |= reader.bytes[at] ?? 0;
    if (any === 0) throw IRREGULAR;
    reader.position = last;
    return start;
  }

  #text(to: number, end: number): void {
    const last = within(this.#reader, end);
    this.#tape.set(to, this.#reader.position);
    this.#tape.set(to + 1, last);
    this.#reader.position = last;
  }

  #walkStatus(at: number, end: number): void {
    const reader = this.#reader;
    let seen = 0;
    while (reader.position < end) {
      const tag = reader.small();
      seen = withField(seen, tag, STATUS_FIELDS);
      if (tag === STATUS_TAG.message) this.#text(at + SPAN.statusMessage, end);
      else if (tag === STATUS_TAG.code) this.#tape.set(at + SPAN.statusCode, reader.small());
      else this.#passUnknown(tag, STATUS_FIELDS);
    }
    if (reader.position !== end) throw IRREGULAR;
  }

  /** A KeyValue: its name to the shape, where its value stands to the tape. */
  #walkAttribute(end: number): void {
    const reader = this.#reader;
    if (reader.byte() !== PAIR_TAG.key) throw IRREGULAR;
    const keyEnd = within(reader, end);
    this.#table.add(reader.bytes, reader.position, keyEnd);
    reader.position = keyEnd;
    const found = this.#found;
    found.kind = 0;
    found.start = keyEnd;
    found.end = keyEnd;
    if (keyEnd !== end) {
      if (reader.byte() !== PAIR_TAG.value || within(reader, end) !== end) throw IRREGULAR;
      passValue(reader, end, 0, found);
    }
    const tape = this.#tape;
    const to = tape.reserve(ATTRIBUTE_INTS);
    tape.set(to, found.kind);
    tape.set(to + 1, found.start);
    tape.set(to + 2, found.end);
  }

  #finishShape(): number {
    const shape = this.#table.finish();
    if (shape.repeatsName) throw IRREGULAR;
    if (this.shapes[this.shapes.length - 1] !== shape) this.shapes.push(shape);
    return this.shapes.length - 1;
  }

  #noteEvent(end: number): void {
    if (this.#eventRanges.length >= MAX_EVENTS_PER_SPAN * 2) throw IRREGULAR;
    this.#eventRanges.push(this.#reader.position, end);
    this.#reader.position = end;
  }

  #walkEvents(at: number): void {
    const ranges = this.#eventRanges;
    for (let index = 0; index < ranges.length; index += 2) {
      this.#reader.position = ranges[index] ?? 0;
      this.#walkEvent(ranges[index + 1] ?? 0);
    }
    this.#tape.set(at + SPAN.events, ranges.length / 2);
  }

  #walkEvent(end: number): void {
    const reader = this.#reader;
    const tape = this.#tape;
    const at = tape.reserve(EVENT_INTS);
    for (let field = 0; field < EVENT_INTS; field++) tape.set(at + field, 0);
    this.#table.begin();
    let attributes = 0;
    let seen = 0;
    while (reader.position < end) {
      const tag = reader.small();
      if (tag === EVENT_TAG.attribute) {
        if (++attributes > MAX_ATTRIBUTES) throw IRREGULAR;
        this.#walkAttribute(within(reader, end));
        continue;
      }
      seen = withField(seen, tag, EVENT_FIELDS);
      if (tag === EVENT_TAG.time) tape.set(at + EVENT.time, reader.fixed64());
      else if (tag === EVENT_TAG.name) this.#text(at + EVENT.name, end);
      else this.#passUnknown(tag, EVENT_FIELDS);
    }
    if (reader.position !== end) throw IRREGULAR;
    this.#requireTime(tape.get(at + EVENT.time));
    tape.set(at + EVENT.shape, this.#finishShape());
  }

  #requireIdsAndTimes(at: number): void {
    const tape = this.#tape;
    const start = tape.get(at + SPAN.start);
    const end = tape.get(at + SPAN.end);
    // Nothing begins at byte 0 of a body: a request begins with a tag.
    if (tape.get(at + SPAN.traceId) === 0 || tape.get(at + SPAN.spanId) === 0) throw IRREGULAR;
    this.#requireTime(start);
    this.#requireTime(end);
    if (this.#compareTimes(start, end) > 0) throw IRREGULAR;
  }

  /** A time from 1 ns after the epoch to the last that the store can hold. */
  #requireTime(at: number): void {
    if (at === 0) throw IRREGULAR;
    const { bytes } = this.#reader;
    const highest = bytes[at + 7] ?? 0;
    let any = 0;
    for (let index = 0; index < 8; index++) any |= bytes[at + index] ?? 0;
    if (any === 0 || highest >= 0x80) throw IRREGULAR;
  }

  #compareTimes(a: number, b: number): number {
    const { bytes } = this.#reader;
    for (let index = 7; index >= 0; index--) {
      const difference = (bytes[a + index] ?? 0) - (bytes[b + index] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
