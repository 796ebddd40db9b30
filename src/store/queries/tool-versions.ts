import { isoTime, type TargetKey } from '../../model/index.js';
import type { Database } from '../database.js';

/** Tool lists that are looked at, the latest seen first. */
const MAX_TOOL_LISTS = 1_000;

/** One content of the tools of one target. Times in milliseconds since the Unix epoch. */
export interface SeenTools extends TargetKey {
  readonly targetId: string;
  readonly version: string;
  readonly digest: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly learnedAtMs: number;
}

/** Tool lists that targets were seen with, of one service or one target or all. Reads `surface_versions`: a row a version. */
export async function seenTools(
  database: Database,
  filter: { readonly service?: string | undefined; readonly targetId?: string | undefined } = {},
): Promise<SeenTools[]> {
  return database.query<SeenTools>(
    `SELECT target_id AS targetId, version, digest, any(service) AS service, any(environment) AS environment,
       any(operation) AS operation, toUnixTimestamp64Milli(min(first_seen)) AS firstSeenMs,
       toUnixTimestamp64Milli(max(last_seen)) AS lastSeenMs, toUnixTimestamp64Milli(min(learned_at)) AS learnedAtMs
     FROM surface_versions
     WHERE surface = 'tools' AND digest != '' AND ({targetId:String} = '' OR target_id = {targetId:String})
     GROUP BY target_id, version, digest
     HAVING {service:String} = '' OR service = {service:String}
     ORDER BY lastSeenMs DESC, digest LIMIT {limit:UInt32}`,
    { service: filter.service ?? '', targetId: filter.targetId ?? '', limit: MAX_TOOL_LISTS },
  );
}

export interface DeclaredSchema {
  readonly subject: string;
  readonly digest: string;
  readonly content: string;
  readonly actor: string;
  readonly comment: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** When the store got it. */
  readonly learnedAt: number;
}

/** Declared definitions and schemas, the first declaration of each, oldest first. Reads the table: a row a declaration. */
export async function declaredSchemas(database: Database, subject?: string): Promise<DeclaredSchema[]> {
  return database.query<DeclaredSchema>(
    `SELECT subject, digest, content, actor, comment, toUnixTimestamp64Milli(declared.at) AS at,
       toUnixTimestamp64Milli(learned_at) AS learnedAt
     FROM declared_schemas AS declared WHERE {subject:String} = '' OR subject = {subject:String}
     ORDER BY learned_at, declared.at, digest LIMIT 1 BY subject, digest`,
    { subject: subject ?? '' },
  );
}

/** Writes one declaration; a digest that the subject has already keeps its first. */
export async function recordDeclaredSchema(
  database: Database,
  { at, ...columns }: Omit<DeclaredSchema, 'learnedAt'>,
): Promise<void> {
  await database.insert('declared_schemas', [{ ...columns, at: isoTime(at) }]);
}

export interface SchemaConfig {
  readonly subject: string;
  readonly compatibility: string;
  readonly policy: string;
}

/** What has been said of how a subject is judged, and of all others (subject `''`). Reads one granule. */
export async function schemaConfigs(database: Database, subject: string): Promise<SchemaConfig[]> {
  return database.query<SchemaConfig>(
    `SELECT subject, compatibility, policy FROM schema_configs WHERE subject IN {subjects:Array(String)}
     ORDER BY at DESC LIMIT 1 BY subject`,
    { subjects: [...new Set(['', subject])] },
  );
}

export async function recordSchemaConfig(
  database: Database,
  { at, ...columns }: SchemaConfig & { readonly actor: string; readonly at: number },
): Promise<void> {
  await database.insert('schema_configs', [{ ...columns, at: isoTime(at) }]);
}
