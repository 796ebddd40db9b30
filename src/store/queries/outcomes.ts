import type { OutcomeSource } from '../../model/index.js';
import type { Database } from '../database.js';

const MAX_OUTCOMES = 1_000;

/** An outcome as it is shown: to the millisecond. */
export interface StoredOutcome {
  readonly id: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly responseId: string;
  readonly name: string;
  readonly value: number;
  readonly source: OutcomeSource;
  readonly comment: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/**
 * Outcomes that belong to a trace: by its id, or by the span and response ids of its generations when the outcome names
 * no trace. Of one that was sent again what came last is shown; merges come when they come, and not across days. Reads the
 * granules that the bloom filters of `generations` and `outcomes` let through.
 */
export async function traceOutcomes(database: Database, traceId: string): Promise<StoredOutcome[]> {
  return database.query<StoredOutcome>(
    `WITH calls AS (SELECT span_id, response_id FROM generations WHERE trace_id = {traceId:String})
     SELECT id, trace_id AS traceId, span_id AS spanId, response_id AS responseId, name, value, source, comment,
       toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')) AS at
     FROM (SELECT * FROM outcomes
     WHERE trace_id = {traceId:String} OR (trace_id = '' AND (
       (span_id != '' AND span_id IN (SELECT span_id FROM calls)) OR
       (span_id = '' AND response_id != '' AND response_id IN (SELECT response_id FROM calls))))
     ORDER BY loaded_at DESC, time DESC LIMIT 1 BY trace_id, span_id, response_id, name, id)
     ORDER BY time, id LIMIT {limit:UInt32}`,
    { traceId, limit: MAX_OUTCOMES },
  );
}
