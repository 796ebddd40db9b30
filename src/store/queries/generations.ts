import type { Compliance, FinishReason, Metric, VersionSource } from '../../model/index.js';
import type { Database } from '../database.js';
import { judgedSql } from './counting.js';
import { ANY_OUTCOME_KEYS } from './outcome-keys.js';

/** A generation as it is shown: times to the millisecond, durations to the nanosecond. */
export interface StoredGeneration {
  readonly trace_id: string;
  readonly span_id: string;
  readonly target_id: string;
  readonly service: string;
  readonly environment: string;
  readonly operation: string;
  readonly start_ms: number;
  readonly duration_ns: number;
  readonly provider: string;
  readonly requested_model: string;
  readonly served_model: string;
  readonly model_version: string;
  readonly model_source: VersionSource;
  readonly prompt_version: string;
  readonly prompt_source: VersionSource;
  readonly tools_version: string;
  readonly tools_source: VersionSource;
  readonly context_version: string;
  readonly context_source: VersionSource;
  readonly vector_id: string;
  readonly stratum: string;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly finish_reason: FinishReason;
  readonly finish_reason_raw: string;
  readonly error_type: string;
  readonly compliance: Compliance;
  readonly compliance_reason: string;
  readonly refusal: number;
  readonly session_id: string;
  readonly pod: string;
  readonly prompt_digest: string;
  readonly tools_digest: string;
  readonly context_digest: string;
  readonly schema_digest: string;
}

const COLUMNS = `trace_id, span_id, target_id, service, environment, operation,
  toUnixTimestamp64Milli(toDateTime64(start_time, 3, 'UTC')) AS start_ms,
  toUnixTimestamp64Nano(end_time) - toUnixTimestamp64Nano(start_time) AS duration_ns,
  provider, requested_model, served_model, model_version, model_source, prompt_version, prompt_source,
  tools_version, tools_source, context_version, context_source, vector_id, stratum, input_tokens, output_tokens,
  finish_reason, finish_reason_raw, error_type, compliance, compliance_reason, refusal, session_id, pod,
  prompt_digest, tools_digest, context_digest, schema_digest`;

export interface GenerationFilter {
  /** Unix seconds. */
  readonly since: number;
  readonly until?: number | undefined;
  readonly limit: number;
  readonly targetId?: string | undefined;
  readonly vectorId?: string | undefined;
  readonly compliance?: Compliance | undefined;
  /** Only generations that this metric counts as failed. */
  readonly failing?: Metric | undefined;
}

/**
 * Newest revision of the newest generations, newest first. With a target it reads the target's rows of the window, without
 * one all rows of the window; outcomes only when a metric asks how a task ended.
 */
export async function listGenerations(database: Database, filter: GenerationFilter): Promise<StoredGeneration[]> {
  const { failing } = filter;
  // A metric's expressions are part of the source (see Metric), never built from input.
  const failed = failing ? `AND (${failing.countedSql}) AND (${failing.failedSql})` : '';
  return database.query<StoredGeneration>(
    `WITH calls AS (
       SELECT * FROM generations
       WHERE start_time >= toDateTime64({since:Int64}, 9, 'UTC') AND start_time < toDateTime64({before:Int64}, 9, 'UTC')
         AND ({targetId:String} = '' OR target_id = {targetId:String})
       ORDER BY revision DESC LIMIT 1 BY trace_id, span_id)
       ${failing ? WITH_OUTCOMES : ''}
     SELECT ${COLUMNS} FROM ${failing ? 'judged' : 'calls'}
     WHERE ({vectorId:String} = '' OR vector_id = {vectorId:String})
       AND ({compliance:String} = '' OR compliance = {compliance:String}) ${failed}
     ORDER BY start_time DESC, span_id LIMIT {limit:UInt32} SETTINGS join_use_nulls = 1`,
    {
      since: filter.since,
      before: filter.until ?? END_OF_TIME,
      limit: filter.limit,
      targetId: filter.targetId ?? '',
      vectorId: filter.vectorId ?? '',
      compliance: filter.compliance ?? '',
      from: filter.since - TRACE_REACH_SECONDS,
      until: END_OF_TIME,
    },
  );
}

/** How far before the window the other calls of its traces are looked for. */
const TRACE_REACH_SECONDS = 3_600;

/** Largest time that DateTime holds. */
const END_OF_TIME = 2 ** 32 - 1;

/** Outcomes joined exactly as the closing of a bucket joins them: the list shows what the cells count. */
const WITH_OUTCOMES = `, ${judgedSql(ANY_OUTCOME_KEYS, 'calls')}`;

const MAX_GENERATIONS_PER_TRACE = 500;

/** Newest revision of a trace's generations, oldest first. Reads the granules its bloom filter lets through. */
export async function traceGenerations(database: Database, traceId: string): Promise<StoredGeneration[]> {
  return database.query<StoredGeneration>(
    `SELECT ${COLUMNS} FROM (
       SELECT * FROM generations WHERE trace_id = {traceId:String} ORDER BY revision DESC LIMIT 1 BY span_id)
     ORDER BY start_time, span_id LIMIT {limit:UInt32}`,
    { traceId, limit: MAX_GENERATIONS_PER_TRACE },
  );
}
