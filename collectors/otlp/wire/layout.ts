/** What the tape of a body holds: numbers, at these places from where a thing begins. */

/** An attribute: the kind of its value, where it starts and where it ends. */
export const ATTRIBUTE_INTS = 3;

/** A span on the tape: these numbers, then its attributes, then its events. Text is where it starts and where it ends. */
export const SPAN = {
  traceId: 0,
  spanId: 1,
  /** -1 for a root. */
  parentSpanId: 2,
  traceState: 3,
  name: 5,
  kind: 7,
  start: 8,
  end: 9,
  statusCode: 10,
  statusMessage: 11,
  shape: 13,
  resource: 14,
  scope: 15,
  events: 16,
} as const;
export const SPAN_INTS = 17;

/** An event on the tape: these numbers, then its attributes. */
export const EVENT = { time: 0, name: 1, shape: 3 } as const;
export const EVENT_INTS = 4;

export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;
