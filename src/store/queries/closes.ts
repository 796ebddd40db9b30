import { type Database, ONE_THREAD } from '../database.js';

/** A close of a bucket that counts, and how many generations it has seen. */
export interface ClosedBucket {
  readonly targetId: string;
  /** Unix seconds. */
  readonly bucket: number;
  readonly revision: number;
  readonly generations: number;
  /** Has it counted sessions? */
  readonly withSessions: boolean;
}

/** Which closes of a target: of buckets from `since` (Unix seconds) on, with a higher revision. */
export interface ClosesQuestion {
  readonly targetId: string;
  readonly since: number;
  readonly afterRevision: number;
}

/** The newest close of each bucket that is asked for, in bucket order. Reads bucket_closes only. */
export async function closedBuckets(
  database: Database,
  ...questions: readonly ClosesQuestion[]
): Promise<ClosedBucket[]> {
  if (questions.length === 0) return [];
  const sinces = questions.map(({ since }) => since);
  const afters = questions.map(({ afterRevision }) => Math.max(0, afterRevision));
  // Several targets in one statement: with most of them nothing is far behind the others.
  const own = questions.length === 1 ? '' : OF_EACH_TARGET;
  return database.query<ClosedBucket>(
    `SELECT target_id AS targetId, toUnixTimestamp(bucket) AS bucket, max(bucket_closes.revision) AS revision,
       argMax(bucket_closes.generations, bucket_closes.revision) AS generations,
       argMax(with_sessions, bucket_closes.revision) AS withSessions
     FROM bucket_closes
     WHERE target_id IN {targets:Array(String)} AND bucket_closes.bucket >= toDateTime({since:Int64}, 'UTC')
       AND bucket_closes.revision > {after:Int64} ${own}
     GROUP BY targetId, bucket_closes.bucket ORDER BY bucket_closes.bucket ${ONE_THREAD}`,
    {
      targets: questions.map(({ targetId }) => targetId),
      sinces,
      afters,
      since: Math.min(...sinces),
      after: Math.min(...afters),
    },
  );
}

const OF_EACH_TARGET = `
  AND bucket_closes.bucket >= toDateTime({sinces:Array(Int64)}[indexOf({targets:Array(String)}, target_id)], 'UTC')
  AND bucket_closes.revision > {afters:Array(Int64)}[indexOf({targets:Array(String)}, target_id)]`;

/** How many generations the closed buckets of a time hold (Unix seconds), by target. Reads bucket_closes only. */
export async function closedGenerations(
  database: Database,
  time: { readonly targetIds: readonly string[]; readonly since: number; readonly until: number },
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ targetId: string; n: number }>(
    `SELECT targetId, sum(newest) AS n FROM (
       SELECT target_id AS targetId, argMax(bucket_closes.generations, bucket_closes.revision) AS newest FROM bucket_closes
       WHERE target_id IN {targets:Array(String)} AND bucket >= toDateTime({since:Int64}, 'UTC')
         AND bucket < toDateTime({until:Int64}, 'UTC')
       GROUP BY targetId, bucket)
     GROUP BY targetId ${ONE_THREAD}`,
    { targets: time.targetIds, since: time.since, until: time.until },
  );
  return new Map(rows.map(({ targetId, n }) => [targetId, n]));
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
