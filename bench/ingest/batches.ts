import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { messageType } from '../../collectors/otlp/proto.js';
import { drawSpan, type SpanKindName } from './span-content.js';

/** As OpenTelemetry's batch processors send them. */
export const SPANS_A_BATCH = 512;
/** What gzip of the exporters' HTTP clients does unless told otherwise is 6; the work to undo it hardly depends on it. */
const GZIP_LEVEL = 6;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** An ExportTraceServiceRequest, and a span by which one can see that it has arrived. */
export interface Batch {
  readonly body: Buffer;
  readonly lastTraceId: string;
}

export interface BatchOptions {
  readonly kind: SpanKindName;
  readonly gzip: boolean;
  /** When the calls of the batch ended, milliseconds since the Unix epoch. */
  readonly endMs: number;
  readonly uniform: () => number;
}

const REQUEST = messageType('ExportRequest');
const RESOURCE = messageType('Resource');
const SPAN = messageType('Span');
const ARRAY = messageType('ArrayValue');

/** One process's spans: most under a parent, three to a trace as agents make them. */
export function encodeBatch({ kind, gzip, endMs, uniform }: BatchOptions): Batch {
  let traceId = randomBytes(16);
  let parentSpanId = randomBytes(8);
  const items = Array.from({ length: SPANS_A_BATCH }, (_, index) => {
    if (index % 3 === 0) {
      traceId = randomBytes(16);
      parentSpanId = randomBytes(8);
    }
    const { name, attributes } = drawSpan(kind, uniform);
    const startMs = endMs - Math.floor(300 + uniform() * 4000);
    return SPAN.encode(
      SPAN.create({
        traceId,
        spanId: randomBytes(8),
        parentSpanId,
        name,
        kind: 3,
        startTimeUnixNano: String(BigInt(startMs) * NANOSECONDS_PER_MILLISECOND + BigInt(index)),
        endTimeUnixNano: String(BigInt(endMs) * NANOSECONDS_PER_MILLISECOND + BigInt(index)),
        attributes: attributes.map(([key, value]) => ({ key, value: anyValue(value) })),
        status: { code: 1 },
      }),
    ).finish();
  });
  const resource = RESOURCE.encode(
    RESOURCE.create({ attributes: resourceAttributes(Math.floor(uniform() * 12)) }),
  ).finish();
  const scope = { name: '@opentelemetry/instrumentation-openai', version: '0.9.1' };
  const request = { resources: [{ resource, scopes: [{ scope, items }] }] };
  const encoded = Buffer.from(REQUEST.encode(REQUEST.create(request)).finish());
  const body = gzip ? gzipSync(encoded, { level: GZIP_LEVEL }) : encoded;
  return { body, lastTraceId: traceId.toString('hex') };
}

function resourceAttributes(pod: number) {
  const pairs = [
    ['service.name', 'support-bot'],
    ['service.version', '2026.11.3'],
    ['deployment.environment.name', 'production'],
    ['k8s.pod.name', `support-bot-7d9f8b6c5-${pod.toString(36).padStart(5, 'x')}`],
    ['telemetry.sdk.language', 'nodejs'],
    ['telemetry.sdk.name', 'opentelemetry'],
    ['telemetry.sdk.version', '2.2.0'],
  ] as const;
  return pairs.map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | bigint | number | readonly string[]): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'bigint') return { intValue: String(value) };
  if (typeof value === 'number') return { doubleValue: value };
  const values = value.map((text) => ({ stringValue: text }));
  return { arrayValue: ARRAY.encode(ARRAY.create({ values })).finish() };
}
