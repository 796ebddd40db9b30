import protobuf from 'protobufjs';

/**
 * OTLP requests made by hand for tests, in both encodings, from one description. The descriptor is the tests' own and
 * nests every message, so that it shares nothing with the decoder it checks.
 */
export type Value = string | boolean | bigint | number | Uint8Array | null | readonly Value[] | KeyValues;
/** A key-value list; pairs and not an object, so that any key (also twice) can be said. */
interface KeyValues {
  readonly pairs: readonly (readonly [string, Value])[];
}
type Pairs = readonly (readonly [string, Value])[];

export interface SpanShape {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly startNs?: bigint;
  readonly endNs?: bigint;
  readonly attributes?: Pairs;
  readonly events?: readonly { readonly timeNs: bigint; readonly name: string; readonly attributes?: Pairs }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string; readonly attributes?: Pairs }[];
  readonly statusCode?: number;
  readonly statusMessage?: string;
}

export interface LogShape {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly timeNs?: bigint;
  readonly eventName?: string;
  readonly body?: Value;
  readonly attributes?: Pairs;
}

export interface GroupShape<Item> {
  readonly resource?: Pairs;
  readonly scope?: string;
  readonly items: readonly Item[];
}

const KEY_VALUES = { rule: 'repeated' as const, type: 'KeyValue' };
const root = protobuf.Root.fromJSON({
  nested: {
    AnyValue: {
      fields: {
        stringValue: { type: 'string', id: 1 },
        boolValue: { type: 'bool', id: 2 },
        intValue: { type: 'int64', id: 3 },
        doubleValue: { type: 'double', id: 4 },
        arrayValue: { type: 'ArrayValue', id: 5 },
        kvlistValue: { type: 'KvList', id: 6 },
        bytesValue: { type: 'bytes', id: 7 },
      },
      oneofs: {
        v: {
          oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue'],
        },
      },
    },
    ArrayValue: { fields: { values: { rule: 'repeated', type: 'AnyValue', id: 1 } } },
    KvList: { fields: { values: { ...KEY_VALUES, id: 1 } } },
    KeyValue: { fields: { key: { type: 'string', id: 1 }, value: { type: 'AnyValue', id: 2 } } },
    Resource: { fields: { attributes: { ...KEY_VALUES, id: 1 } } },
    Scope: { fields: { name: { type: 'string', id: 1 }, version: { type: 'string', id: 2 } } },
    Event: {
      fields: {
        timeUnixNano: { type: 'fixed64', id: 1 },
        name: { type: 'string', id: 2 },
        attributes: { ...KEY_VALUES, id: 3 },
      },
    },
    Link: {
      fields: {
        traceId: { type: 'bytes', id: 1 },
        spanId: { type: 'bytes', id: 2 },
        attributes: { ...KEY_VALUES, id: 4 },
      },
    },
    Status: { fields: { message: { type: 'string', id: 2 }, code: { type: 'int32', id: 3 } } },
    Span: {
      fields: {
        traceId: { type: 'bytes', id: 1 },
        spanId: { type: 'bytes', id: 2 },
        parentSpanId: { type: 'bytes', id: 4 },
        name: { type: 'string', id: 5 },
        kind: { type: 'int32', id: 6 },
        startTimeUnixNano: { type: 'fixed64', id: 7 },
        endTimeUnixNano: { type: 'fixed64', id: 8 },
        attributes: { ...KEY_VALUES, id: 9 },
        events: { rule: 'repeated', type: 'Event', id: 11 },
        links: { rule: 'repeated', type: 'Link', id: 13 },
        status: { type: 'Status', id: 15 },
      },
    },
    LogRecord: {
      fields: {
        timeUnixNano: { type: 'fixed64', id: 1 },
        body: { type: 'AnyValue', id: 5 },
        attributes: { ...KEY_VALUES, id: 6 },
        traceId: { type: 'bytes', id: 9 },
        spanId: { type: 'bytes', id: 10 },
        eventName: { type: 'string', id: 12 },
      },
    },
    ScopeSpans: { fields: { scope: { type: 'Scope', id: 1 }, spans: { rule: 'repeated', type: 'Span', id: 2 } } },
    ResourceSpans: {
      fields: { resource: { type: 'Resource', id: 1 }, scopeSpans: { rule: 'repeated', type: 'ScopeSpans', id: 2 } },
    },
    Traces: { fields: { resourceSpans: { rule: 'repeated', type: 'ResourceSpans', id: 1 } } },
    ScopeLogs: {
      fields: { scope: { type: 'Scope', id: 1 }, logRecords: { rule: 'repeated', type: 'LogRecord', id: 2 } },
    },
    ResourceLogs: {
      fields: { resource: { type: 'Resource', id: 1 }, scopeLogs: { rule: 'repeated', type: 'ScopeLogs', id: 2 } },
    },
    NumberDataPoint: {
      fields: { timeUnixNano: { type: 'fixed64', id: 3 }, asDouble: { type: 'double', id: 4 } },
    },
    Gauge: { fields: { dataPoints: { rule: 'repeated', type: 'NumberDataPoint', id: 1 } } },
    Metric: { fields: { name: { type: 'string', id: 1 }, gauge: { type: 'Gauge', id: 5 } } },
    ScopeMetrics: { fields: { scope: { type: 'Scope', id: 1 }, metrics: { rule: 'repeated', type: 'Metric', id: 2 } } },
    ResourceMetrics: {
      fields: {
        resource: { type: 'Resource', id: 1 },
        scopeMetrics: { rule: 'repeated', type: 'ScopeMetrics', id: 2 },
      },
    },
    Metrics: { fields: { resourceMetrics: { rule: 'repeated', type: 'ResourceMetrics', id: 1 } } },
    Logs: { fields: { resourceLogs: { rule: 'repeated', type: 'ResourceLogs', id: 1 } } },
  },
});

