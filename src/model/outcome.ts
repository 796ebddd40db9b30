/** Where a result that arrived later came from. */
export const OUTCOME_SOURCES = ['api', 'attribute', 'evaluation', 'annotation', 'downstream'] as const;
export type OutcomeSource = (typeof OUTCOME_SOURCES)[number];

/** The outcome that the success detector counts, unless a target names another. */
export const TASK_SUCCESS = 'task_success';

/** A failed span after the generation, in the same trace. Only failures are recorded: its denominator is every call. */
export const DOWNSTREAM_FAILURE = 'downstream_failure';

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
