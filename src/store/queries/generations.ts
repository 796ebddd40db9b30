import {
  type Compliance,
  DOWNSTREAM_FAILURE,
  type FinishReason,
  type Metric,
  TASK_SUCCESS,
  type VersionSource,
} from '../../model/index.js';
import type { Database } from '../database.js';

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
}

const COLUMNS = `trace_id, span_id, target_id, service, environment, operation,
  toUnixTimestamp64Milli(toDateTime64(start_time, 3, 'UTC')) AS start_ms,
  toUnixTimestamp64Nano(end_time) - toUnixTimestamp64Nano(start_time) AS duration_ns,
  provider, requested_model, served_model, model_version, model_source, prompt_version, prompt_source,
  tools_version, tools_source, context_version, context_source, vector_id, stratum, input_tokens, output_tokens,
  finish_reason, finish_reason_raw, error_type, compliance, compliance_reason, refusal, session_id, pod,
  prompt_digest, tools_digest, context_digest`;

export interface GenerationFilter {
  /** Unix seconds. */
  readonly since: number;
  readonly limit: number;
  readonly targetId?: string | undefined;
  readonly vectorId?: string | undefined;
  readonly compliance?: Compliance | undefined;
  /** Only generations that this metric counts as failed. */
  readonly failing?: Metric | undefined;
}

/**
 * Newest revision of the newest generations, newest first. With a target it reads the target's rows of the window, without
 * one all rows of the window; the outcomes of the window only when a metric asks how a task ended.
 */
export async function listGenerations(database: Database, filter: GenerationFilter): Promise<StoredGeneration[]> {
  const { failing } = filter;
  // A metric's expressions are part of the source (see Metric), never built from input.
  const failed = failing ? `AND (${failing.countedSql}) AND (${failing.failedSql})` : '';
  return database.query<StoredGeneration>(
    `WITH newest AS (
       SELECT * FROM generations
       WHERE start_time >= toDateTime({since:UInt32}, 'UTC') AND ({targetId:String} = '' OR target_id = {targetId:String})
       ORDER BY revision DESC LIMIT 1 BY trace_id, span_id)
     SELECT ${COLUMNS} FROM ${failing ? WITH_OUTCOMES : 'newest'}
     WHERE ({vectorId:String} = '' OR vector_id = {vectorId:String})
       AND ({compliance:String} = '' OR compliance = {compliance:String}) ${failed}
     ORDER BY start_time DESC, span_id LIMIT {limit:UInt32}`,
    {
      since: filter.since,
      limit: filter.limit,
      targetId: filter.targetId ?? '',
      vectorId: filter.vectorId ?? '',
      compliance: filter.compliance ?? '',
    },
  );
}

/** An outcome belongs to the most precise thing it names: a span, else a response, else every call of a trace. */
const OUTCOMES_BY_KEY = `(
  SELECT multiIf(span_id != '', concat('s', span_id), response_id != '', concat('r', response_id), concat('t', trace_id)) AS key,
    avgIf(value, name = '${TASK_SUCCESS}') AS score, countIf(name = '${TASK_SUCCESS}') AS scores,
    countIf(name = '${DOWNSTREAM_FAILURE}') AS failures
  FROM (SELECT * FROM outcomes WHERE time >= toDateTime({since:UInt32}, 'UTC')
        ORDER BY loaded_at DESC LIMIT 1 BY trace_id, span_id, response_id, name, id)
  GROUP BY key)`;

const WITH_OUTCOMES = `(
  SELECT newest.*,
    multiIf(span.scores > 0, span.score, response.scores > 0, response.score, trace.scores > 0, trace.score, NULL) AS task_score,
    toUInt8(span.failures + response.failures + trace.failures > 0) AS downstream_failed
  FROM newest
  LEFT JOIN ${OUTCOMES_BY_KEY} AS span ON span.key = concat('s', newest.span_id)
  LEFT JOIN ${OUTCOMES_BY_KEY} AS response ON response.key = concat('r', newest.response_id)
  LEFT JOIN ${OUTCOMES_BY_KEY} AS trace ON trace.key = concat('t', newest.trace_id))`;

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
