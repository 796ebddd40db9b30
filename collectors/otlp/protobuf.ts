import { type IConversionOptions, Reader, type Type } from 'protobufjs';
import { errorMessage } from '../../src/model/index.js';
import {
  FieldProblem,
  LEVELS,
  type LogDraft,
  once,
  type RawItem,
  type Signal,
  type SpanDraft,
  within,
} from './draft.js';
import { MAX_ATTRIBUTES, MAX_EVENTS_PER_SPAN, MAX_LINKS_PER_SPAN, MAX_VALUE_DEPTH } from './limits.js';
import {
  messageType,
  type WireAnyValue,
  type WireArrayValue,
  type WireKeyValue,
  type WireKeyValueList,
  type WireLogRecord,
  type WireRequest,
  type WireResource,
  type WireSpan,
} from './proto.js';
import type { Attributes, AttributeValue, Scope } from './types.js';

const REQUEST = messageType('ExportRequest');
const RESOURCE = messageType('Resource');
const SCOPE = messageType('Scope');
const SPAN = messageType('Span');
const LOG_RECORD = messageType('LogRecord');
const ARRAY_VALUE = messageType('ArrayValue');
const KEY_VALUE_LIST = messageType('KeyValueList');

/** 64-bit numbers as bigint: as protobufjs' Long pairs they have corrupted more than one backend's data. */
const CONVERSION: IConversionOptions = { longs: BigInt };

/** The spans of an ExportTraceServiceRequest. @throws {FieldProblem} when the request around them is malformed. */
export function protobufSpans(body: Uint8Array): RawItem<SpanDraft>[] {
  return rawItems(body, 'traces', readSpan, looksLikeLogRecord);
}

/** The records of an ExportLogsServiceRequest. @throws {FieldProblem} when the request around them is malformed. */
export function protobufLogs(body: Uint8Array): RawItem<LogDraft>[] {
  return rawItems(body, 'logs', readLogRecord, looksLikeSpan);
}

function rawItems<Draft>(
  body: Uint8Array,
  signal: Signal,
  read: (bytes: Uint8Array) => Draft,
  foreign: (bytes: Uint8Array) => boolean,
): RawItem<Draft>[] {
  const names = LEVELS[signal];
  const request: WireRequest = decodeMessage(REQUEST, body);
  const result: RawItem<Draft>[] = [];
  for (const [r, group] of (request.resources ?? []).entries()) {
    const resource = once(() =>
      within(
        () => 'resource',
        () => readResource(group.resource),
      ),
    );
    for (const [s, scopeItems] of (group.scopes ?? []).entries()) {
      const scope = { name: scopeItems.scope?.name ?? '', version: scopeItems.scope?.version ?? '' };
      for (const [i, bytes] of (scopeItems.items ?? []).entries()) {
        result.push({
          path: () => `${names.resources}[${r}].${names.scopes}[${s}].${names.items}[${i}]`,
          resource,
          scope: () => scope,
          read: () => read(bytes),
          foreign: () => foreign(bytes),
        });
      }
    }
  }
  return result;
}

/** Decodes one message, without what its type does not know. @throws {FieldProblem} with the byte at which it broke. */
function decodeMessage(type: Type, bytes: Uint8Array): object {
  const reader = Reader.create(bytes);
  reader.discardUnknown = true;
  try {
    return withoutStacks(() => type.toObject(type.decode(reader), CONVERSION));
  } catch (error) {
    const where = `byte ${reader.pos} of ${bytes.length}`;
    throw new FieldProblem('', `malformed protobuf at ${where} (${errorMessage(error)})`, 'unreadable');
  }
}

