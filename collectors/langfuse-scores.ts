import { MAX_OUTCOME_COMMENT_LENGTH, MAX_OUTCOME_NAME_LENGTH } from '../src/model/index.js';
import { at, isObject, textAt } from './json-content.js';
import { scoreOfLabel } from './outcome-score.js';
import { acceptOutcomes, type BatchSink, type PostedOutcome } from './outcomes.js';

const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;

/** What became of a batch, as Langfuse answers it: HTTP 207 with a status for each event. */
export interface LangfuseAnswer {
  readonly successes: readonly LangfuseEventSuccess[];
  readonly errors: readonly LangfuseEventError[];
}

export interface LangfuseEventSuccess {
  /** The event's. */
  readonly id: string;
  readonly status: number;
  /** The outcome's: the score's own id, if it has one. */
  readonly scoreId: string;
}

export interface LangfuseEventError {
  readonly id: string;
  readonly status: number;
  readonly message: string;
  readonly error: string;
}

/** A score that was read, or why it cannot be one of Leeway's outcomes. */
type Read = { readonly posted: PostedOutcome } | { readonly message: string; readonly error: string };

/**
 * Takes the events of `POST /api/public/ingestion` of Langfuse: `score-create` becomes an outcome under the score's id,
 * so that a score that is sent again replaces itself. Everything else is refused by itself: traces come by OTLP.
 * @throws LeewayError LEEWAY_SPOOL_FULL; then none was taken
 * @see https://api.reference.langfuse.com (ingestion, scores)
 */
export async function acceptLangfuseEvents(
  sink: BatchSink,
  events: readonly unknown[],
  nowMs: number,
): Promise<LangfuseAnswer> {
  const reads = events.map((event) => ({ id: textAt(event, 'id') ?? 'unknown', read: readEvent(event) }));
  const scores = reads.flatMap(({ id, read }) => ('posted' in read ? [{ id, posted: read.posted }] : []));
  const results = await acceptOutcomes(
    sink,
    scores.map(({ posted }) => posted),
    nowMs,
    'langfuse',
  );
  const taken = scores.map(({ id }, index) => ({ id, result: results[index] }));
  return {
    successes: taken.flatMap(({ id, result }) => (result?.ok ? [{ id, status: 201, scoreId: result.id }] : [])),
    errors: [
      ...reads.flatMap(({ id, read }) => ('posted' in read ? [] : [{ id, status: 400, ...read }])),
      ...taken.flatMap(({ id, result }) =>
        result?.ok === false ? [{ id, status: 400, ...invalid(`${result.field} ${result.problem}`) }] : [],
      ),
    ],
  };
}

function readEvent(event: unknown): Read {
  if (!isObject(event)) return invalid('an event must be an object');
  const type = textAt(event, 'type');
  if (type !== 'score-create')
    return {
      message: 'Event type not accepted',
      error: `Leeway takes score-create only, not ${type ?? 'an event without a type'}: send traces by OTLP to /v1/traces`,
    };
  return readScore(at(event, 'body'), textAt(event, 'timestamp'));
}

function readScore(score: unknown, time: string | undefined): Read {
  const [id, name] = [textAt(score, 'id'), textAt(score, 'name')];
  const [traceId, spanId] = [textAt(score, 'traceId')?.toLowerCase(), textAt(score, 'observationId')?.toLowerCase()];
  if (name === undefined || name.length > MAX_OUTCOME_NAME_LENGTH)
    return invalid(`body.name must be a text of at most ${MAX_OUTCOME_NAME_LENGTH} characters`);
  if (id !== undefined && id.length > MAX_OUTCOME_NAME_LENGTH)
    return invalid(`body.id must not have more than ${MAX_OUTCOME_NAME_LENGTH} characters`);
  if (traceId === undefined && spanId === undefined)
    return invalid('body.traceId is missing: Leeway keeps scores of traces and observations, not of sessions or runs');
  if (traceId !== undefined && !TRACE_ID.test(traceId))
    return invalid('body.traceId must be the id of an OpenTelemetry trace: 32 hex digits');
  if (spanId !== undefined && !SPAN_ID.test(spanId))
    return invalid('body.observationId must be the id of an OpenTelemetry span: 16 hex digits');
  const value = scoreByType(score);
  if (typeof value === 'string') return invalid(value);
  const posted: PostedOutcome = {
    ...(id !== undefined && { id }),
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
    ...(time !== undefined && { time }),
    ...scaleOf(score),
    name,
    value: value.score,
    comment: (textAt(score, 'comment') ?? value.label).slice(0, MAX_OUTCOME_COMMENT_LENGTH),
  };
  return { posted };
}

/** Langfuse keeps a score's range in a configuration that it does not send: `metadata.scale` says it here. */
function scaleOf(score: unknown): Pick<PostedOutcome, 'scale'> {
  const [min, max] = [at(score, 'metadata', 'scale', 'min'), at(score, 'metadata', 'scale', 'max')];
  return typeof min === 'number' && typeof max === 'number' ? { scale: { min, max } } : {};
}

/** The score by its data type, which is inferred from the value where it is not given; or what is wrong with it. */
function scoreByType(score: unknown): { readonly score: number; readonly label: string } | string {
  const value = at(score, 'value');
  const dataType = textAt(score, 'dataType') ?? (typeof value === 'string' ? 'CATEGORICAL' : 'NUMERIC');
  switch (dataType) {
    case 'NUMERIC':
      return typeof value === 'number' ? { score: value, label: '' } : 'body.value must be a number for NUMERIC';
    case 'BOOLEAN':
      return value === 0 || value === 1 || typeof value === 'boolean'
        ? { score: Number(value), label: '' }
        : 'body.value must be 0 or 1 for BOOLEAN';
    case 'CATEGORICAL': {
      if (typeof value !== 'string') return 'body.value must be a text for CATEGORICAL';
      const known = scoreOfLabel(value);
      return known === null
        ? 'body.value is a category that does not say whether it is a success: pass or fail, correct or incorrect, good or bad do'
        : { score: known, label: value };
    }
    default:
      return `body.dataType must be NUMERIC, BOOLEAN or CATEGORICAL: ${dataType.slice(0, 32)} has no score`;
  }
}

function invalid(error: string): { readonly message: string; readonly error: string } {
  return { message: 'Invalid request data', error };
}
