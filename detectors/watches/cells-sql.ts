const IN_TIME = `target_id IN {targets:Array(String)} AND bucket >= toDateTime({since:Int64}, 'UTC')
  AND bucket < toDateTime({until:Int64}, 'UTC')`;

/**
 * Published cells of serving traffic (shadow calls left out), each once: cells of other revisions than the newest close of
 * their bucket do not exist. Columns target_id, bucket, metric, stratum, vector_id, n, failures.
 * @param condition more of a WHERE, source text
 */
export function publishedCells(condition = 'true'): string {
  return `(
    SELECT target_id, bucket, metric, stratum, vector_id, n, failures FROM cells
    WHERE ${IN_TIME} AND arm != 'shadow' AND (${condition}) AND (target_id, bucket, revision) IN (
      SELECT target_id, bucket, max(revision) FROM bucket_closes WHERE ${IN_TIME} GROUP BY target_id, bucket)
    LIMIT 1 BY target_id, bucket, metric, stratum, vector_id, arm)`;
}

/**
 * As {@link publishedCells}, for rates over long times: a close that was written twice within one millisecond would count
 * twice, which a rate survives, and finding that out costs more than the question.
 */
export function ratedCells(condition = 'true'): string {
  return `(
    SELECT target_id, bucket, metric, stratum, vector_id, n, failures FROM cells
    WHERE ${IN_TIME} AND arm != 'shadow' AND (${condition}) AND (target_id, bucket, revision) IN (
      SELECT target_id, bucket, max(revision) FROM bucket_closes WHERE ${IN_TIME} GROUP BY target_id, bucket))`;
}

/**
 * Of these calls one in so many sessions is looked at, of calls without a session one in so many traces. Whoever assigns
 * sessions to versions may hash them, too: with a word of its own, this hash has nothing to do with that.
 */
const SAMPLED = `({every:UInt32} = 1 OR cityHash64('looked at', if(session_id != '', session_id, trace_id)) % {every:UInt32} = 0)`;

/**
 * Generations of a time, each once with its newest revision, shadow calls left out. Where they are too many, those of a
 * sample of the sessions, the same for every statement about this time.
 * @param columns of `generations`
 */
export function servedCalls(columns: string, condition = 'true'): string {
  return `(
    SELECT target_id, ${columns} FROM generations
    WHERE ${IN_TIME} AND arm != 'shadow' AND (${condition}) AND ${SAMPLED}
    ORDER BY revision DESC LIMIT 1 BY target_id, trace_id, span_id)`;
}

/** Generations of a time as they lie there: for questions that a resent span does not change. */
export function storedCalls(condition = 'true'): string {
  return `generations WHERE ${IN_TIME} AND arm != 'shadow' AND (${condition})`;
}
