import type { Artifact, Generation, LeewayError, Outcome } from '../src/model/index.js';
import type { LogRecord, Span } from './otlp/types.js';

/** A generation as it is known now. The store keeps the newest revision of a span. */
export interface RevisedGeneration {
  readonly generation: Generation;
  /** 1 when the span is first seen, higher each time content that arrived later changes it. */
  readonly revision: number;
}

/** Everything that one accepted request adds to the tables. */
export interface RowBatch {
  readonly spans: readonly Span[];
  /** Only those that carry GenAI content. */
  readonly logs: readonly LogRecord[];
  readonly generations: readonly RevisedGeneration[];
  /** Content not sent to the store recently; the same digest may come again after a restart. */
  readonly artifacts: readonly Artifact[];
  readonly outcomes: readonly Outcome[];
}

/** What became of a request: its rows and what was refused of it, or why nothing could be read. */
export type Received =
  | { readonly ok: true; readonly batch: RowBatch; readonly rejected: Rejected }
  | { readonly ok: false; readonly error: LeewayError };

/** For OTLP's `partial_success`: how many items were refused, and why in words; an empty message with a count of 0. */
export interface Rejected {
  readonly count: number;
  readonly message: string;
}

export const EMPTY_BATCH: RowBatch = { spans: [], logs: [], generations: [], artifacts: [], outcomes: [] };
