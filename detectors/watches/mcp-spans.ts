/** What spans of the Model Context Protocol say of their server and version. */
export type McpRow = {
  /** The first target of the service: a session belongs to a service, not to one of its operations. */
  readonly targetId: string;
  readonly server: string;
  /** The version that is spoken; empty where a span says none. */
  readonly version: string;
  /** The version that the client asked for, where its instrumentation tells. */
  readonly asked: string;
  readonly n: number;
  /** Spans that begin a session (`initialize`) or ask what a server speaks (`server/discover`), and those that failed. */
  readonly begun: number;
  readonly failed: number;
  /** Requests of a session that were turned down for their version. */
  readonly refused: number;
  /** Unix seconds. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly error: string;
};

/** JSON-RPC code of a request whose version the server does not speak (MCP 2026-07-28, which has no `initialize`). */
const UNSUPPORTED_VERSION = '-32022';

/** OpenLLMetry names the method in the span's name only, and keeps what was asked and answered as content. */
const OPENLLMETRY_INITIALIZE = 'initialize.mcp';

/** Semantic conventions for MCP (`mcp.*`), and OpenLLMetry's spans of `initialize`. */
export const MCP_SPANS = `
  SELECT service.targetId AS targetId, server, version, asked, n, begun, failed, refused, firstAt, lastAt, error FROM (
    SELECT ServiceName, server, version, asked, count() AS n, countIf(begins) AS begun, countIf(begins AND fails) AS failed,
      countIf(NOT begins AND '${UNSUPPORTED_VERSION}' IN (errorType, statusCode)) AS refused,
      toUnixTimestamp(min(at)) AS firstAt, toUnixTimestamp(max(at)) AS lastAt, anyIf(errorType, errorType != '') AS error
    FROM (
      SELECT ServiceName, toDateTime(Timestamp) AS at, SpanName = '${OPENLLMETRY_INITIALIZE}' AS isOpenLlmetry,
        SpanAttributes['server.address'] AS server, SpanAttributes['error.type'] AS errorType,
        SpanAttributes['rpc.response.status_code'] AS statusCode, StatusCode = 'Error' OR errorType != '' AS fails,
        isOpenLlmetry OR SpanAttributes['mcp.method.name'] IN ('initialize', 'server/discover') AS begins,
        JSONExtractString(SpanAttributes['traceloop.entity.input'], 'protocolVersion') AS asked,
        if(isOpenLlmetry, JSONExtractString(SpanAttributes['traceloop.entity.output'], 'protocolVersion'),
          SpanAttributes['mcp.protocol.version']) AS version
      FROM otel_traces
      WHERE ServiceName IN (SELECT service FROM vectors WHERE target_id IN {targets:Array(String)})
        AND Timestamp >= toDateTime({since:Int64}, 'UTC') AND Timestamp < toDateTime({until:Int64}, 'UTC')
        AND (mapContains(SpanAttributes, 'mcp.method.name') OR SpanName = '${OPENLLMETRY_INITIALIZE}'))
    GROUP BY ServiceName, server, version, asked) AS seen
  INNER JOIN (
    SELECT min(target_id) AS targetId, service AS name FROM vectors GROUP BY service
    HAVING targetId IN {targets:Array(String)}) AS service ON service.name = seen.ServiceName`;
