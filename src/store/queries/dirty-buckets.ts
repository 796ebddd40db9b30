import type { Database } from '../database.js';

/** A bucket of a target, and what was in the store for it when it was looked at. */
export interface DirtyBucket {
  readonly targetId: string;
  readonly bucket: number;
  readonly generations: number;
  /** Do calls of it name their session? */
  readonly hasSessions: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly newestLoadedAt: number;
  /** Of its last close, by whatever process; 0 before the first. */
  readonly revision: number;
}

/** A bucket for which something was loaded lately: a call, or an outcome of one. */
export interface TouchedBucket {
  readonly targetId: string;
  readonly bucket: number;
  /** Rows of calls that were loaded, and when the newest was (ms); 0 without any. */
  readonly calls: number;
  readonly newestCall: number;
  /** When the newest outcome was loaded (ms); 0 without any. */
  readonly newestOutcome: number;
}

export interface TouchedQuestion {
  readonly sinceMs: number;
  /** Only buckets that end at or before this second (Unix); the others are still filling. */
  readonly closableBefore: number;
  /** Only those behind this one, in the order of the answer. */
  readonly after: Pick<TouchedBucket, 'targetId' | 'bucket'> | null;
  readonly limit: number;
  /** Leave out outcomes: there are none that are not known. */
  readonly withoutOutcomes?: boolean;
}

const TOUCHED_BY_CALLS = `
  SELECT target_id, bucket, loaded_at, true AS is_call FROM generations
  WHERE loaded_at > fromUnixTimestamp64Milli({sinceMs:Int64})`;

/** An outcome finds its call by trace, else by response id, else by span id. */
const TOUCHED_BY_OUTCOMES = ['trace_id', 'response_id', 'span_id']
  .map((key) => {
    const named = `SELECT ${key}, loaded_at FROM outcomes WHERE loaded_at > fromUnixTimestamp64Milli({sinceMs:Int64})
      AND ${key} != '' ${key === 'span_id' ? "AND trace_id = ''" : ''}`;
    return `
  SELECT g.target_id, g.bucket, o.loaded_at, false FROM generations AS g
    INNER JOIN (SELECT ${key}, max(named.loaded_at) AS loaded_at FROM (${named}) AS named GROUP BY ${key}) AS o USING (${key})
    WHERE g.${key} IN (SELECT ${key} FROM (${named}))`;
  })
  .join(' UNION ALL ');

/**
 * Buckets that something was loaded for since `sinceMs`, by time and target. Reads what was loaded since then, and the calls
 * that its outcomes name: the cost is that of the new rows.
 */
export async function touchedBuckets(
  database: Database,
  { sinceMs, closableBefore, after, limit, withoutOutcomes = false }: TouchedQuestion,
): Promise<TouchedBucket[]> {
  return database.query<TouchedBucket>(
    `SELECT target_id AS targetId, toUnixTimestamp(bucket) AS bucket, countIf(is_call) AS calls,
       toUnixTimestamp64Milli(maxIf(loaded_at, is_call)) AS newestCall,
       toUnixTimestamp64Milli(maxIf(loaded_at, NOT is_call)) AS newestOutcome
     FROM (${TOUCHED_BY_CALLS} ${withoutOutcomes ? '' : `UNION ALL ${TOUCHED_BY_OUTCOMES}`}) AS touched
     WHERE touched.bucket + 10 <= toDateTime({closableBefore:Int64}, 'UTC')
       AND (touched.bucket, target_id) > (toDateTime({afterBucket:Int64}, 'UTC'), {afterTarget:String})
     GROUP BY target_id, touched.bucket ORDER BY touched.bucket, target_id LIMIT {limit:UInt32}`,
    { sinceMs, closableBefore, limit, afterBucket: after?.bucket ?? 0, afterTarget: after?.targetId ?? '' },
  );
}

