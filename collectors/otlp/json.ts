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
import {
  arrayMember,
  bigintMember,
  describe,
  enumMember,
  isRecord,
  type JsonRecord,
  member,
  objectMember,
  stringMember,
} from './json-fields.js';
import { anyValue, attributesOf } from './json-values.js';
import { MAX_EVENTS_PER_SPAN, MAX_LINKS_PER_SPAN } from './limits.js';
import type { Attributes } from './types.js';

/** Enum names as proto3 JSON spells them; OTLP/JSON asks for numbers, and some clients send names. */
const SPAN_KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map((k) => `SPAN_KIND_${k}`);
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'].map((code) => `STATUS_CODE_${code}`);
const SEVERITIES = [
  'SEVERITY_NUMBER_UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level) =>
    ['', '2', '3', '4'].map((step) => `SEVERITY_NUMBER_${level}${step}`),
  ),
];

/** The spans of an ExportTraceServiceRequest in OTLP/JSON. @throws {FieldProblem} when the request is malformed. */
export function jsonSpans(body: Uint8Array): RawItem<SpanDraft>[] {
  return rawItems(body, 'traces', readSpan, (item) => 'timeUnixNano' in item || 'severityNumber' in item);
}

/** The records of an ExportLogsServiceRequest in OTLP/JSON. @throws {FieldProblem} when the request is malformed. */
export function jsonLogs(body: Uint8Array): RawItem<LogDraft>[] {
  return rawItems(body, 'logs', readLogRecord, (item) => 'startTimeUnixNano' in item);
}

/** A JSON request of no bytes at all is taken as an empty one, as it is in protobuf. */
function parseRequest(body: Uint8Array): JsonRecord {
  if (body.length === 0) return {};
  let request: unknown;
  try {
    request = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch (error) {
    throw new FieldProblem('', `malformed JSON (${errorMessage(error)})`, 'unreadable');
  }
  if (!isRecord(request)) throw new FieldProblem('', `expected an object, found ${describe(request)}`, 'unreadable');
  return request;
}

function rawItems<Draft>(
  body: Uint8Array,
  signal: Signal,
  read: (item: JsonRecord) => Draft,
  foreign: (item: JsonRecord) => boolean,
): RawItem<Draft>[] {
  const names = LEVELS[signal];
  const request = parseRequest(body);
  refuseOtherSignal(request, signal);
  const result: RawItem<Draft>[] = [];
  for (const [r, group] of arrayMember(request, names.resources).entries()) {
    const groupPath = `${names.resources}[${r}]`;
    const resource = once(() =>
      within(
        () => 'resource',
        () => resourceOf(group),
      ),
    );
    const scopes = within(
      () => groupPath,
      () => arrayMember(group, names.scopes),
    );
    for (const [s, scopeItems] of scopes.entries()) {
      const path = `${groupPath}.${names.scopes}[${s}]`;
      const scope = once(() =>
        within(
          () => 'scope',
          () => scopeOf(scopeItems),
        ),
      );
      for (const [i, item] of within(
        () => path,
        () => arrayMember(scopeItems, names.items),
      ).entries()) {
        result.push({
          path: () => `${path}.${names.items}[${i}]`,
          resource,
          scope,
          read: () => read(recordOf(item)),
          foreign: () => isRecord(item) && foreign(item),
        });
      }
    }
  }
  return result;
}

/** A body of another signal has no field of this one: without this it would be taken as an empty request. */
function refuseOtherSignal(request: JsonRecord, signal: Signal): void {
  const expected = LEVELS[signal].resources;
  if (Object.hasOwn(request, expected)) return;
  for (const [found, path] of [
    ['resourceSpans', '/v1/traces'],
    ['resourceLogs', '/v1/logs'],
    ['resourceMetrics', '/v1/metrics'],
  ] as const) {
    if (Object.hasOwn(request, found)) {
      throw new FieldProblem(
        found,
        `this is the ${signal} endpoint: post a body with ${found} to ${path}`,
        'unreadable',
      );
    }
  }
}

function resourceOf(group: unknown): Attributes {
  const resource = objectMember(group, 'resource');
  return resource === undefined ? new Map() : attributesOf(resource);
}

function scopeOf(scopeItems: unknown): { name: string; version: string } {
  const scope = objectMember(scopeItems, 'scope');
  return { name: stringMember(scope, 'name'), version: stringMember(scope, 'version') };
}

function recordOf(item: unknown): JsonRecord {
  if (!isRecord(item)) throw new FieldProblem('', `expected an object, found ${describe(item)}`, 'unreadable');
  return item;
}

function readSpan(span: JsonRecord): SpanDraft {
  const status = objectMember(span, 'status');
  return {
    traceId: idMember(span, 'traceId'),
    spanId: idMember(span, 'spanId'),
    parentSpanId: idMember(span, 'parentSpanId'),
    traceState: stringMember(span, 'traceState'),
    name: stringMember(span, 'name'),
    kind: enumMember(span, 'kind', SPAN_KINDS),
    startNs: bigintMember(span, 'startTimeUnixNano'),
    endNs: bigintMember(span, 'endTimeUnixNano'),
    attributes: attributesOf(span),
    events: list(span, 'events', MAX_EVENTS_PER_SPAN, (event) => ({
      timeNs: bigintMember(event, 'timeUnixNano'),
      name: stringMember(event, 'name'),
      attributes: attributesOf(event),
    })),
    links: list(span, 'links', MAX_LINKS_PER_SPAN, (link) => ({
      traceId: idMember(link, 'traceId'),
      spanId: idMember(link, 'spanId'),
      traceState: stringMember(link, 'traceState'),
      attributes: attributesOf(link),
    })),
    statusCode: within(
      () => 'status',
      () => enumMember(status, 'code', STATUS_CODES),
    ),
    statusMessage: within(
      () => 'status',
      () => stringMember(status, 'message'),
    ),
  };
}

function readLogRecord(record: JsonRecord): LogDraft {
  return {
    timeNs: bigintMember(record, 'timeUnixNano'),
    observedNs: bigintMember(record, 'observedTimeUnixNano'),
    severityNumber: enumMember(record, 'severityNumber', SEVERITIES),
    severityText: stringMember(record, 'severityText'),
    eventName: stringMember(record, 'eventName'),
    body: within(
      () => 'body',
      () => anyValue(member(record, 'body'), 0),
    ),
    attributes: attributesOf(record),
    traceId: idMember(record, 'traceId'),
    spanId: idMember(record, 'spanId'),
    flags: Number(bigintMember(record, 'flags')),
  };
}

/** OTLP/JSON spells ids in hex, where proto3 JSON would use base64. */
function idMember(record: JsonRecord, name: string): string {
  const id = stringMember(record, name);
  if (!/^[0-9a-fA-F]*$/.test(id)) throw new FieldProblem(name, 'not hexadecimal, as OTLP/JSON spells ids');
  return id.toLowerCase();
}

function list<Draft>(record: JsonRecord, name: string, limit: number, read: (item: JsonRecord) => Draft): Draft[] {
  const all = arrayMember(record, name);
  if (all.length > limit) throw new FieldProblem(name, `${all.length} of them, at most ${limit} are accepted`);
  return all.map((item, index) =>
    within(
      () => `${name}[${index}]`,
      () => read(recordOf(item)),
    ),
  );
}
