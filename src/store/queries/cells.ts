import type { Cell, SeenVector, Surface, VersionSource } from '../../model/index.js';
import { SURFACES } from '../../model/index.js';
import { type Database, ONE_THREAD } from '../database.js';
import type { ClosedBucket } from './closes.js';

/** Times of a statement: `since <= bucket < until`, Unix seconds. */
const IN_TIME = `target_id IN {targets:Array(String)} AND bucket >= toDateTime({since:Int64}, 'UTC')
  AND bucket < toDateTime({until:Int64}, 'UTC')`;

/** Cells of other revisions than the newest close of their bucket do not exist for readers. */
const PUBLISHED_CELLS = `(target_id, bucket, revision) IN (
  SELECT target_id, bucket, max(revision) FROM bucket_closes WHERE ${IN_TIME} GROUP BY target_id, bucket)`;

/** A cell with a digest of its counts: cells whose digests agree are the same. */
export interface StoredCell extends Cell {
  /** 32 bits. */
  readonly digest: number;
}

type CellRow = Omit<StoredCell, 'histogram'> & {
  readonly histogramBuckets: readonly number[];
  readonly histogramCounts: readonly number[];
};

export interface CellsQuestion {
  readonly targetId: string;
  /** Unix seconds; from `since` on, and before `until`. */
  readonly since: number;
  readonly until?: number | undefined;
  /** Only these; all when absent. */
  readonly metrics?: readonly string[] | undefined;
}

const CELL_COLUMNS = `target_id AS targetId, vector_id AS vectorId, arm, stratum, toUnixTimestamp(bucket) AS bucket, metric,
  n, failures, score_sum AS scoreSum, histogram_buckets AS histogramBuckets, histogram_counts AS histogramCounts,
  toUInt32(cityHash64(metric, stratum, vector_id, arm, n, failures, score_sum, histogram_buckets,
    histogram_counts) % 4294967296) AS digest`;

const SESSION_CELL_COLUMNS = `target_id AS targetId, vector_id AS vectorId, arm, stratum, toUnixTimestamp(bucket) AS bucket,
  metric, progress, n, failures, score_sum AS scoreSum,
  toUInt32(cityHash64(metric, stratum, vector_id, arm, progress, n, failures, score_sum) % 4294967296) AS digest`;

/** The published counts of a target, in bucket order. Reads the cells of these buckets and metrics only. */
export async function storedCells(database: Database, question: CellsQuestion): Promise<StoredCell[]> {
  const rows = await database.query<CellRow>(
    `SELECT ${CELL_COLUMNS} FROM cells
     WHERE ${IN_TIME} AND ${PUBLISHED_CELLS} ${question.metrics ? ONLY_METRICS : ''}
     ORDER BY cells.bucket, metric, stratum, vector_id, arm
     LIMIT 1 BY cells.bucket, metric, stratum, vector_id, arm`,
    questionParameters(question),
  );
  return rows.map(cellOf);
}

/** As {@link storedCells}, of the sessions' units, where closes have counted them. */
export async function storedSessionCells(database: Database, question: CellsQuestion): Promise<StoredCell[]> {
  return database.query<StoredCell>(
    `SELECT ${SESSION_CELL_COLUMNS} FROM session_cells AS cells
     WHERE ${IN_TIME} AND ${PUBLISHED_CELLS} ${question.metrics ? ONLY_METRICS : ''}
     ORDER BY cells.bucket, metric, stratum, vector_id, arm, progress
     LIMIT 1 BY cells.bucket, metric, stratum, vector_id, arm, progress`,
    questionParameters(question),
  );
}

const ONLY_METRICS = 'AND metric IN {metrics:Array(String)}';

function questionParameters({ targetId, since, until = MAX_SECONDS, metrics }: CellsQuestion) {
  return { targets: [targetId], since, until, ...(metrics && { metrics }) };
}

/**
 * What exactly these closes counted, calls and (where they were counted) sessions, in bucket order. Reads the cells between
 * the earliest and the latest bucket of their targets.
 * @param metrics only these; all when absent
 */
export async function cellsOfCloses(
  database: Database,
  closes: readonly ClosedBucket[],
  metrics?: readonly string[],
): Promise<StoredCell[]> {
  if (closes.length === 0) return [];
  const buckets = closes.map(({ bucket }) => bucket);
  const parameters = {
    targets: [...new Set(closes.map(({ targetId }) => targetId))],
    since: Math.min(...buckets),
    until: Math.max(...buckets) + 1,
    revisions: [...new Set(closes.map(({ revision }) => revision))],
    ...(metrics && { metrics }),
  };
  const ofCloses = `${IN_TIME} AND revision IN {revisions:Array(UInt64)} ${metrics ? ONLY_METRICS : ''}`;
  const calls = await database.query<CellRow & { readonly revision: number }>(
    `SELECT ${CELL_COLUMNS}, revision FROM cells WHERE ${ofCloses}
     ORDER BY cells.bucket, metric, stratum, vector_id, arm
     LIMIT 1 BY target_id, cells.bucket, metric, stratum, vector_id, arm, revision ${ONE_THREAD}`,
    parameters,
  );
  const sessions = closes.some(({ withSessions }) => withSessions)
    ? await database.query<StoredCell & { readonly revision: number }>(
        `SELECT ${SESSION_CELL_COLUMNS}, revision FROM session_cells AS cells WHERE ${ofCloses}
         ORDER BY cells.bucket, metric, stratum, vector_id, arm, progress
         LIMIT 1 BY target_id, cells.bucket, metric, stratum, vector_id, arm, progress, revision ${ONE_THREAD}`,
        parameters,
      )
    : [];
  const isAsked = new Set(closes.map(closeKey));
  const asked = <Row extends Pick<StoredCell, 'targetId' | 'bucket'> & { revision: number }>(
    rows: readonly Row[],
  ): Row[] => rows.filter((row) => isAsked.has(closeKey(row)));
  const cells = [...asked(calls).map(cellOf), ...asked(sessions).map(({ revision: _, ...cell }) => cell)];
  return cells.sort((a, b) => a.bucket - b.bucket);
}

