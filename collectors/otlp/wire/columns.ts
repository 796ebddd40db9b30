import { attributeText, type RowBinaryWriter } from '../../spool/row-binary.js';
import type { WireBody } from './body.js';
import type { AttributeKey } from './keys.js';
import { ATTRIBUTE_INTS, EVENT, EVENT_INTS, SPAN, SPAN_ID_BYTES, SPAN_INTS, TRACE_ID_BYTES } from './layout.js';
import { eventsOf, type WireSpan } from './span.js';
import { decodeSmallInt, VALUE } from './values.js';

/** Writes the row of otel_traces by copying what the request has; byte for byte what the row of its object would be. */
export function writeWireSpan(to: RowBinaryWriter, span: WireSpan): void {
  const { body, at } = span;
  const int = (field: number): number => body.int(at + field);
  const startAt = int(SPAN.start);
  to.raw(body.bytes, startAt, startAt + 8);
  to.hex(body.bytes, int(SPAN.traceId), TRACE_ID_BYTES);
  to.hex(body.bytes, int(SPAN.spanId), SPAN_ID_BYTES);
  if (int(SPAN.parentSpanId) < 0) to.uint8(0);
  else to.hex(body.bytes, int(SPAN.parentSpanId), SPAN_ID_BYTES);
  to.utf8(body.bytes, int(SPAN.traceState), int(SPAN.traceState + 1));
  to.utf8(body.bytes, int(SPAN.name), int(SPAN.name + 1));
  to.string(span.kind);
  const resource = body.resources[int(SPAN.resource)];
  const scope = body.scopes[int(SPAN.scope)];
  if (resource === undefined || scope === undefined) throw new Error('a span stands in a resource and a scope');
  to.raw(resource.row, 0, resource.row.length);
  to.raw(scope.row, 0, scope.row.length);
  writeAttributes(to, body, at + SPAN.shape, at + SPAN_INTS);
  to.duration(body.bytes, startAt, int(SPAN.end));
  to.string(span.statusCode);
  to.utf8(body.bytes, int(SPAN.statusMessage), int(SPAN.statusMessage + 1));
  writeEvents(to, span);
  // Links: none, see WireSpan.
  for (let column = 0; column < LINK_COLUMNS; column++) to.uint8(0);
}

const LINK_COLUMNS = 4;

function writeEvents(to: RowBinaryWriter, span: WireSpan): void {
  const { body } = span;
  const places = body.int(span.at + SPAN.events) === 0 ? NO_PLACES : eventsOf(span);
  to.varint(places.length);
  for (const event of places) {
    const time = body.int(event + EVENT.time);
    to.raw(body.bytes, time, time + 8);
  }
  to.varint(places.length);
  for (const event of places) to.utf8(body.bytes, body.int(event + EVENT.name), body.int(event + EVENT.name + 1));
  to.varint(places.length);
  for (const event of places) writeAttributes(to, body, event + EVENT.shape, event + EVENT_INTS);
}

const NO_PLACES: readonly number[] = [];

function writeAttributes(to: RowBinaryWriter, body: WireBody, shapeAt: number, at: number): void {
  const keys = body.shapes[body.int(shapeAt)]?.keys ?? [];
  to.varint(keys.length);
  let place = at;
  for (const key of keys) {
    to.raw(key.row, 0, key.row.length);
    writeValue(to, body, key, place);
    place += ATTRIBUTE_INTS;
  }
}

function writeValue(to: RowBinaryWriter, body: WireBody, key: AttributeKey, at: number): void {
  if (key.isUserId) {
    to.string(body.hashUser(attributeText(body.value(key, at))));
    return;
  }
  const kind = body.int(at);
  const start = body.int(at + 1);
  const end = body.int(at + 2);
  if (kind === VALUE.text) {
    to.utf8(body.bytes, start, end);
    return;
  }
  const small = kind === VALUE.int ? decodeSmallInt(body.bytes, start, end) : -1;
  to.string(small >= 0 ? String(small) : attributeText(body.value(key, at)));
}
