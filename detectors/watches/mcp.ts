import { type FindingDraft, formatCount, formatRate, wordList } from '../../src/model/index.js';
import { clockWords, draftOf, named } from './draft.js';
import { MCP_SPANS, type McpRow } from './mcp-spans.js';
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
/** A version without a span for this long is spoken no more. */
const STILL_SECONDS = 300;

type Facts = { readonly recent: readonly McpRow[]; readonly history: readonly McpRow[] };

/** Do the service and its MCP servers speak the same protocol version? */
export const mcp: Watch<Facts> = {
  name: 'mcp',
  question: 'Do this service and its MCP servers speak the same version of the protocol?',
  everySeconds: 120,
  holdSeconds: 1800,
  facts: {
    recent: { sql: MCP_SPANS, lookbackSeconds: RECENT_SECONDS },
    history: {
      sql: MCP_SPANS,
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
        ...refusedVersion(server, own(recent), context),
        ...otherVersion(server, own(recent), context),
        ...versions(server, own(recent), own(history), context),
      ];
    }),
};

function place(server: string): string {
  return server === '' ? 'an MCP server' : `the MCP server ${named(server)}`;
}

function sum(rows: readonly McpRow[], count: (row: McpRow) => number): number {
  return rows.reduce((total, row) => total + count(row), 0);
}

function failedNegotiation(server: string, rows: readonly McpRow[], context: WatchContext): FindingDraft[] {
  const failed = sum(rows, (row) => row.failed);
  const tried = sum(rows, ({ begun }) => begun);
  if (failed < MINIMUM_FAILED || failed / tried < MINIMUM_FAILED_RATE) return [];
  const asked = [
    ...new Set(rows.filter((row) => row.failed > 0).map((row) => row.asked || row.version || 'no version')),
  ];
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
      method: `spans of the methods initialize and server/discover, ${RECENT_SECONDS / 60} minutes`,
      n: { attempts: tried, failed },
      surface: 'tools',
      details: { server, versions: asked, errors },
    }),
  ];
}

/** Where there are no sessions, each request names its version, and a server that does not speak it says so. */
function refusedVersion(server: string, rows: readonly McpRow[], context: WatchContext): FindingDraft[] {
  const refused = sum(rows, (row) => row.refused);
  const all = sum(rows, ({ n, begun }) => n - begun);
  if (refused < MINIMUM_FAILED || refused / all < MINIMUM_FAILED_RATE) return [];
  const asked = [...new Set(rows.filter((row) => row.refused > 0).map(({ version }) => version || 'no version'))];
  return [
    draftOf(mcp, context, {
      metric: 'version_refused',
      subject: `server ${server}`,
      severity: 'warning',
      title: `${formatRate(refused / all)} of the requests to ${place(server)} name a version that it does not speak`,
      sentence:
        `${formatCount(refused)} of ${formatCount(all)} requests to ${place(server)} in the last ${RECENT_SECONDS / 60} minutes ` +
        `(${formatRate(refused / all)}) were turned down because it does not speak MCP ${wordList(asked.map(named))}: those calls have no tools.`,
      method: `spans with the JSON-RPC error of an unsupported protocol version, ${RECENT_SECONDS / 60} minutes`,
      n: { requests: all, refused },
      surface: 'tools',
      details: { server, versions: asked },
    }),
  ];
}

/** The protocol lets a server answer in another version than it was asked for; what its tools return may be another form. */
function otherVersion(server: string, rows: readonly McpRow[], context: WatchContext): FindingDraft[] {
  return rows
    .filter(
      ({ asked, version, begun }) => asked !== '' && version !== '' && asked !== version && begun >= MINIMUM_CALLS,
    )
    .map(({ asked, version, begun }) =>
      draftOf(mcp, context, {
        metric: 'protocol_version_mismatch',
        subject: `server ${server} ${asked} ${version}`,
        severity: 'info',
        title: `${place(server)} is asked for MCP ${named(asked)} and speaks ${named(version)}`,
        sentence:
          `${formatCount(begun)} sessions of the last ${RECENT_SECONDS / 60} minutes asked ${place(server)} for MCP ${named(asked)} and were ` +
          `answered in ${named(version)}: what only the version asked for has (structured results, say) is missing.`,
        method: `versions asked for and answered by initialize, ${RECENT_SECONDS / 60} minutes`,
        n: { sessions: begun },
        surface: 'tools',
        details: { server, asked, spoken: version },
      }),
    );
}

function versions(
  server: string,
  recent: readonly McpRow[],
  history: readonly McpRow[],
  context: WatchContext,
): FindingDraft[] {
  // A version that is turned down is not spoken.
  const worked = ({ n, failed, refused }: McpRow) => n - failed - refused;
  const known = [...history, ...recent].filter((row) => row.version !== '' && worked(row) > 0);
  const rowsOf = (rows: readonly McpRow[], version: string) => rows.filter((row) => row.version === version);
  const firstOf = (version: string) => Math.min(...rowsOf(known, version).map(({ firstAt }) => firstAt));
  const spoken = [...new Set(recent.map(({ version }) => version))]
    .map((version) => ({ version, n: sum(rowsOf(recent, version), worked), firstAt: firstOf(version) }))
    .filter(({ version, n }) => version !== '' && n >= MINIMUM_CALLS);
  const isStill = ({ version }: { readonly version: string }) =>
    rowsOf(recent, version).some(({ lastAt }) => lastAt >= context.until - STILL_SECONDS);
  const settled = spoken.filter((one) => isStill(one) && one.firstAt <= context.until - LEAD_SECONDS);
  return [
    // Without an address they may be many servers, each with its own version.
    ...(settled.length > 1 && server !== '' ? [mixedFinding(server, settled, context)] : []),
    ...spoken.flatMap(({ version, n, firstAt }) => {
      const before = [...new Set(known.map((row) => row.version))].filter(
        (other) => other !== version && firstOf(other) <= firstAt - LEAD_SECONDS,
      );
      const isNew = before.length > 0 && firstAt > context.until - NEW_SECONDS;
      return isNew ? [changedFinding(server, { version, n, firstAt, before }, context)] : [];
    }),
  ];
}

interface Spoken {
  readonly version: string;
  readonly n: number;
  /** Unix seconds. */
  readonly firstAt: number;
}

/** A rolling restart passes through it; pods that stay behind do not. */
function mixedFinding(server: string, spoken: readonly Spoken[], context: WatchContext): FindingDraft {
  const names = spoken.map(({ version }) => version).sort();
  const total = spoken.reduce((all, { n }) => all + n, 0);
  const shares = spoken.map(({ version, n }) => `${named(version)} in ${formatRate(n / total)}`);
  return draftOf(mcp, context, {
    metric: 'protocol_versions_mixed',
    subject: `server ${server} ${names.join(' ')}`,
    severity: 'info',
    title: `${place(server)} is spoken to in MCP ${wordList(names.map(named))} at once`,
    sentence:
      `Spans of ${place(server)} name MCP ${wordList(shares)} of ${formatCount(total)} cases in the last ${RECENT_SECONDS / 60} minutes, and have ` +
      `done so for ${LEAD_SECONDS / 60} minutes at least: some pods or servers run an older library, and their tools may return another form.`,
    method: `protocol versions of MCP spans, ${RECENT_SECONDS / 60} minutes`,
    n: { spans: total },
    surface: 'tools',
    details: { server, versions: names },
  });
}

function changedFinding(
  server: string,
  { version, n, firstAt, before }: Spoken & { readonly before: readonly string[] },
  context: WatchContext,
): FindingDraft {
  return draftOf(mcp, context, {
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
  });
}
