import { messageType } from '../../collectors/otlp/proto.js';
import type { StorageCall } from './calls.js';

const REQUEST = messageType('ExportRequest');
const RESOURCE = messageType('Resource');
const SPAN = messageType('Span');
const ARRAY = messageType('ArrayValue');

type Value = StorageCall['attributes'][number][1];

/** An ExportTraceServiceRequest, one resource a service and pod, as a Collector in between batches them. */
export function encodeCalls(calls: readonly StorageCall[]): Uint8Array {
  const byPod = new Map<string, StorageCall[]>();
  for (const call of calls) byPod.set(call.pod, [...(byPod.get(call.pod) ?? []), call]);
  const resources = [...byPod.values()].map((group) => ({
    resource: RESOURCE.encode(RESOURCE.create({ attributes: resourceAttributes(group[0]) })).finish(),
    scopes: [
      { scope: { name: '@opentelemetry/instrumentation-openai', version: '0.9.1' }, items: group.map(encodeSpan) },
    ],
  }));
  return REQUEST.encode(REQUEST.create({ resources })).finish();
}

function encodeSpan(call: StorageCall): Uint8Array {
  return SPAN.encode(
    SPAN.create({
      traceId: Buffer.from(call.traceId, 'hex'),
      spanId: Buffer.from(call.spanId, 'hex'),
      parentSpanId: Buffer.from(call.parentSpanId, 'hex'),
      name: call.name,
      kind: 3,
      startTimeUnixNano: nanoseconds(call.startMs, call.spanId),
      endTimeUnixNano: nanoseconds(call.endMs, call.spanId),
      attributes: call.attributes.map(([key, value]) => ({ key, value: anyValue(value) })),
      status: { code: 1 },
    }),
  ).finish();
}

/** Clocks tell more than milliseconds, and what they tell below does not compress. */
export function nanoseconds(ms: number, spanId: string): string {
  return `${ms}${String(Number.parseInt(spanId.slice(0, 8), 16) % 1_000_000).padStart(6, '0')}`;
}

function resourceAttributes(call: StorageCall | undefined) {
  const pairs = [
    ['service.name', call?.service ?? ''],
    ['service.version', call?.serviceVersion ?? ''],
    ['deployment.environment.name', 'production'],
    ['k8s.pod.name', call?.pod ?? ''],
    ['telemetry.sdk.language', 'nodejs'],
    ['telemetry.sdk.name', 'opentelemetry'],
    ['telemetry.sdk.version', '2.2.0'],
  ] as const;
  return pairs.map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: ARRAY.encode(ARRAY.create({ values: value.map((text) => ({ stringValue: text })) })).finish() };
}
