/**
 * The tables that the spool fills, column by column in the order of their RowBinary encoding. A test compares them with
 * the migrations, so that the two cannot drift apart.
 */
export type ColumnType =
  | 'String'
  | 'UInt8'
  | 'UInt64'
  | 'Float64'
  | 'DateTime64(9)'
  | "DateTime64(9, 'UTC')"
  | "DateTime64(3, 'UTC')"
  | 'Nullable(UInt32)'
  | 'Nullable(UInt64)'
  | 'Nullable(Float64)'
  | 'Map(String, String)'
  | 'Array(String)'
  | 'Array(Float32)'
  | 'Array(DateTime64(9))'
  | 'Array(Map(String, String))';

export type Columns = readonly (readonly [name: string, type: ColumnType])[];

const text = (...names: string[]): (readonly [string, ColumnType])[] => names.map((name) => [name, 'String'] as const);

export const SEGMENT_TABLES = {
  otel_traces: [
    ['Timestamp', 'DateTime64(9)'],
    ...text('TraceId', 'SpanId', 'ParentSpanId', 'TraceState', 'SpanName', 'SpanKind', 'ServiceName'),
    ['ResourceAttributes', 'Map(String, String)'],
    ...text('ScopeName', 'ScopeVersion'),
    ['SpanAttributes', 'Map(String, String)'],
    ['Duration', 'UInt64'],
    ...text('StatusCode', 'StatusMessage'),
    ['Events.Timestamp', 'Array(DateTime64(9))'],
    ['Events.Name', 'Array(String)'],
    ['Events.Attributes', 'Array(Map(String, String))'],
    ['Links.TraceId', 'Array(String)'],
    ['Links.SpanId', 'Array(String)'],
    ['Links.TraceState', 'Array(String)'],
    ['Links.Attributes', 'Array(Map(String, String))'],
  ],
  otel_logs: [
    ['Timestamp', 'DateTime64(9)'],
    ...text('TraceId', 'SpanId'),
    ['TraceFlags', 'UInt8'],
    ...text('SeverityText'),
    ['SeverityNumber', 'UInt8'],
    ...text('ServiceName', 'Body'),
    ['ResourceAttributes', 'Map(String, String)'],
    ...text('ScopeName', 'ScopeVersion'),
    ['LogAttributes', 'Map(String, String)'],
    ...text('EventName'),
  ],
  generations: [
    ['start_time', "DateTime64(9, 'UTC')"],
    ['end_time', "DateTime64(9, 'UTC')"],
    ['time_to_first_token_ns', 'Nullable(UInt64)'],
    ...text('trace_id', 'span_id', 'parent_span_id', 'response_id', 'target_id', 'service', 'environment'),
    ...text('operation', 'convention', 'provider', 'requested_model', 'served_model', 'system_fingerprint'),
    ...text('model_version', 'model_source', 'prompt_version', 'prompt_source'),
    ...text('tools_version', 'tools_source', 'context_version', 'context_source'),
    ...text('prompt_digest', 'tools_digest', 'context_digest', 'vector_id', 'rollout_id', 'arm', 'shadow_of'),
    ['input_tokens', 'Nullable(UInt32)'],
    ['output_tokens', 'Nullable(UInt32)'],
    ['cached_tokens', 'Nullable(UInt32)'],
    ['reasoning_tokens', 'Nullable(UInt32)'],
    ...text('stratum', 'finish_reason', 'finish_reason_raw', 'error_type', 'output_type', 'compliance'),
    ...text('compliance_reason', 'tool_call_verdict', 'tool_call_reason'),
    ['tool_fields', 'Array(String)'],
    ...text('schema_digest'),
    ['refusal', 'UInt8'],
    ...text('refusal_signal', 'unexpected_script', 'guardrail', 'output_digest'),
    ['output_length', 'Nullable(UInt32)'],
    ...text('fingerprint_version'),
    ['fingerprint', 'Array(Float32)'],
    ['cost_usd', 'Nullable(Float64)'],
    ...text('cost_source', 'session_id', 'user_hash', 'pod', 'region', 'service_version'),
    ['revision', 'UInt64'],
    ['ingested_at', "DateTime64(3, 'UTC')"],
  ],
  outcomes: [
    ...text('id', 'trace_id', 'span_id', 'response_id', 'name'),
    ['value', 'Float64'],
    ...text('source', 'comment'),
    ['time', "DateTime64(9, 'UTC')"],
  ],
  artifacts: text('digest', 'kind', 'content'),
} as const satisfies Record<string, Columns>;

export type SegmentTable = keyof typeof SEGMENT_TABLES;

/** What tells two rows of a table apart; the first column alone has an index. */
export const ROW_KEYS = {
  otel_traces: ['TraceId', 'SpanId'],
  otel_logs: ['TraceId', 'SpanId', 'Timestamp', 'EventName'],
  generations: ['trace_id', 'span_id', 'revision'],
  outcomes: ['trace_id', 'id'],
  artifacts: ['digest'],
} as const satisfies Record<SegmentTable, readonly string[]>;

/** `` `a` String, `b` UInt64 ``: the structure argument of ClickHouse's `file()`. */
export function structureOf(table: SegmentTable): string {
  return SEGMENT_TABLES[table].map(([name, type]) => `\`${name}\` ${type}`).join(', ');
}

/** Column list of an INSERT into the table, quoted. */
export function columnList(table: SegmentTable): string {
  return SEGMENT_TABLES[table].map(([name]) => `\`${name}\``).join(', ');
}
