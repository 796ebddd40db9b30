import protobuf, { type IType, type Type } from 'protobufjs';

/**
 * OTLP's messages for protobufjs, with the field numbers of opentelemetry-proto 1.x. Two liberties, both of which change
 * nothing on the wire: spans, log records and nested values are declared `bytes`, so that each is decoded by itself (a
 * broken one spoils only itself, and nesting is ours to bound), and fields that nobody reads are left out.
 */
const MESSAGES: Readonly<Record<string, IType>> = {
  AnyValue: {
    oneofs: {
      value: {
        oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue'],
      },
    },
    fields: {
      stringValue: { type: 'string', id: 1 },
      boolValue: { type: 'bool', id: 2 },
      intValue: { type: 'int64', id: 3 },
      doubleValue: { type: 'double', id: 4 },
      arrayValue: { type: 'bytes', id: 5 },
      kvlistValue: { type: 'bytes', id: 6 },
      bytesValue: { type: 'bytes', id: 7 },
    },
  },
  ArrayValue: { fields: { values: { rule: 'repeated', type: 'AnyValue', id: 1 } } },
  KeyValueList: { fields: { values: { rule: 'repeated', type: 'KeyValue', id: 1 } } },
  KeyValue: { fields: { key: { type: 'string', id: 1 }, value: { type: 'AnyValue', id: 2 } } },
  Resource: { fields: { attributes: { rule: 'repeated', type: 'KeyValue', id: 1 } } },
  Scope: { fields: { name: { type: 'string', id: 1 }, version: { type: 'string', id: 2 } } },
  ScopeItems: {
    fields: { scope: { type: 'Scope', id: 1 }, items: { rule: 'repeated', type: 'bytes', id: 2 } },
  },
  ResourceItems: {
    fields: { resource: { type: 'bytes', id: 1 }, scopes: { rule: 'repeated', type: 'ScopeItems', id: 2 } },
  },
  /** ExportTraceServiceRequest and ExportLogsServiceRequest: their numbers are the same down to the items. */
  ExportRequest: { fields: { resources: { rule: 'repeated', type: 'ResourceItems', id: 1 } } },
  Event: {
    fields: {
      timeUnixNano: { type: 'fixed64', id: 1 },
      name: { type: 'string', id: 2 },
      attributes: { rule: 'repeated', type: 'KeyValue', id: 3 },
    },
  },
  Link: {
    fields: {
      traceId: { type: 'bytes', id: 1 },
      spanId: { type: 'bytes', id: 2 },
      traceState: { type: 'string', id: 3 },
      attributes: { rule: 'repeated', type: 'KeyValue', id: 4 },
    },
  },
  SpanStatus: { fields: { message: { type: 'string', id: 2 }, code: { type: 'int32', id: 3 } } },
  Span: {
    fields: {
      traceId: { type: 'bytes', id: 1 },
      spanId: { type: 'bytes', id: 2 },
      traceState: { type: 'string', id: 3 },
      parentSpanId: { type: 'bytes', id: 4 },
      name: { type: 'string', id: 5 },
      kind: { type: 'int32', id: 6 },
      startTimeUnixNano: { type: 'fixed64', id: 7 },
      endTimeUnixNano: { type: 'fixed64', id: 8 },
      attributes: { rule: 'repeated', type: 'KeyValue', id: 9 },
      events: { rule: 'repeated', type: 'Event', id: 11 },
      links: { rule: 'repeated', type: 'Link', id: 13 },
      status: { type: 'SpanStatus', id: 15 },
    },
  },
  LogRecord: {
    fields: {
      timeUnixNano: { type: 'fixed64', id: 1 },
      severityNumber: { type: 'int32', id: 2 },
      severityText: { type: 'string', id: 3 },
      body: { type: 'AnyValue', id: 5 },
      attributes: { rule: 'repeated', type: 'KeyValue', id: 6 },
      flags: { type: 'fixed32', id: 8 },
      traceId: { type: 'bytes', id: 9 },
      spanId: { type: 'bytes', id: 10 },
      observedTimeUnixNano: { type: 'fixed64', id: 11 },
      eventName: { type: 'string', id: 12 },
    },
  },
};

/** As proto2, so that text which is not UTF-8 is repaired (U+FFFD): proto3 would refuse the whole span for it. */
const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(Object.entries(MESSAGES).map(([name, type]) => [name, { ...type, edition: 'proto2' }])),
});

/** A message type by its name in the descriptor. */
export function messageType(name: string): Type {
  return root.lookupType(name);
}

/** What protobufjs makes of the messages: every field may be absent. */
export interface WireAnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: bigint;
  readonly doubleValue?: number;
  readonly arrayValue?: Uint8Array;
  readonly kvlistValue?: Uint8Array;
  readonly bytesValue?: Uint8Array;
}
export interface WireKeyValue {
  readonly key?: string;
  readonly value?: WireAnyValue;
}
export interface WireArrayValue {
  readonly values?: readonly WireAnyValue[];
}
export interface WireKeyValueList {
  readonly values?: readonly WireKeyValue[];
}
export interface WireResource {
  readonly attributes?: readonly WireKeyValue[];
}
interface WireScopeItems {
  readonly scope?: { readonly name?: string; readonly version?: string };
  readonly items?: readonly Uint8Array[];
}
interface WireResourceItems {
  readonly resource?: Uint8Array;
  readonly scopes?: readonly WireScopeItems[];
}
export interface WireRequest {
  readonly resources?: readonly WireResourceItems[];
}
interface WireEvent {
  readonly timeUnixNano?: bigint;
  readonly name?: string;
  readonly attributes?: readonly WireKeyValue[];
}
interface WireLink {
  readonly traceId?: Uint8Array;
  readonly spanId?: Uint8Array;
  readonly traceState?: string;
  readonly attributes?: readonly WireKeyValue[];
}
export interface WireSpan {
  readonly traceId?: Uint8Array;
  readonly spanId?: Uint8Array;
  readonly traceState?: string;
  readonly parentSpanId?: Uint8Array;
  readonly name?: string;
  readonly kind?: number;
  readonly startTimeUnixNano?: bigint;
  readonly endTimeUnixNano?: bigint;
  readonly attributes?: readonly WireKeyValue[];
  readonly events?: readonly WireEvent[];
  readonly links?: readonly WireLink[];
  readonly status?: { readonly message?: string; readonly code?: number };
}
export interface WireLogRecord {
  readonly timeUnixNano?: bigint;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly body?: WireAnyValue;
  readonly attributes?: readonly WireKeyValue[];
  readonly flags?: number;
  readonly traceId?: Uint8Array;
  readonly spanId?: Uint8Array;
  readonly observedTimeUnixNano?: bigint;
  readonly eventName?: string;
}
