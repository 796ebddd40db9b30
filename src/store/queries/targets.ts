import type { SeenVector, TargetKey, VersionVector } from '../../model/index.js';
import type { Database } from '../database.js';

const MAX_TARGETS = 500;
const MAX_VECTORS = 100;

/**
 * Cells that exist for readers, each once: those of the newest closing of their bucket (see 0003_cells.sql). A shadow
 * cell serves nobody and is no traffic.
 */
const SERVED_CELLS = `(
  SELECT target_id, bucket, metric, vector_id, n, failures FROM cells
  WHERE bucket >= toDateTime({since:UInt32}, 'UTC') AND bucket < toDateTime({until:UInt32}, 'UTC') AND arm != 'shadow'
    AND ({targetId:String} = '' OR target_id = {targetId:String})
    AND (target_id, bucket, revision) IN (
      SELECT target_id, bucket, max(revision) FROM bucket_closes
      WHERE bucket >= toDateTime({since:UInt32}, 'UTC') GROUP BY target_id, bucket)
  LIMIT 1 BY target_id, bucket, metric, stratum, vector_id, arm)`;

/** Largest time that DateTime holds. */
const END_OF_TIME = 2 ** 32 - 1;

/** The metric that counts every generation: its n is traffic. */
const TRAFFIC_METRIC = 'errors';

export interface TargetTraffic extends TargetKey {
  readonly targetId: string;
  /** In closed buckets of the window. */
  readonly generations: number;
  /** Version vectors seen in the window. */
  readonly vectors: number;
  /** Milliseconds since the Unix epoch. */
  readonly lastSeenMs: number;
}

/** Every target ever seen, most traffic first. Reads `vectors` and the window's cells. */
export async function targetTraffic(database: Database, window: { readonly since: number }): Promise<TargetTraffic[]> {
  return database.query<TargetTraffic>(
    `SELECT seen.target_id AS targetId, service, environment, operation, live AS vectors,
       toUnixTimestamp64Milli(last) AS lastSeenMs, traffic.generations AS generations
     FROM (
       SELECT target_id, any(service) AS service, any(environment) AS environment, any(operation) AS operation,
         max(last_seen) AS last, uniqExactIf(vector_id, last_seen >= toDateTime({since:UInt32}, 'UTC')) AS live
       FROM vectors GROUP BY target_id) AS seen
     LEFT JOIN (
       SELECT target_id, sum(n) AS generations FROM ${SERVED_CELLS} WHERE metric = {metric:String} GROUP BY target_id
     ) AS traffic ON traffic.target_id = seen.target_id
     ORDER BY generations DESC, lastSeenMs DESC LIMIT {limit:UInt32}`,
    { since: window.since, until: END_OF_TIME, targetId: '', metric: TRAFFIC_METRIC, limit: MAX_TARGETS },
  );
}

interface MetricTotals {
  readonly metric: string;
  readonly n: number;
  readonly failures: number;
}

export interface VectorTraffic extends SeenVector {
  readonly versions: VersionVector;
  /** Milliseconds since the Unix epoch. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly generations: number;
  readonly metrics: readonly MetricTotals[];
  /** Buckets with traffic, in order. */
  readonly traffic: readonly { readonly bucket: number; readonly n: number }[];
}

type VersionColumns = {
  readonly [Column in `${'model' | 'prompt' | 'tools' | 'context'}_version`]: string;
} & {
  readonly [Column in `${'model' | 'prompt' | 'tools' | 'context'}_source`]: VersionVector['model']['source'];
};

interface SeenRow extends VersionColumns {
  readonly vector_id: string;
  readonly first_seen_ms: number;
  readonly last_seen_ms: number;
}

interface CountRow extends MetricTotals {
  readonly vector_id: string;
}

interface BucketRow {
  readonly vector_id: string;
  readonly bucket: number;
  readonly n: number;
}

/** Version vectors of a target that were live in the window, most traffic first. Reads `vectors` and the window's cells. */
export async function vectorTraffic(
  database: Database,
  { targetId, since, until = END_OF_TIME }: { targetId: string; since: number; until?: number },
): Promise<VectorTraffic[]> {
  const window = { targetId, since, until };
  const [seen, counts, buckets] = await Promise.all([
    readSeen(database, window),
    readCounts(database, window),
    readBuckets(database, window),
  ]);
  const countsOf = byVector(counts);
  const bucketsOf = byVector(buckets);
  return seen
    .map((row) => {
      const metrics = countsOf.get(row.vector_id) ?? [];
      return {
        ...describeSeen(targetId, row),
        generations: metrics.find(({ metric }) => metric === TRAFFIC_METRIC)?.n ?? 0,
        metrics: metrics.map(({ metric, n, failures }) => ({ metric, n, failures })),
        traffic: (bucketsOf.get(row.vector_id) ?? []).map(({ bucket, n }) => ({ bucket, n })),
      };
    })
    .sort((a, b) => b.generations - a.generations || b.lastSeenMs - a.lastSeenMs);
}

function byVector<Row extends { readonly vector_id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.vector_id);
    if (group) group.push(row);
    else groups.set(row.vector_id, [row]);
  }
  return groups;
}

type Window = {
  readonly targetId: string;
  /** Unix seconds. */
  readonly since: number;
  readonly until: number;
};

function readSeen(database: Database, window: Window): Promise<SeenRow[]> {
  const versions = ['model', 'prompt', 'tools', 'context']
    .flatMap((surface) => [
      `any(${surface}_version) AS ${surface}_version`,
      `anyLast(${surface}_source) AS ${surface}_source`,
    ])
    .join(', ');
  return database.query<SeenRow>(
    `SELECT vector_id, ${versions},
       toUnixTimestamp64Milli(min(first_seen)) AS first_seen_ms, toUnixTimestamp64Milli(max(last_seen)) AS last_seen_ms
     FROM vectors WHERE target_id = {targetId:String} GROUP BY vector_id
     HAVING max(last_seen) >= toDateTime({since:UInt32}, 'UTC') ORDER BY last_seen_ms DESC LIMIT {limit:UInt32}`,
    { ...window, limit: MAX_VECTORS },
  );
}

function readCounts(database: Database, window: Window): Promise<CountRow[]> {
  return database.query<CountRow>(
    `SELECT vector_id, metric, sum(n) AS n, sum(failures) AS failures FROM ${SERVED_CELLS}
     GROUP BY vector_id, metric ORDER BY vector_id, metric`,
    window,
  );
}

function readBuckets(database: Database, window: Window): Promise<BucketRow[]> {
  return database.query<BucketRow>(
    `SELECT vector_id, toUnixTimestamp(bucket) AS bucket, sum(n) AS n FROM ${SERVED_CELLS}
     WHERE metric = {metric:String} GROUP BY vector_id, bucket ORDER BY vector_id, bucket`,
    { ...window, metric: TRAFFIC_METRIC },
  );
}

function describeSeen(targetId: string, row: SeenRow) {
  const versions: VersionVector = {
    model: { value: row.model_version, source: row.model_source },
    prompt: { value: row.prompt_version, source: row.prompt_source },
    tools: { value: row.tools_version, source: row.tools_source },
    context: { value: row.context_version, source: row.context_source },
  };
  return {
    targetId,
    vectorId: row.vector_id,
    values: {
      model: row.model_version,
      prompt: row.prompt_version,
      tools: row.tools_version,
      context: row.context_version,
    },
    versions,
    firstSeenMs: row.first_seen_ms,
    lastSeenMs: row.last_seen_ms,
  };
}
