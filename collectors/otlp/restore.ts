import { CONTENT_ATTRIBUTE } from '../../src/model/index.js';
import type { Database } from '../../src/store/index.js';
import { type RecentLog, type RecentSpan, recentLogs, recentSpans } from '../../src/store/queries/recent-telemetry.js';
import { JOIN_WINDOW_MS } from '../join-buffer.js';
import type { Receiver } from './receive.js';
import type { AttributeValue, LogRecord, Span, SpanKind, StatusCode } from './types.js';

/** A call may have begun this long before its last piece arrives within the join window. */
const LONGEST_CALL_MS = 120_000;

const KINDS: readonly SpanKind[] = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const STATUS_CODES: readonly StatusCode[] = ['Unset', 'Ok', 'Error'];

/** After a start: gives the receiver what the store has of the last minutes, so that what is still to come can join it. */
export async function restoreRecent(database: Database, receiver: Receiver, nowMs: number): Promise<void> {
  const sinceMs = nowMs - JOIN_WINDOW_MS - LONGEST_CALL_MS;
  const [spans, logs] = await Promise.all([recentSpans(database, sinceMs), recentLogs(database, sinceMs)]);
  const changed = new Set([...spans, ...logs].filter(isNotAsSent).map(keyOf));
  const isWhole = (row: RecentSpan | RecentLog) => !changed.has(keyOf(row));
  receiver.seed(spans.filter(isWhole).map(toSpan), logs.filter(isWhole).map(toLogRecord), nowMs);
}

/**
 * A call of which content was kept back (docs/operations.md, Privacy) is not read again: its versions, verdicts and digests
 * are known from all of it, and what is left would give others. What still comes for it is stored, and joins no more.
 */
function isNotAsSent({ attributes }: RecentSpan | RecentLog): boolean {
  return CONTENT_ATTRIBUTE in attributes;
}

function keyOf({ traceId, spanId }: RecentSpan | RecentLog): string {
  return traceId + spanId;
}

/** The store keeps every attribute as text; the conventions read numbers and structures from it as well. */
function toSpan(row: RecentSpan): Span {
  const startNs = BigInt(row.startNs);
  return {
    traceId: row.traceId,
    spanId: row.spanId,
    parentSpanId: row.parentSpanId,
    traceState: row.traceState,
    name: row.name,
    kind: KINDS.find((kind) => kind === row.kind) ?? 'Unspecified',
    startNs,
    endNs: startNs + BigInt(row.durationNs),
    attributes: toAttributes(row.attributes),
    events: row.eventNames.map((name, index) => ({
      timeNs: BigInt(row.eventTimesNs[index] ?? 0),
      name,
      attributes: toAttributes(row.eventAttributes[index] ?? {}),
    })),
    links: [],
    statusCode: STATUS_CODES.find((code) => code === row.statusCode) ?? 'Unset',
    statusMessage: row.statusMessage,
    resource: toAttributes(row.resource),
    scope: { name: row.scopeName, version: row.scopeVersion },
  };
}

function toLogRecord(row: RecentLog): LogRecord {
  const timeNs = BigInt(row.timeNs);
  return {
    timeNs,
    observedNs: timeNs,
    severityNumber: row.severityNumber,
    severityText: row.severityText,
    eventName: row.eventName,
    body: row.body,
    attributes: toAttributes(row.attributes),
    traceId: row.traceId,
    spanId: row.spanId,
    flags: row.flags,
    resource: toAttributes(row.resource),
    scope: { name: row.scopeName, version: row.scopeVersion },
  };
}

function toAttributes(map: Readonly<Record<string, string>>): ReadonlyMap<string, AttributeValue> {
  return new Map(Object.entries(map));
}
