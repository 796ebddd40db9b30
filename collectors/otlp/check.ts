import { FieldProblem, type LogDraft, type SpanDraft } from './draft.js';
import type { Attributes, LogRecord, Scope, Span, SpanKind, StatusCode } from './types.js';

/** By their number in OTLP. */
export const KINDS: readonly SpanKind[] = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
/** By their number in OTLP. */
export const STATUS: readonly StatusCode[] = ['Unset', 'Ok', 'Error'];

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/** The last nanosecond that ClickHouse's DateTime64(9) can hold, in the year 2262. A later time is taken as absent. */
const MAX_TIME_NS = 2n ** 63n - 1n;

/**
 * A span from its draft.
 *
 * A missing start or end is taken from the other, both from `receivedNs`; an end before the start gives a duration of 0.
 *
 * @throws {FieldProblem} when an id is absent, all zero or of the wrong length
 */
export function checkSpan(draft: SpanDraft, resource: Attributes, scope: Scope, receivedNs: bigint): Span {
  // Before the object: one that is thrown away half made costs V8 ten times the refusal.
  const traceId = requiredId('traceId', draft.traceId, TRACE_ID_BYTES);
  const spanId = requiredId('spanId', draft.spanId, SPAN_ID_BYTES);
  const parentSpanId = optionalId('parentSpanId', draft.parentSpanId, SPAN_ID_BYTES);
  const startNs = firstTime(draft.startNs, draft.endNs, receivedNs);
  const endNs = firstTime(draft.endNs >= startNs ? draft.endNs : 0n, startNs);
  return {
    traceId,
    spanId,
    parentSpanId,
    traceState: draft.traceState,
    name: draft.name,
    kind: KINDS[draft.kind] ?? 'Unspecified',
    startNs,
    endNs,
    attributes: draft.attributes,
    events: draft.events.map((event) => ({ ...event, timeNs: firstTime(event.timeNs, startNs) })),
    links: draft.links,
    statusCode: STATUS[draft.statusCode] ?? 'Unset',
    statusMessage: draft.statusMessage,
    resource,
    scope,
  };
}

/** A log record from its draft; it may belong to no span. @throws {FieldProblem} when an id is of the wrong length */
export function checkLogRecord(draft: LogDraft, resource: Attributes, scope: Scope, receivedNs: bigint): LogRecord {
  const traceId = optionalId('traceId', draft.traceId, TRACE_ID_BYTES);
  const spanId = optionalId('spanId', draft.spanId, SPAN_ID_BYTES);
  const timeNs = firstTime(draft.timeNs, draft.observedNs, receivedNs);
  return {
    ...draft,
    timeNs,
    observedNs: firstTime(draft.observedNs, timeNs),
    traceId,
    spanId,
    resource,
    scope,
  };
}

/** Ids are hex here; OTLP calls an id of all zeros invalid. */
function requiredId(field: string, id: string, bytes: number): string {
  if (id === '') throw new FieldProblem(field, `absent, must be ${bytes} bytes`);
  const checked = optionalId(field, id, bytes);
  if (checked === '') throw new FieldProblem(field, 'all zero, which is not a valid id');
  return checked;
}

function optionalId(field: string, id: string, bytes: number): string {
  if (id.length !== 0 && id.length !== bytes * 2) {
    throw new FieldProblem(field, `${id.length / 2} bytes, must be ${bytes}`);
  }
  return /^0*$/.test(id) ? '' : id;
}

function firstTime(...times: readonly bigint[]): bigint {
  return times.find((time) => time > 0n && time <= MAX_TIME_NS) ?? 0n;
}
