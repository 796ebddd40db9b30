import { isoTime, type RemovableKind } from '../../model/index.js';
import type { Database } from '../database.js';

/** The calls of a target that are looked at, and for what. */
export interface UsageQuestion {
  readonly targetId: string;
  readonly kind: RemovableKind;
  /** For an argument `tool.argument`. */
  readonly name: string;
  /** Unix seconds. */
  readonly since: number;
  readonly now: number;
  /** Equal parts of the time between. */
  readonly parts: number;
}

/** Does a call use it? `{name:String}` is what is asked for, `{tool:String}` the tool that an argument belongs to. */
const USES: Readonly<Record<RemovableKind, string>> = {
  prompt_version: 'prompt_version = {name:String}',
  tools_version: 'tools_version = {name:String}',
  context_version: 'context_version = {name:String}',
  // An alias that is still asked for is in use, and so is what it stands for.
  model: '{name:String} IN (model_version, requested_model, served_model)',
  schema: "schema_digest != '' AND startsWith(schema_digest, {name:String})",
  tool: 'has(tool_fields, {name:String})',
  tool_field: 'has(tool_fields, {name:String})',
};

/** Tools were called, and the trace does not say which. */
const BLIND_TOOLS = "(finish_reason = 'tool_calls' AND empty(tool_fields))";

/** Might a call use it without saying so? */
const BLIND: Readonly<Record<RemovableKind, string>> = {
  prompt_version: "prompt_source = 'missing'",
  tools_version: "(tools_source = 'missing' AND (notEmpty(tool_fields) OR finish_reason = 'tool_calls'))",
  context_version: "context_source = 'missing'",
  model: "(model_version = '' AND requested_model = '' AND served_model = '')",
  schema: "(output_type = 'json' AND schema_digest = '')",
  tool: BLIND_TOOLS,
  tool_field: `(${BLIND_TOOLS} OR (has(tool_fields, {tool:String}) AND tool_call_verdict = 'not_json'))`,
};

/** The target's calls of the window, each once, by its newest revision; shadow calls are calls here. */
const CALLS = `(
  SELECT start_time, pod, session_id, (%USES%) AS is_use, (%BLIND%) AS is_blind FROM generations FINAL
  WHERE target_id = {targetId:String} AND bucket >= toDateTime({since:UInt32}, 'UTC')
    AND bucket <= toDateTime({now:UInt32}, 'UTC'))`;

const SETTINGS = 'SETTINGS do_not_merge_across_partitions_select_final = 1';

export interface PodUsage {
  readonly pod: string;
  readonly generations: number;
  readonly blind: number;
  readonly uses: number;
  readonly usesLastHour: number;
  /** Milliseconds since the Unix epoch; 0 without a use. */
  readonly lastUseMs: number;
  /** Parts of the window with traffic, from 0. */
  readonly parts: readonly number[];
}

/** How each pod of a target uses something. Reads a few columns of the window's generations. */
export async function podUsage(database: Database, question: UsageQuestion): Promise<PodUsage[]> {
  return database.query<PodUsage>(
    `SELECT toString(pod) AS pod, count() AS generations, countIf(is_blind) AS blind, countIf(is_use) AS uses,
       countIf(is_use AND start_time >= toDateTime({hourAgo:UInt32}, 'UTC')) AS usesLastHour,
       toUnixTimestamp64Milli(toDateTime64(maxIf(start_time, is_use), 3, 'UTC')) AS lastUseMs,
       groupUniqArray(least(toInt64({parts:UInt32}) - 1,
         intDiv((toInt64(toUnixTimestamp(start_time)) - {since:UInt32}) * {parts:UInt32}, {span:UInt32}))) AS parts
     FROM ${callsOf(question)} GROUP BY pod ORDER BY uses DESC, pod ${SETTINGS}`,
    parametersOf(question),
  );
}

