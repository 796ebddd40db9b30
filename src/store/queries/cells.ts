import type { Cell, SeenVector, Surface, VersionSource } from '../../model/index.js';
import { SURFACES } from '../../model/index.js';
import type { Database } from '../database.js';

/** Cells of other revisions than the newest close of their bucket do not exist for readers. */
export const PUBLISHED_CELLS = `(target_id, bucket, revision) IN (
  SELECT target_id, bucket, max(revision) FROM bucket_closes
  WHERE target_id IN {targets:Array(String)} AND bucket >= toDateTime({since:Int64}, 'UTC')
  GROUP BY target_id, bucket)`;

/** The counts of a target's closed buckets from `since` (Unix seconds) on, in bucket order. Reads cells only. */
export async function readCells(
  database: Database,
  { targetId, since, until }: { targetId: string; since: number; until?: number },
): Promise<Cell[]> {
  return database.query<Cell>(
    `SELECT target_id AS targetId, vector_id AS vectorId, arm, stratum, toUnixTimestamp(bucket) AS bucket, metric,
       n, failures, score_sum AS scoreSum
     FROM cells
     WHERE target_id IN {targets:Array(String)} AND bucket >= toDateTime({since:Int64}, 'UTC')
       AND bucket < toDateTime({until:Int64}, 'UTC') AND ${PUBLISHED_CELLS}
     ORDER BY cells.bucket, metric, stratum, vector_id, arm
     LIMIT 1 BY cells.bucket, metric, stratum, vector_id, arm`,
    { targets: [targetId], since, until: until ?? MAX_SECONDS },
  );
}

/** Largest time that DateTime holds. */
const MAX_SECONDS = 2 ** 32 - 1;

/** A vector of a target with the sources of its versions and when it was seen (ms). */
export interface KnownVector extends SeenVector {
  readonly sources: Readonly<Record<Surface, VersionSource>>;
  readonly service: string;
  readonly environment: string;
  readonly operation: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

interface VectorRow {
  target_id: string;
  vector_id: string;
  service: string;
  environment: string;
  operation: string;
  values: [string, string, string, string];
  sources: [VersionSource, VersionSource, VersionSource, VersionSource];
  firstSeen: number;
  lastSeen: number;
}

/** Every vector that targets have served; all targets without a `targetId`. Reads the small vectors table. */
export async function knownVectors(database: Database, targetId?: string): Promise<KnownVector[]> {
  const columns = (suffix: string, aggregate: string) =>
    `[${SURFACES.map((surface) => `${aggregate}(${surface}_${suffix})`).join(', ')}]`;
  const rows = await database.query<VectorRow>(
    `SELECT target_id, vector_id, any(service) AS service, any(environment) AS environment, any(operation) AS operation,
       ${columns('version', 'any')} AS values, ${columns('source', 'anyLast')} AS sources,
       toUnixTimestamp64Milli(min(first_seen)) AS firstSeen, toUnixTimestamp64Milli(max(last_seen)) AS lastSeen
     FROM vectors WHERE {targetId:String} IN ('', target_id)
     GROUP BY target_id, vector_id ORDER BY firstSeen, vector_id`,
    { targetId: targetId ?? '' },
  );
  return rows.map((row) => ({
    targetId: row.target_id,
    vectorId: row.vector_id,
    service: row.service,
    environment: row.environment,
    operation: row.operation,
    values: bySurface(row.values),
    sources: bySurface(row.sources),
    firstSeen: row.firstSeen,
    lastSeen: row.lastSeen,
  }));
}

function bySurface<T>([model, prompt, tools, context]: readonly [T, T, T, T]): Record<Surface, T> {
  return { model, prompt, tools, context };
}

/** The newest closed bucket of each target and when it was closed (ms). Reads bucket_closes only. */
export async function newestClosedBuckets(
  database: Database,
): Promise<{ targetId: string; bucket: number; closedAt: number }[]> {
  return database.query(
    `SELECT target_id AS targetId, toUnixTimestamp(max(bucket)) AS bucket,
       toUnixTimestamp64Milli(max(closed_at)) AS closedAt
     FROM bucket_closes GROUP BY target_id`,
  );
}
