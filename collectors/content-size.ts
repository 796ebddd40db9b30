import type { Attributes, AttributeValue, LogRecord, Span } from './otlp/types.js';

/** What a span or a record costs beside its text: objects, ids, numbers. */
const OVERHEAD_BYTES = 500;

/** About how much memory a span holds, by the length of its texts. */
export function sizeOfSpan(span: Span): number {
  const events = span.events.reduce((sum, event) => sum + sizeOfAttributes(event.attributes) + OVERHEAD_BYTES, 0);
  return OVERHEAD_BYTES + sizeOfAttributes(span.attributes) + events;
}

/** About how much memory a log record holds. */
export function sizeOfLog(record: LogRecord): number {
  return OVERHEAD_BYTES + sizeOfAttributes(record.attributes) + sizeOfValue(record.body);
}

function sizeOfAttributes(attributes: Attributes): number {
  let size = 0;
  for (const [name, value] of attributes) size += name.length + sizeOfValue(value);
  return size;
}

function sizeOfValue(value: AttributeValue): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (value instanceof Map) return sizeOfAttributes(value);
  if (Array.isArray(value)) return value.reduce((sum: number, element) => sum + sizeOfValue(element), 0);
  return 8;
}