export interface SessionUsage {
  readonly open: number;
  readonly straddling: number;
  /** Calls of the target after the last use. */
  readonly generationsSinceUse: number;
}

/** Sessions that have used something and were heard of since `activeSince` (Unix seconds). Reads the window's generations. */
export async function sessionUsage(
  database: Database,
  question: UsageQuestion,
  activeSince: number,
): Promise<SessionUsage> {
  const [sessions, since] = await Promise.all([
    database.query<{ open: number; straddling: number }>(
      `SELECT count() AS open, countIf(others > 0) AS straddling FROM (
         SELECT session_id, countIf(is_use) AS used, countIf(NOT is_use) AS others, max(start_time) AS last
         FROM ${callsOf(question)} WHERE session_id != '' GROUP BY session_id
         HAVING used > 0 AND last >= toDateTime({activeSince:UInt32}, 'UTC')) ${SETTINGS}`,
      { ...parametersOf(question), activeSince },
    ),
    database.query<{ n: number }>(
      `WITH (SELECT maxIf(start_time, is_use) FROM ${callsOf(question)}) AS last_use
       SELECT countIf(start_time > last_use) AS n FROM ${callsOf(question)} ${SETTINGS}`,
      parametersOf(question),
    ),
  ]);
  return { open: 0, straddling: 0, ...sessions[0], generationsSinceUse: since[0]?.n ?? 0 };
}

/** First call of a target and last use of something, as far back as calls are kept; `null` where there is none. */
export async function usageEver(
  database: Database,
  question: UsageQuestion,
): Promise<{ readonly firstGenerationMs: number | null; readonly lastUseMs: number | null }> {
  const rows = await database.query<{ n: number; uses: number; first: number; last: number }>(
    `SELECT count() AS n, countIf(${USES[question.kind]}) AS uses,
       toUnixTimestamp64Milli(toDateTime64(min(start_time), 3, 'UTC')) AS first,
       toUnixTimestamp64Milli(toDateTime64(maxIf(start_time, ${USES[question.kind]}), 3, 'UTC')) AS last
     FROM generations WHERE target_id = {targetId:String}`,
    parametersOf(question),
  );
  const { n = 0, uses = 0, first = 0, last = 0 } = rows[0] ?? {};
  return { firstGenerationMs: n === 0 ? null : first, lastUseMs: uses === 0 ? null : last };
}

function callsOf({ kind }: UsageQuestion): string {
  return CALLS.replace('%USES%', USES[kind]).replace('%BLIND%', BLIND[kind]);
}

function parametersOf({ targetId, name, since, now, parts }: UsageQuestion) {
  const dot = name.lastIndexOf('.');
  const tool = dot < 0 ? name : name.slice(0, dot);
  return { targetId, name, tool, since, now, parts, span: Math.max(1, now - since), hourAgo: Math.max(0, now - 3_600) };
}

/** Somebody who says that they read something. */
export interface Reader {
  readonly targetId: string;
  readonly kind: RemovableKind;
  readonly name: string;
  readonly reader: string;
  readonly comment: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Declared readers of a target's things, those who stopped left out. Reads the target's rows. */
export async function declaredReaders(database: Database, targetId: string): Promise<Reader[]> {
  return database.query<Reader>(
    `SELECT target_id AS targetId, kind, name, reader, comment, atMs AS at FROM (
       SELECT *, toUnixTimestamp64Milli(at) AS atMs FROM readers WHERE target_id = {targetId:String}
       ORDER BY at DESC LIMIT 1 BY kind, name, reader)
     WHERE is_reading = 1 ORDER BY kind, name, reader`,
    { targetId },
  );
}

export async function recordReader(database: Database, reader: Reader, isReading: boolean): Promise<void> {
  const { targetId, at, ...columns } = reader;
  await database.insert('readers', [
    { ...columns, target_id: targetId, is_reading: isReading ? 1 : 0, at: isoTime(at) },
  ]);
}
