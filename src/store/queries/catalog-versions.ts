import type { CatalogueSurface, TargetKey, VersionSource } from '../../model/index.js';
import type { Database } from '../database.js';

/** Versions of one surface that are listed, the latest seen first. */
const MAX_VERSIONS_PER_SURFACE = 200;
/** Contents of one version that are named; a tag with more stands for a template. */
export const MAX_CONTENTS_NAMED = 20;
/** Pods that are named. */
const MAX_PODS_NAMED = 20;

export interface SurfaceVersion {
  readonly surface: CatalogueSurface;
  readonly version: string;
  readonly source: VersionSource;
  /** Contents it was seen with, the latest first, at most {@link MAX_CONTENTS_NAMED}. */
  readonly digests: readonly string[];
  /** How many there were. */
  readonly contents: number;
  /** Milliseconds since the Unix epoch. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** Every version a target has been seen with, the latest first. Reads the target's rows of `surface_versions`. */
export async function surfaceVersions(database: Database, targetId: string): Promise<SurfaceVersion[]> {
  return database.query<SurfaceVersion>(
    `SELECT surface, version, source, countIf(digest != '') AS contents,
       arrayMap(named -> named.2, groupArraySortedIf(${MAX_CONTENTS_NAMED})((-toUnixTimestamp64Milli(last), digest), digest != '')) AS digests,
       toUnixTimestamp64Milli(min(first)) AS firstSeenMs, toUnixTimestamp64Milli(max(last)) AS lastSeenMs
     FROM (
       SELECT surface, version, source, digest, min(first_seen) AS first, max(last_seen) AS last
       FROM surface_versions WHERE target_id = {targetId:String} GROUP BY surface, version, source, digest)
     GROUP BY surface, version, source
     ORDER BY surface, lastSeenMs DESC, firstSeenMs DESC, version LIMIT {limit:UInt32} BY surface`,
    { targetId, limit: MAX_VERSIONS_PER_SURFACE },
  );
}

export interface VersionUse {
  readonly surface: CatalogueSurface;
  /** Empty where the surface had no version. */
  readonly version: string;
  readonly generations: number;
  readonly podCount: number;
  /** At most 20. */
  readonly pods: readonly string[];
}

/**
 * What served a target since a time (Unix seconds): each call once, by its newest revision, shadow calls left out. Reads
 * the versions, pods and keys of the window's generations.
 */
export async function versionUse(
  database: Database,
  { targetId, since }: { readonly targetId: string; readonly since: number },
): Promise<VersionUse[]> {
  return database.query<VersionUse>(
    `SELECT entry.1 AS surface, entry.2 AS version, sum(calls) AS generations,
       uniqExactIf(pod, pod != '') AS podCount, groupUniqArrayIf(${MAX_PODS_NAMED})(pod, pod != '') AS pods
     FROM (
       SELECT model_version, prompt_version, tools_version, context_version, schema_digest, toString(pod) AS pod,
         count() AS calls
       FROM generations FINAL
       WHERE target_id = {targetId:String} AND bucket >= toDateTime({since:UInt32}, 'UTC') AND arm != 'shadow'
       GROUP BY model_version, prompt_version, tools_version, context_version, schema_digest, pod)
     ARRAY JOIN [
       ('model', toString(model_version)), ('prompt', toString(prompt_version)), ('tools', toString(tools_version)),
       ('context', toString(context_version)), ('output_schema', substring(toString(schema_digest), 1, 12))] AS entry
     GROUP BY surface, version ORDER BY surface, generations DESC
     SETTINGS do_not_merge_across_partitions_select_final = 1`,
    { targetId, since },
  );
}

export interface ContentUse extends TargetKey {
  readonly targetId: string;
  readonly surface: CatalogueSurface;
  readonly version: string;
  readonly digest: string;
  /** Milliseconds since the Unix epoch. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

const MAX_CONTENT_USES = 1_000;

/** Which targets were seen with contents, or with models of these names. Reads `surface_versions`: a row a version. */
export async function contentUse(
  database: Database,
  asked: { readonly digests: readonly string[]; readonly models?: readonly string[] },
): Promise<ContentUse[]> {
  const { digests, models = [] } = asked;
  if (digests.length + models.length === 0) return [];
  return database.query<ContentUse>(
    `SELECT target_id AS targetId, surface, version, digest, any(service) AS service, any(environment) AS environment,
       any(operation) AS operation, toUnixTimestamp64Milli(min(first_seen)) AS firstSeenMs,
       toUnixTimestamp64Milli(max(last_seen)) AS lastSeenMs
     FROM surface_versions
     WHERE (digest != '' AND digest IN {digests:Array(String)})
       OR (surface = 'model' AND version IN {models:Array(String)})
     GROUP BY target_id, surface, version, digest ORDER BY lastSeenMs DESC, targetId LIMIT {limit:UInt32}`,
    { digests, models, limit: MAX_CONTENT_USES },
  );
}