/** Names a close. */
export function closeKey({
  targetId,
  bucket,
  revision,
}: Pick<ClosedBucket, 'targetId' | 'bucket' | 'revision'>): string {
  return `${bucket} ${revision} ${targetId}`;
}

function cellOf({
  targetId,
  vectorId,
  arm,
  stratum,
  bucket,
  metric,
  n,
  failures,
  scoreSum,
  digest,
  histogramBuckets: buckets,
  histogramCounts: counts,
}: CellRow): StoredCell {
  const cell = { targetId, vectorId, arm, stratum, bucket, metric, n, failures, scoreSum, digest };
  return buckets.length === 0 ? cell : { ...cell, histogram: { buckets, counts } };
}

/** The counts of a target's closed buckets from `since` (Unix seconds) on, in bucket order. Reads cells only. */
export async function readCells(
  database: Database,
  question: Pick<CellsQuestion, 'targetId' | 'since' | 'until' | 'metrics'>,
): Promise<Cell[]> {
  return (await storedCells(database, question)).map(({ digest: _, ...cell }) => cell);
}

/** Largest time that DateTime holds. */
const MAX_SECONDS = 2 ** 32 - 1;

/** Generations of one vector of a target in one bucket. */
export interface ServedGenerations {
  readonly targetId: string;
  readonly vectorId: string;
  readonly bucket: number;
  readonly n: number;
}

/** What each vector of these targets served since a time (Unix seconds), shadow calls left out. Reads one metric's cells. */
export async function servedGenerations(
  database: Database,
  { targetIds, since, metric }: { targetIds: readonly string[]; since: number; metric: string },
): Promise<ServedGenerations[]> {
  return database.query<ServedGenerations>(
    `SELECT target_id AS targetId, vectorId, toUnixTimestamp(at) AS bucket, sum(counted) AS n FROM (
       SELECT target_id, vector_id AS vectorId, cells.bucket AS at, n AS counted FROM cells
       WHERE ${IN_TIME} AND metric = {metric:String} AND arm != 'shadow' AND ${PUBLISHED_CELLS}
       LIMIT 1 BY target_id, cells.bucket, stratum, vector_id, arm)
     GROUP BY target_id, vectorId, at ORDER BY at, vectorId ${ONE_THREAD}`,
    { targets: targetIds, since, until: MAX_SECONDS, metric },
  );
}

/** What was counted of one metric of one vector in one stratum. */
export interface StratumCounts {
  readonly metric: string;
  readonly stratum: string;
  readonly vectorId: string;
  readonly n: number;
  readonly failures: number;
}

/**
 * Sums over a target's published cells since a time (Unix seconds), shadow calls and measured metrics left out. Reads all
 * of these cells inside the engine: for pages, not for every look.
 */
export async function countsByStratum(
  database: Database,
  { targetId, since }: { targetId: string; since: number },
): Promise<StratumCounts[]> {
  return database.query<StratumCounts>(
    `SELECT metric, stratum, vectorId, sum(counted) AS n, sum(failed) AS failures FROM (
       SELECT metric, stratum, vector_id AS vectorId, n AS counted, cells.failures AS failed FROM cells
       WHERE ${IN_TIME} AND arm != 'shadow' AND empty(histogram_buckets) AND ${PUBLISHED_CELLS}
       LIMIT 1 BY cells.bucket, metric, stratum, vector_id, arm)
     GROUP BY metric, stratum, vectorId ORDER BY metric, stratum, vectorId`,
    { targets: [targetId], since, until: MAX_SECONDS },
  );
}

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

/** Every vector that these targets have served; that all have, when none is named. Reads the small vectors table. */
export async function knownVectors(database: Database, ...targetIds: readonly string[]): Promise<KnownVector[]> {
  const columns = (suffix: string, aggregate: string) =>
    `[${SURFACES.map((surface) => `${aggregate}(${surface}_${suffix})`).join(', ')}]`;
  const rows = await database.query<VectorRow>(
    `SELECT target_id, vector_id, any(service) AS service, any(environment) AS environment, any(operation) AS operation,
       ${columns('version', 'any')} AS values, ${columns('source', 'anyLast')} AS sources,
       toUnixTimestamp64Milli(min(first_seen)) AS firstSeen, toUnixTimestamp64Milli(max(last_seen)) AS lastSeen
     FROM vectors ${targetIds.length > 0 ? 'WHERE target_id IN {targetIds:Array(String)}' : ''}
     GROUP BY target_id, vector_id ORDER BY firstSeen, vector_id ${ONE_THREAD}`,
    { targetIds },
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
