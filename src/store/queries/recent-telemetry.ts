import type { Database } from '../database.js';

/** Spans and log records that are read back after a start; what is beyond it is joined no more. */
const MAX_RECENT_ROWS = 50_000;

type TextMap = Readonly<Record<string, string>>;

export interface RecentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: string;
  /** Nanoseconds since the Unix epoch, in decimal. */
  readonly startNs: string;
  readonly durationNs: string;
  readonly attributes: TextMap;
  readonly resource: TextMap;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly statusCode: string;
  readonly statusMessage: string;
  readonly eventTimesNs: readonly string[];
  readonly eventNames: readonly string[];
  readonly eventAttributes: readonly TextMap[];
}

export interface RecentLog {
  readonly timeNs: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: string;
  readonly attributes: TextMap;
  readonly resource: TextMap;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly flags: number;
}

/** Spans that began since then, each once. Reads the newest part of the newest partition. */
export async function recentSpans(database: Database, sinceMs: number): Promise<RecentSpan[]> {
  return database.query<RecentSpan>(
    `SELECT TraceId AS traceId, SpanId AS spanId, ParentSpanId AS parentSpanId, TraceState AS traceState,
       SpanName AS name, SpanKind AS kind, toString(toUnixTimestamp64Nano(Timestamp)) AS startNs,
       toString(Duration) AS durationNs, SpanAttributes AS attributes, ResourceAttributes AS resource,
       ScopeName AS scopeName, ScopeVersion AS scopeVersion, StatusCode AS statusCode, StatusMessage AS statusMessage,
       arrayMap(time -> toString(toUnixTimestamp64Nano(time)), Events.Timestamp) AS eventTimesNs,
       Events.Name AS eventNames, Events.Attributes AS eventAttributes
     FROM otel_traces WHERE Timestamp >= fromUnixTimestamp64Milli({sinceMs:Int64})
     ORDER BY Timestamp DESC LIMIT 1 BY TraceId, SpanId LIMIT {limit:UInt32}`,
    { sinceMs, limit: MAX_RECENT_ROWS },
  );
}

/** GenAI log records since then. Reads the newest part of the newest partition. */
export async function recentLogs(database: Database, sinceMs: number): Promise<RecentLog[]> {
  return database.query<RecentLog>(
    `SELECT toString(toUnixTimestamp64Nano(Timestamp)) AS timeNs, TraceId AS traceId, SpanId AS spanId,
       SeverityNumber AS severityNumber, SeverityText AS severityText, EventName AS eventName, Body AS body,
       LogAttributes AS attributes, ResourceAttributes AS resource, ScopeName AS scopeName,
       ScopeVersion AS scopeVersion, TraceFlags AS flags
     FROM otel_logs WHERE Timestamp >= fromUnixTimestamp64Milli({sinceMs:Int64})
     ORDER BY Timestamp DESC LIMIT {limit:UInt32}`,
    { sinceMs, limit: MAX_RECENT_ROWS },
  );
}