/** Changes when an outcome was loaded since `sinceMs`. Reads one column of what was. */
export async function outcomesMark(database: Database, sinceMs: number): Promise<string> {
  const rows = await database.query<{ n: number; sum: number }>(
    `SELECT count() AS n, sum(toUnixTimestamp64Milli(loaded_at) - {sinceMs:Int64}) AS sum FROM outcomes
     WHERE loaded_at > fromUnixTimestamp64Milli({sinceMs:Int64})`,
    { sinceMs },
  );
  return `${rows[0]?.n} ${rows[0]?.sum}`;
}

const WANTED = `target_id IN {targets:Array(String)} AND (target_id, toUnixTimestamp(bucket)) IN (
  SELECT pair.1, pair.2 FROM (SELECT arrayJoin(arrayZip({targets:Array(String)}, {buckets:Array(UInt32)})) AS pair))
  AND bucket >= toDateTime({from:Int64}, 'UTC') AND bucket <= toDateTime({until:Int64}, 'UTC')`;

interface Present {
  readonly targetId: string;
  readonly bucket: number;
  readonly generations: number;
  readonly newest: number;
  readonly sessionCalls: number;
}

interface Closed extends Omit<Present, 'sessionCalls'> {
  readonly revision: number;
}

export type BucketKey = Pick<DirtyBucket, 'targetId' | 'bucket'>;

export interface StoredBucket {
  readonly present: Present | undefined;
  readonly closed: Closed | undefined;
}

/** What the store holds for buckets, and what their last close has seen of it. Reads the calls and closes of these buckets. */
export async function storedBuckets(
  database: Database,
  keys: readonly BucketKey[],
): Promise<(key: BucketKey) => StoredBucket> {
  const buckets = keys.map(({ bucket }) => bucket);
  const parameters = {
    targets: keys.map(({ targetId }) => targetId),
    buckets,
    from: Math.min(...buckets),
    until: Math.max(...buckets),
  };
  const [present, closed] = await Promise.all([
    database.query<Present>(
      `SELECT target_id AS targetId, toUnixTimestamp(bucket) AS bucket, uniqExact(trace_id, span_id) AS generations,
         toUnixTimestamp64Milli(max(loaded_at)) AS newest, countIf(session_id != '') AS sessionCalls
       FROM generations WHERE ${WANTED} GROUP BY target_id, generations.bucket`,
      parameters,
    ),
    database.query<Closed>(
      `SELECT target_id AS targetId, toUnixTimestamp(bucket) AS bucket, argMax(closes.generations, closes.revision) AS generations,
         toUnixTimestamp64Milli(argMax(newest_loaded_at, closes.revision)) AS newest, max(closes.revision) AS revision
       FROM bucket_closes AS closes WHERE ${WANTED} GROUP BY target_id, closes.bucket`,
      parameters,
    ),
  ]);
  const presentOf = new Map(present.map((one) => [keyOf(one), one]));
  const closedOf = new Map(closed.map((one) => [keyOf(one), one]));
  return (key) => ({ present: presentOf.get(keyOf(key)), closed: closedOf.get(keyOf(key)) });
}

/** Those of the buckets that have rows their last close has not seen. Reads the calls and closes of these buckets. */
export async function dirtyOf(database: Database, touched: readonly TouchedBucket[]): Promise<DirtyBucket[]> {
  if (touched.length === 0) return [];
  const stored = await storedBuckets(database, touched);
  return touched.flatMap((one) => {
    const { present, closed } = stored(one);
    if (present === undefined) return [];
    const newestLoadedAt = Math.max(one.newestCall, one.newestOutcome, present.newest);
    if (closed?.generations === present.generations && closed.newest >= newestLoadedAt) return [];
    return [dirtyBucket(present, closed, newestLoadedAt)];
  });
}

/** A bucket as it is to be closed. */
export function dirtyBucket(
  { targetId, bucket, generations, sessionCalls }: Present,
  closed: Closed | undefined,
  newestLoadedAt: number,
): DirtyBucket {
  const hasSessions = sessionCalls > 0;
  return { targetId, bucket, generations, hasSessions, newestLoadedAt, revision: closed?.revision ?? 0 };
}

/** Names a bucket of a target. */
export function keyOf({ targetId, bucket }: Pick<DirtyBucket, 'targetId' | 'bucket'>): string {
  return `${bucket} ${targetId}`;
}