/** The two encodings differ in how they spell ids and bytes; everything else protobufjs converts from the JSON form. */
interface Spelling {
  id(hex: string): unknown;
  bytes(value: Uint8Array): unknown;
  double(value: number): unknown;
}
const JSON_SPELLING: Spelling = {
  id: (hex) => hex,
  bytes: (value) => Buffer.from(value).toString('base64'),
  // JSON has no way to write a zero's sign as a number.
  double: (value) => (Object.is(value, -0) ? '-0' : Number.isFinite(value) ? value : String(value)),
};
const PROTOBUF_SPELLING: Spelling = {
  id: (hex) => Buffer.from(hex, 'hex'),
  bytes: (value) => value,
  double: (value) => value,
};

function anyValue(value: Value, spell: Spelling): object {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: String(value) };
  if (typeof value === 'number') return { doubleValue: spell.double(value) };
  if (value instanceof Uint8Array) return { bytesValue: spell.bytes(value) };
  if ('pairs' in value) return { kvlistValue: { values: pairs(value.pairs, spell) } };
  return { arrayValue: { values: value.map((element) => anyValue(element, spell)) } };
}

function pairs(attributes: Pairs | undefined, spell: Spelling): object[] {
  return (attributes ?? []).map(([key, value]) => ({ key, value: anyValue(value, spell) }));
}

function span(shape: SpanShape, spell: Spelling): object {
  return {
    traceId: spell.id(shape.traceId),
    spanId: spell.id(shape.spanId),
    ...(shape.parentSpanId === undefined ? {} : { parentSpanId: spell.id(shape.parentSpanId) }),
    name: shape.name ?? 'chat',
    kind: shape.kind ?? 3,
    startTimeUnixNano: String(shape.startNs ?? 1_700_000_000_000_000_000n),
    endTimeUnixNano: String(shape.endNs ?? 1_700_000_001_000_000_000n),
    attributes: pairs(shape.attributes, spell),
    events: (shape.events ?? []).map((event) => ({
      timeUnixNano: String(event.timeNs),
      name: event.name,
      attributes: pairs(event.attributes, spell),
    })),
    links: (shape.links ?? []).map((link) => ({
      traceId: spell.id(link.traceId),
      spanId: spell.id(link.spanId),
      attributes: pairs(link.attributes, spell),
    })),
    status: { code: shape.statusCode ?? 0, message: shape.statusMessage ?? '' },
  };
}

function log(shape: LogShape, spell: Spelling): object {
  return {
    timeUnixNano: String(shape.timeNs ?? 1_700_000_000_500_000_000n),
    eventName: shape.eventName ?? '',
    ...(shape.body === undefined ? {} : { body: anyValue(shape.body, spell) }),
    attributes: pairs(shape.attributes, spell),
    traceId: spell.id(shape.traceId ?? ''),
    spanId: spell.id(shape.spanId ?? ''),
  };
}

function request<Item>(
  groups: readonly GroupShape<Item>[],
  names: readonly [string, string, string],
  item: (shape: Item, spell: Spelling) => object,
  spell: Spelling,
): object {
  const [resources, scopes, items] = names;
  return {
    [resources]: groups.map((group) => ({
      resource: { attributes: pairs(group.resource, spell) },
      [scopes]: [{ scope: { name: group.scope ?? 'test' }, [items]: group.items.map((shape) => item(shape, spell)) }],
    })),
  };
}

const TRACES = ['resourceSpans', 'scopeSpans', 'spans'] as const;
const LOGS = ['resourceLogs', 'scopeLogs', 'logRecords'] as const;

export function tracesJson(groups: readonly GroupShape<SpanShape>[]): Uint8Array {
  return Buffer.from(JSON.stringify(request(groups, TRACES, span, JSON_SPELLING)));
}

export function tracesProtobuf(groups: readonly GroupShape<SpanShape>[]): Uint8Array {
  const type = root.lookupType('Traces');
  return type.encode(type.fromObject(request(groups, TRACES, span, PROTOBUF_SPELLING))).finish();
}

export function logsJson(groups: readonly GroupShape<LogShape>[]): Uint8Array {
  return Buffer.from(JSON.stringify(request(groups, LOGS, log, JSON_SPELLING)));
}

export function logsProtobuf(groups: readonly GroupShape<LogShape>[]): Uint8Array {
  const type = root.lookupType('Logs');
  return type.encode(type.fromObject(request(groups, LOGS, log, PROTOBUF_SPELLING))).finish();
}

/** A gauge with this many data points. */
export function metricsJson(dataPoints: number): Uint8Array {
  return Buffer.from(JSON.stringify(metrics(dataPoints)));
}

export function metricsProtobuf(dataPoints: number): Uint8Array {
  const type = root.lookupType('Metrics');
  return type.encode(type.fromObject(metrics(dataPoints))).finish();
}

function metrics(dataPoints: number): object {
  const point = { timeUnixNano: '1700000000000000000', asDouble: 0.5 };
  const gauge = { name: 'queue', gauge: { dataPoints: Array.from({ length: dataPoints }, () => point) } };
  return { resourceMetrics: [{ resource: { attributes: [] }, scopeMetrics: [{ scope: {}, metrics: [gauge] }] }] };
}

export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

/** `spanId(7)` is `0000000000000007`. */
export function spanId(n: number): string {
  return n.toString(16).padStart(16, '0');
}
