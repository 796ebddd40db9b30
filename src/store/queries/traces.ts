import type { Database } from '../database.js';

/** Spans of one trace that are shown; agents that run for hours write more. */
export const MAX_SPANS_PER_TRACE = 2_000;

export interface StoredSpan {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: string;
  readonly service: string;
  /** Milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly durationNs: number;
  readonly statusCode: string;
  readonly statusMessage: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly eventTimesMs: readonly number[];
  readonly eventNames: readonly string[];
  readonly eventAttributes: readonly Readonly<Record<string, string>>[];
}

/**
 * Spans of a trace by start time, a resent span once. `otel_traces_trace_id_ts` gives the time range first, so that only
 * the trace's own partitions and the granules its bloom filter lets through are read. The bounds are of the column's
 * type: against a DateTime, ClickHouse 26.7 leaves out the granules of the last second (the key has toDateTime(Timestamp)).
 */
export async function readTrace(database: Database, traceId: string): Promise<StoredSpan[]> {
  const range = await database.query<{ spans: number; start: number; end: number }>(
    `SELECT count() AS spans, toUnixTimestamp(min(Start)) AS start, toUnixTimestamp(max(End)) AS end
     FROM otel_traces_trace_id_ts WHERE TraceId = {traceId:String}`,
    { traceId },
  );
  const { spans = 0, start = 0, end = 0 } = range[0] ?? {};
  if (spans === 0) return [];
  return database.query<StoredSpan>(
    `SELECT SpanId AS spanId, ParentSpanId AS parentSpanId, SpanName AS name, SpanKind AS kind, ServiceName AS service,
       toUnixTimestamp64Milli(toDateTime64(Timestamp, 3)) AS startMs, Duration AS durationNs,
       StatusCode AS statusCode, StatusMessage AS statusMessage, SpanAttributes AS attributes,
       arrayMap(time -> toUnixTimestamp64Milli(toDateTime64(time, 3)), Events.Timestamp) AS eventTimesMs,
       Events.Name AS eventNames, Events.Attributes AS eventAttributes
     FROM otel_traces
     WHERE TraceId = {traceId:String}
       AND Timestamp >= toDateTime64({start:UInt32}, 9) AND Timestamp < toDateTime64({end:UInt32} + 1, 9)
     ORDER BY Timestamp, SpanId LIMIT 1 BY SpanId LIMIT {limit:UInt32}`,
    { traceId, start, end, limit: MAX_SPANS_PER_TRACE },
  );
}
