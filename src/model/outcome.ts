/** Where a result that arrived later came from. */
export const OUTCOME_SOURCES = ['api', 'langfuse', 'attribute', 'evaluation', 'annotation', 'downstream'] as const;
export type OutcomeSource = (typeof OUTCOME_SOURCES)[number];

/** The outcome that the success detector counts, unless a target names another. */
export const TASK_SUCCESS = 'task_success';

/** A failed span after the generation, in the same trace. Only failures are recorded: its denominator is every call. */
export const DOWNSTREAM_FAILURE = 'downstream_failure';

/** Outcomes in one request: by the API, or as Langfuse's ingestion events. */
export const MAX_OUTCOMES_PER_REQUEST = 1_000;

/** UTF-16 units of an outcome's comment; of a longer one in telemetry the beginning is kept. */
export const MAX_OUTCOME_COMMENT_LENGTH = 4096;

/** UTF-16 units of an outcome's name and of its id. */
export const MAX_OUTCOME_NAME_LENGTH = 128;

/** A result of a generation that is known only later: task success, user feedback, an evaluator's score. */
export interface Outcome {
  /** Deterministic: a resent outcome replaces itself. */
  readonly id: string;
  /** At least one of trace, span and response id is not empty. */
  readonly traceId: string;
  readonly spanId: string;
  readonly responseId: string;
  readonly name: string;
  /** 0 (failed) to 1 (succeeded). */
  readonly value: number;
  readonly source: OutcomeSource;
  readonly comment: string;
  /** When it happened, in nanoseconds since the Unix epoch. */
  readonly timeNs: bigint;
}