/** What the library throws at a broken message is only told in words, 100,000 times for one hostile body. */
function withoutStacks<T>(read: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return read();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** The attributes of a Resource. @throws {FieldProblem} */
export function readResource(bytes: Uint8Array | undefined): Attributes {
  if (bytes === undefined) return new Map();
  const resource: WireResource = decodeMessage(RESOURCE, bytes);
  return attributesOf(resource.attributes);
}

/** An InstrumentationScope. @throws {FieldProblem} */
export function readScope(bytes: Uint8Array): Scope {
  const scope: { readonly name?: string; readonly version?: string } = decodeMessage(SCOPE, bytes);
  return { name: scope.name ?? '', version: scope.version ?? '' };
}

function readSpan(bytes: Uint8Array): SpanDraft {
  const span: WireSpan = decodeMessage(SPAN, bytes);
  const attributes = attributesOf(span.attributes);
  const events = list('events', span.events, MAX_EVENTS_PER_SPAN, (event) => ({
    timeNs: event.timeUnixNano ?? 0n,
    name: event.name ?? '',
    attributes: attributesOf(event.attributes),
  }));
  const links = list('links', span.links, MAX_LINKS_PER_SPAN, (link) => ({
    traceId: hex(link.traceId),
    spanId: hex(link.spanId),
    traceState: link.traceState ?? '',
    attributes: attributesOf(link.attributes),
  }));
  return {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    traceState: span.traceState ?? '',
    name: span.name ?? '',
    kind: span.kind ?? 0,
    startNs: span.startTimeUnixNano ?? 0n,
    endNs: span.endTimeUnixNano ?? 0n,
    attributes,
    events,
    links,
    statusCode: span.status?.code ?? 0,
    statusMessage: span.status?.message ?? '',
  };
}

function readLogRecord(bytes: Uint8Array): LogDraft {
  const record: WireLogRecord = decodeMessage(LOG_RECORD, bytes);
  return {
    timeNs: record.timeUnixNano ?? 0n,
    observedNs: record.observedTimeUnixNano ?? 0n,
    severityNumber: record.severityNumber ?? 0,
    severityText: record.severityText ?? '',
    eventName: record.eventName ?? '',
    body: within(
      () => 'body',
      () => anyValue(record.body, 0),
    ),
    attributes: attributesOf(record.attributes),
    traceId: hex(record.traceId),
    spanId: hex(record.spanId),
    flags: record.flags ?? 0,
  };
}

function list<Wire, Draft>(
  field: string,
  items: readonly Wire[] | undefined,
  limit: number,
  read: (item: Wire) => Draft,
): Draft[] {
  const all = items ?? [];
  if (all.length > limit) throw new FieldProblem(field, `${all.length} of them, at most ${limit} are accepted`);
  return all.map((item, index) =>
    within(
      () => `${field}[${index}]`,
      () => read(item),
    ),
  );
}

function hex(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function attributesOf(pairs: readonly WireKeyValue[] | undefined, depth = 0): Attributes {
  const all = pairs ?? [];
  if (all.length > MAX_ATTRIBUTES) {
    throw new FieldProblem('attributes', `${all.length} of them, at most ${MAX_ATTRIBUTES} are accepted`);
  }
  const attributes = new Map<string, AttributeValue>();
  let index = 0;
  within(
    () => `attributes[${index}].value`,
    () => {
      for (const pair of all) {
        attributes.set(pair.key ?? '', anyValue(pair.value, depth));
        index++;
      }
    },
  );
  return attributes;
}

function anyValue(value: WireAnyValue | undefined, depth: number): AttributeValue {
  if (value === undefined) return null;
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) return value.intValue;
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.bytesValue !== undefined) return value.bytesValue;
  if (value.arrayValue === undefined && value.kvlistValue === undefined) return null;
  if (depth >= MAX_VALUE_DEPTH) throw new FieldProblem('', `nested deeper than ${MAX_VALUE_DEPTH} levels`);
  if (value.arrayValue !== undefined) {
    const array: WireArrayValue = decodeMessage(ARRAY_VALUE, value.arrayValue);
    return (array.values ?? []).map((element) => anyValue(element, depth + 1));
  }
  const pairs: WireKeyValueList = decodeMessage(KEY_VALUE_LIST, value.kvlistValue ?? new Uint8Array());
  return attributesOf(pairs.values, depth + 1);
}

/** Field number × 8 + wire type, as each field of a protobuf message begins. */
const TAG = { bytes1: 10, fixed1: 9, fixed11: 89, bytes9: 74, bytes10: 82 } as const;

/** A LogRecord begins with its time (field 1, fixed64), where a Span has its trace id (field 1, bytes). */
function looksLikeLogRecord(bytes: Uint8Array): boolean {
  const tags = topLevelTags(bytes);
  if (tags.has(TAG.bytes1)) return false;
  return tags.has(TAG.fixed1) || tags.has(TAG.fixed11);
}

function looksLikeSpan(bytes: Uint8Array): boolean {
  const tags = topLevelTags(bytes);
  return tags.has(TAG.bytes1) && !tags.has(TAG.fixed1);
}

function topLevelTags(bytes: Uint8Array): ReadonlySet<number> {
  const tags = new Set<number>();
  const reader = Reader.create(bytes);
  try {
    withoutStacks(() => {
      while (reader.pos < reader.len) {
        const tag = reader.tag();
        tags.add(tag);
        reader.skipType(tag & 7);
      }
    });
  } catch {
    return new Set(); // Not a message at all: of neither shape.
  }
  return tags;
}
