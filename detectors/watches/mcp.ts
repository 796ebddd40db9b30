import { type FindingDraft, formatCount, formatRate, wordList } from '../../src/model/index.js';
import { clockWords, draftOf, named } from './draft.js';
import type { Watch, WatchContext } from './watch.js';

const RECENT_SECONDS = 900;
const HISTORY_SECONDS = 86_400;
/** A few failed handshakes are a restart. */
const MINIMUM_FAILED = 5;
const MINIMUM_FAILED_RATE = 0.05;
const MINIMUM_CALLS = 10;
/** A version is new for this long. */
const NEW_SECONDS = 86_400;
const LEAD_SECONDS = 600;

/** What spans of the Model Context Protocol say of their server and version. */
type McpRow = {
  /** The first target of the service: a session belongs to a service, not to one of its operations. */
  readonly targetId: string;
  readonly server: string;
  readonly version: string;
  readonly n: number;
  readonly initialised: number;
  readonly failed: number;
  readonly firstAt: number;
  readonly error: string;
};

const spans = `
  SELECT service.targetId AS targetId, server, version, n, initialised, failed, firstAt, error FROM (
    SELECT ServiceName, SpanAttributes['server.address'] AS server, SpanAttributes['mcp.protocol.version'] AS version,
      count() AS n, countIf(SpanAttributes['mcp.method.name'] = 'initialize') AS initialised,
      countIf(SpanAttributes['mcp.method.name'] = 'initialize' AND (StatusCode = 'Error' OR SpanAttributes['error.type'] != '')) AS failed,
      toUnixTimestamp(min(toDateTime(Timestamp))) AS firstAt, anyIf(SpanAttributes['error.type'], SpanAttributes['error.type'] != '') AS error
    FROM otel_traces
    WHERE ServiceName IN (SELECT service FROM vectors WHERE target_id IN {targets:Array(String)})
      AND Timestamp >= toDateTime({since:Int64}, 'UTC') AND Timestamp < toDateTime({until:Int64}, 'UTC')
      AND mapContains(SpanAttributes, 'mcp.method.name')
    GROUP BY ServiceName, server, version) AS seen
  INNER JOIN (
    SELECT min(target_id) AS targetId, service AS name FROM vectors GROUP BY service
    HAVING targetId IN {targets:Array(String)}) AS service ON service.name = seen.ServiceName`;

type Facts = { readonly recent: readonly McpRow[]; readonly history: readonly McpRow[] };

/** Do the service and its MCP servers speak the same protocol version? */
export const mcp: Watch<Facts> = {
  name: 'mcp',
  question: 'Do this service and its MCP servers speak the same version of the protocol?',
  everySeconds: 120,
  holdSeconds: 1800,
  facts: {
    recent: { sql: spans, lookbackSeconds: RECENT_SECONDS },
    history: {
      sql: spans,
      lookbackSeconds: HISTORY_SECONDS,
      goodForSeconds: 1800,
      isNeeded: ({ recent = [] }) => recent.length > 0,
    },
  },
  judge: ({ recent, history }, context) =>
    [...new Set(recent.map(({ server }) => server))].flatMap((server) => {
      const own = (rows: readonly McpRow[]) => rows.filter((row) => row.server === server);
      return [
        ...failedNegotiation(server, own(recent), context),
        ...versions(server, own(recent), own(history), context),
      ];
    }),
};

function place(server: string): string {
  return server === '' ? 'an MCP server' : `the MCP server ${named(server)}`;
}

function failedNegotiation(server: string, rows: readonly McpRow[], context: WatchContext): FindingDraft[] {
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  const tried = rows.reduce((sum, row) => sum + row.initialised, 0);
  if (failed < MINIMUM_FAILED || failed / tried < MINIMUM_FAILED_RATE) return [];
  const asked = [...new Set(rows.filter((row) => row.failed > 0).map(({ version }) => version || 'no version'))];
  const errors = [...new Set(rows.map(({ error }) => error).filter((error) => error !== ''))];
  return [
    draftOf(mcp, context, {
      metric: 'negotiation_failed',
      subject: `server ${server}`,
      severity: 'warning',
      title: `${formatRate(failed / tried)} of the sessions with ${place(server)} do not begin`,
      sentence:
        `${formatCount(failed)} of ${formatCount(tried)} attempts to begin a session with ${place(server)} failed in the last ` +
        `${RECENT_SECONDS / 60} minutes (${formatRate(failed / tried)}), asking for ${wordList(asked.map(named))}` +
        `${errors.length > 0 ? `; the error is ${wordList(errors.slice(0, 3).map(named))}` : ''}: its tools are missing in those calls.`,
      method: `spans of the method initialize, ${RECENT_SECONDS / 60} minutes`,
      n: { attempts: tried, failed },
      surface: 'tools',
      details: { server, versions: asked, errors },
    }),
  ];
}

function versions(
  server: string,
  recent: readonly McpRow[],
  history: readonly McpRow[],
  context: WatchContext,
): FindingDraft[] {
  const known = [...history, ...recent].filter(({ version }) => version !== '');
  const firstOf = (version: string) =>
    Math.min(...known.filter((row) => row.version === version).map(({ firstAt }) => firstAt));
  return recent
    .filter(({ version, n }) => version !== '' && n >= MINIMUM_CALLS)
    .flatMap(({ version, n }) => {
      const firstAt = firstOf(version);
      const before = [...new Set(known.map((row) => row.version))].filter(
        (other) => other !== version && firstOf(other) <= firstAt - LEAD_SECONDS,
      );
      if (before.length === 0 || firstAt <= context.until - NEW_SECONDS) return [];
      return [
        draftOf(mcp, context, {
          metric: 'protocol_version_changed',
          subject: `server ${server} ${version}`,
          severity: 'info',
          title: `${place(server)} speaks ${named(version)} now`,
          sentence:
            `Since ${clockWords(firstAt)} sessions with ${place(server)} speak MCP ${named(version)} (${formatCount(n)} spans in the last ` +
            `${RECENT_SECONDS / 60} minutes); before it was ${wordList(before.map(named))}. What its tools return may look different.`,
          method: 'protocol versions of MCP spans, now against the last day',
          n: { spans: n },
          surface: 'tools',
          details: { server, before, now: version },
        }),
      ];
    });
}
