import { type Outcome, type OutcomeSource, rowId } from '../src/model/index.js';
import { EMPTY_BATCH, type RowBatch } from './row-batch.js';

const DAY_MS = 86_400_000;

/**
 * An outcome that happened longer ago is refused: its call is gone. It also bounds the days, and so the partitions, that
 * one request can touch (the engine takes 100 at once).
 */
export const MAX_OUTCOME_AGE_DAYS = 90;

/** Clocks of those who report may be ahead by this. */
export const MAX_OUTCOME_LEAD_DAYS = 1;

/** An outcome as it is posted, its shape checked and its defaults filled in. */
export interface PostedOutcome {
  readonly id?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly responseId?: string;
  readonly name: string;
  readonly value: number | boolean | 'success' | 'failure';
  /** The scores that stand for failure and success, when they are not 0 and 1. */
  readonly scale?: { readonly min: number; readonly max: number };
  readonly comment: string;
  /** RFC 3339; now when it is absent. */
  readonly time?: string;
}

/** What became of one posted outcome: its id, or which field it was refused for and why. */
export type OutcomeResult =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly field: string; readonly problem: string };

/** Where accepted rows go: resolves once they are durable. */
export interface BatchSink {
  append(batch: RowBatch): Promise<void>;
}

/**
 * Takes posted outcomes in; those of generations that are not known yet wait for them. A bad one does not take its
 * neighbours with it. Of several with one id the one with the latest time counts, of equal times the last.
 * @returns what became of each, in order, once the good ones are durable
 * @throws LeewayError LEEWAY_SPOOL_FULL; then none was taken
 */
export async function acceptOutcomes(
  sink: BatchSink,
  posted: readonly PostedOutcome[],
  nowMs: number,
  source: OutcomeSource = 'api',
): Promise<readonly OutcomeResult[]> {
  const newest = new Map<string, Outcome>();
  const results = posted.map((one): OutcomeResult => {
    const outcome = toOutcome(one, nowMs, source);
    if ('problem' in outcome) return outcome;
    const earlier = newest.get(outcome.id);
    if (earlier === undefined || earlier.timeNs <= outcome.timeNs) newest.set(outcome.id, outcome);
    return { ok: true, id: outcome.id };
  });
  if (newest.size > 0) await sink.append({ ...EMPTY_BATCH, outcomes: [...newest.values()] });
  return results;
}

type Refusal = Extract<OutcomeResult, { readonly ok: false }>;

/** An outcome is known by whose it is and what it is called: said again, with whatever value, it replaces itself. */
function toOutcome(posted: PostedOutcome, nowMs: number, source: OutcomeSource): Outcome | Refusal {
  const { traceId = '', spanId = '', responseId = '', name, comment } = posted;
  if (traceId === '' && spanId === '' && responseId === '')
    return refuse('traceId', 'is missing, and so are spanId and responseId: one of them must say whose outcome it is');
  const value = scoreOf(posted);
  if (typeof value !== 'number') return value;
  const at = posted.time === undefined ? nowMs : Date.parse(posted.time);
  if (!(at >= nowMs - MAX_OUTCOME_AGE_DAYS * DAY_MS && at <= nowMs + MAX_OUTCOME_LEAD_DAYS * DAY_MS))
    return refuse(
      'time',
      `must lie within the last ${MAX_OUTCOME_AGE_DAYS} days, or at most ${MAX_OUTCOME_LEAD_DAYS} day ahead`,
    );
  return {
    id: posted.id ?? rowId('out', source, traceId, spanId, responseId, name),
    traceId,
    spanId,
    responseId,
    name,
    value,
    source,
    comment,
    timeNs: BigInt(at) * 1_000_000n,
  };
}

/** The value as a score from 0 to 1. A number on another scale must say which: guessing would turn a 1 of 5 into a success. */
function scoreOf({ value, scale }: PostedOutcome): number | Refusal {
  if (typeof value !== 'number') {
    if (scale !== undefined) return refuse('scale', `is for numbers; the value is ${JSON.stringify(value)}`);
    return value === true || value === 'success' ? 1 : 0;
  }
  const { min, max } = scale ?? { min: 0, max: 1 };
  if (!(min < max && Number.isFinite(max - min))) return refuse('scale', 'must have a min below its max');
  if (!(value >= min && value <= max))
    return refuse(
      'value',
      scale === undefined
        ? `must be from 0 to 1; a score on another scale says so, as "scale": {"min": 1, "max": 5}`
        : `must lie on its scale, from ${min} to ${max}`,
    );
  return (value - min) / (max - min);
}

function refuse(field: string, problem: string): Refusal {
  return { ok: false, field, problem };
}
