import { LeewayError, type Outcome, rowId } from '../src/model/index.js';
import { EMPTY_BATCH, type RowBatch } from './row-batch.js';

/** An outcome as it is posted to the API, its shape checked and its defaults filled in. */
export interface PostedOutcome {
  readonly id?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly responseId?: string;
  readonly name: string;
  readonly value: number | boolean | 'success' | 'failure';
  readonly comment: string;
  /** RFC 3339; now when it is absent. */
  readonly time?: string;
}

/** Where accepted rows go: resolves once they are durable. */
export interface BatchSink {
  append(batch: RowBatch): Promise<void>;
}

/**
 * Takes posted outcomes in; those of generations that are not known yet wait for them.
 * @returns the ids, in order
 * @throws LeewayError LEEWAY_INVALID when an outcome does not say whose it is (then none is taken), LEEWAY_SPOOL_FULL
 */
export async function acceptOutcomes(
  sink: BatchSink,
  posted: readonly PostedOutcome[],
  nowMs: number,
): Promise<readonly string[]> {
  const outcomes = posted.map((outcome, index) => toOutcome(outcome, index, nowMs));
  await sink.append({ ...EMPTY_BATCH, outcomes });
  return outcomes.map(({ id }) => id);
}

/** An outcome is known by whose it is and what it is called: said again, with whatever value, it replaces itself. */
function toOutcome(posted: PostedOutcome, index: number, nowMs: number): Outcome {
  const { traceId = '', spanId = '', responseId = '', name, comment } = posted;
  if (traceId === '' && spanId === '' && responseId === '')
    throw new LeewayError(
      'LEEWAY_INVALID',
      `outcome ${index} (${name}) says nothing about whose it is: give traceId, spanId or responseId. Nothing was taken.`,
    );
  return {
    id: posted.id ?? rowId('out', 'api', traceId, spanId, responseId, name),
    traceId,
    spanId,
    responseId,
    name,
    value: scoreOf(posted.value),
    source: 'api',
    comment,
    timeNs: BigInt(posted.time === undefined ? nowMs : Date.parse(posted.time)) * 1_000_000n,
  };
}

function scoreOf(value: PostedOutcome['value']): number {
  if (typeof value === 'number') return value;
  return value === true || value === 'success' ? 1 : 0;
}
