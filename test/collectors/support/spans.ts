import type { Attributes, AttributeValue, LogRecord, Span, SpanEvent } from '../../../collectors/otlp/types.js';
import { spanId, TRACE_ID } from './bodies.js';

export type AttributeObject = Readonly<Record<string, AttributeValue>>;

export function attributes(object: AttributeObject): Attributes {
  return new Map(Object.entries(object));
}

/** A span of one second that says nothing but its attributes. */
export function span(given: AttributeObject, more: Partial<Span> = {}): Span {
  return {
    traceId: TRACE_ID,
    spanId: spanId(1),
    parentSpanId: '',
    traceState: '',
    name: 'chat small-model',
    kind: 'Client',
    startNs: 1_700_000_000_000_000_000n,
    endNs: 1_700_000_001_000_000_000n,
    attributes: attributes(given),
    events: [],
    links: [],
    statusCode: 'Unset',
    statusMessage: '',
    resource: attributes({ 'service.name': 'support-bot', 'deployment.environment.name': 'production' }),
    scope: { name: 'test', version: '' },
    ...more,
  };
}

export function event(name: string, given: AttributeObject = {}, timeNs = 1_700_000_000_100_000_000n): SpanEvent {
  return { name, timeNs, attributes: attributes(given) };
}

export function log(eventName: string, body: AttributeValue, more: Partial<LogRecord> = {}): LogRecord {
  return {
    timeNs: 1_700_000_000_200_000_000n,
    observedNs: 1_700_000_000_200_000_000n,
    severityNumber: 9,
    severityText: '',
    eventName,
    body,
    attributes: new Map(),
    traceId: TRACE_ID,
    spanId: spanId(1),
    flags: 0,
    resource: new Map(),
    scope: { name: 'test', version: '' },
    ...more,
  };
}

export const CHAT: AttributeObject = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'small-model',
  'gen_ai.response.model': 'small-model-2026-10-01',
};
