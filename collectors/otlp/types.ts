/**
 * OTLP as objects: what the straightforward decoder makes of a body, protobuf or JSON alike. Attributes are Maps, never
 * plain objects: their names come from outside.
 */
export type AttributeValue =
  | string
  | boolean
  | bigint
  | number
  | Uint8Array
  | readonly AttributeValue[]
  | ReadonlyMap<string, AttributeValue>
  | null;

export type Attributes = ReadonlyMap<string, AttributeValue>;

export interface Scope {
  readonly name: string;
  readonly version: string;
}

export interface SpanEvent {
  readonly timeNs: bigint;
  readonly name: string;
  readonly attributes: Attributes;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: Attributes;
}

/** Names as the Collector's ClickHouse exporter writes them. */
export type SpanKind = 'Unspecified' | 'Internal' | 'Server' | 'Client' | 'Producer' | 'Consumer';
export type StatusCode = 'Unset' | 'Ok' | 'Error';

export interface Span {
  /** 32 and 16 lower-case hex digits; the parent is empty for a root. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly statusCode: StatusCode;
  readonly statusMessage: string;
  readonly resource: Attributes;
  readonly scope: Scope;
}

export interface LogRecord {
  readonly timeNs: bigint;
  readonly observedNs: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
  /** Empty when the record belongs to no span. */
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly resource: Attributes;
  readonly scope: Scope;
}
