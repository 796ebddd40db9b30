import { type FindingDraft, formatCount } from '../../src/model/index.js';
import { storedCalls } from './cells-sql.js';
import { clockWords, draftOf, named } from './draft.js';
import type { Fact, WatchContext } from './watch.js';

const HISTORY_SECONDS = 7 * 86_400;
/** Calls with a set of tools before it counts. */
const MINIMUM_CALLS = 20;
/** Tools are new for this long. */
const NEW_SECONDS = 86_400;
/** Sets of tools that begin within this time of one another were always both there. */
const SIDE_BY_SIDE_SECONDS = 600;
const MAX_SHOWN = 3;

/** A set of tool definitions that models were shown. */
export type ToolsRow = {
  readonly targetId: string;
  readonly digest: string;
  readonly version: string;
  readonly n: number;
  /** Unix seconds. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** The definitions, canonical JSON. */
  readonly content: string;
};

/** What is known of the tools of a target without counting calls: digests in the time, and which targets have more than one. */
const DIGESTS = `surface_versions
  WHERE target_id IN {targets:Array(String)} AND surface = 'tools' AND digest != ''
    AND last_seen >= toDateTime({since:Int64}, 'UTC')`;

const SHOWN = storedCalls(`tools_digest != '' AND target_id IN (
  SELECT target_id FROM ${DIGESTS} GROUP BY target_id HAVING uniqExact(digest) > 1)`);

export const TOOLS: Fact = {
  sql: `
    SELECT seen.target_id AS targetId, seen.digest AS digest, seen.version AS version, seen.n AS n, seen.firstAt AS firstAt,
      seen.lastAt AS lastAt, artifact.content AS content
    FROM (
      SELECT target_id, toString(tools_digest) AS digest, anyLast(tools_version) AS version, count() AS n,
        toUnixTimestamp(min(bucket)) AS firstAt, toUnixTimestamp(max(bucket)) AS lastAt
      FROM ${SHOWN} GROUP BY target_id, digest HAVING n >= ${MINIMUM_CALLS} ORDER BY firstAt DESC LIMIT 3 BY target_id) AS seen
    INNER JOIN (
      SELECT digest, any(content) AS content FROM artifacts
      WHERE kind = 'tools' AND digest IN (SELECT digest FROM ${DIGESTS}) GROUP BY digest) AS artifact
      ON artifact.digest = seen.digest`,
  lookbackSeconds: HISTORY_SECONDS,
};

/** Calls that were right for the tools before are wrong for those of now. */
export function toolFindings(
  watch: { readonly name: string; readonly question: string },
  rows: readonly ToolsRow[],
  context: WatchContext,
): FindingDraft[] {
  const byStart = [...rows].sort((a, b) => a.firstAt - b.firstAt);
  const now = byStart.at(-1);
  const before = byStart.at(-2);
  if (!now || !before || now.firstAt <= context.until - NEW_SECONDS) return [];
  if (now.firstAt - before.firstAt < SIDE_BY_SIDE_SECONDS) return [];
  const breaks = context.breakingToolChanges(before.content, now.content);
  if (breaks.length === 0) return [];
  const more = breaks.length > MAX_SHOWN ? ` and ${breaks.length - MAX_SHOWN} more` : '';
  return [
    draftOf(watch, context, {
      metric: 'breaking_tool_schema',
      subject: `tools ${now.digest}`,
      severity: 'warning',
      title: `tools ${named(now.version || now.digest)} refuse calls that were right before`,
      sentence:
        `Since ${clockWords(now.firstAt)} models are shown other tools (${named(before.version || before.digest)} → ` +
        `${named(now.version || now.digest)}, ${formatCount(now.n)} calls), and they break their contract: ` +
        `${breaks.slice(0, MAX_SHOWN).join(' ')}${more}`,
      method: 'compatibility of tool definitions, old calls against new schemas, with a counterexample',
      n: { 'calls before': before.n, 'calls since': now.n },
      surface: 'tools',
      version: now.version || now.digest,
      behind: { targetId: context.targetId, since: now.firstAt, until: context.until },
      details: { before: before.digest, now: now.digest, breaks },
    }),
  ];
}
