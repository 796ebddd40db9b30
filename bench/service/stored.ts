import type { Database } from '../../src/store/index.js';
import type { Batches } from './batches.js';

/** What a store holds of what was sent. */
export interface Stored {
  /** Spans that were acknowledged. */
  readonly acknowledged: number;
  /** Of those, in `otel_traces` and as a generation. */
  readonly stored: number;
  readonly lost: number;
  /** Stored, and missing in the cells that readers see. */
  readonly uncounted: number;
  /** Counted in those cells more often than once. */
  readonly doubled: number;
  /** Rows in `otel_traces` beyond one a span: what exporters sent again. Readers take one. */
  readonly resentRows: number;
}

/** Calls that any metric counts without a condition: one a call, whatever came of it. */
const EVERY_CALL = 'errors';

const COUNTED_SQL = `SELECT sum(n) AS n FROM (
  SELECT n FROM cells
  WHERE metric = '${EVERY_CALL}'
    AND (target_id, bucket, revision) IN (SELECT target_id, bucket, max(revision) FROM bucket_closes GROUP BY target_id, bucket)
  LIMIT 1 BY target_id, bucket, metric, stratum, vector_id, arm
)`;

/** Calls in cells that readers see. */
export async function countedCalls(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>(COUNTED_SQL);
  return Number(row?.n ?? 0);
}

/** Compares the store with what was acknowledged, span by span. */
export async function compareStored(
  database: Database,
  batches: Batches,
  acknowledged: ReadonlySet<number>,
): Promise<Stored> {
  const inBoth = `SELECT DISTINCT trace_id FROM generations WHERE trace_id IN (SELECT TraceId FROM otel_traces)`;
  const ids = new Set((await database.query<{ trace_id: string }>(inBoth)).map(({ trace_id }) => trace_id));
  const [rows] = await database.query<{ n: number; spans: number }>(
    'SELECT count() AS n, uniqExact(TraceId, SpanId) AS spans FROM otel_traces',
  );
  const [calls] = await database.query<{ n: number }>('SELECT uniqExact(trace_id, span_id) AS n FROM generations');
  let stored = 0;
  for (const batch of acknowledged)
    for (let index = 0; index < batches.spans; index += 1) if (ids.has(batches.traceId(batch, index))) stored += 1;
  const counted = await countedCalls(database);
  const sent = acknowledged.size * batches.spans;
  const spans = Number(calls?.n ?? 0);
  return {
    acknowledged: sent,
    stored,
    lost: sent - stored,
    uncounted: Math.max(0, spans - counted),
    doubled: Math.max(0, counted - spans),
    resentRows: Number(rows?.n ?? 0) - Number(rows?.spans ?? 0),
  };
}
