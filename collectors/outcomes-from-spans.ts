import { DOWNSTREAM_FAILURE, type Outcome, type OutcomeSource, rowId, TASK_SUCCESS } from '../src/model/index.js';
import { indexedElements } from './otlp/conventions/indexed.js';
import { eventNameOf } from './otlp/conventions/model-call.js';
import { asNumber, asText } from './otlp/conventions/sources.js';
import type { Attributes, LogRecord, Span } from './otlp/types.js';

const EVALUATION_EVENT = 'gen_ai.evaluation.result';

/** What a result is about. Results about a generation name its span; others hold for the trace. */
interface Subject {
  readonly traceId: string;
  readonly spanId: string;
  readonly responseId: string;
}

/**
 * The outcomes that a span tells: `leeway.task.outcome`, evaluation events, OpenInference's evaluations and annotations,
 * and that something after a generation failed.
 *
 * @param isGeneration a failed generation is an error of its own, not one downstream of another
 * @param isInsideGeneration is its parent a generation? Then its failure is a part of that call (a retried request)
 */
export function outcomesFromSpan(span: Span, isGeneration: boolean, isInsideGeneration: boolean): Outcome[] {
  const subject = { traceId: span.traceId, spanId: isGeneration ? span.spanId : '', responseId: '' };
  return [
    taskOutcome(span, subject),
    ...span.events
      .filter((event) => event.name === EVALUATION_EVENT)
      .map((event) => evaluation(event.attributes, subject, event.timeNs)),
    ...indexedElements(span.attributes, 'evaluations').map((fields) =>
      scored(fields, 'evaluation', 'evaluation', subject, span.endNs),
    ),
    ...indexedElements(span.attributes, 'annotations').map((fields) =>
      scored(fields, 'annotation', 'annotation', subject, span.endNs),
    ),
    isGeneration || isInsideGeneration ? null : downstreamFailure(span),
  ].filter((outcome) => outcome !== null);
}

/** The outcome in an evaluation that came as a log record; `null` when it is none, or has no score Leeway can take. */
export function outcomeFromLog(record: LogRecord): Outcome | null {
  if (eventNameOf(record) !== EVALUATION_EVENT) return null;
  return evaluation(
    record.attributes,
    { traceId: record.traceId, spanId: record.spanId, responseId: '' },
    record.timeNs,
  );
}

/** `success`, `failure`, or a number from 0 to 1. */
function taskOutcome(span: Span, subject: Subject): Outcome | null {
  const given = span.attributes.get('leeway.task.outcome');
  const value = scoreOf(given, asText(given));
  return value === null ? null : outcome(subject, TASK_SUCCESS, value, 'attribute', '', span.endNs);
}

function evaluation(attributes: Attributes, subject: Subject, timeNs: bigint): Outcome | null {
  const about = { ...subject, responseId: asText(attributes.get('gen_ai.response.id')) ?? '' };
  const label = asText(attributes.get('gen_ai.evaluation.score.label'));
  const value = scoreOf(attributes.get('gen_ai.evaluation.score.value'), label);
  const name = asText(attributes.get('gen_ai.evaluation.name'));
  if (value === null || name === undefined || Object.values(about).every((id) => id === '')) return null;
  const comment = asText(attributes.get('gen_ai.evaluation.explanation')) ?? label ?? '';
  return outcome(about, name, value, 'evaluation', comment, timeNs);
}

function scored(
  fields: Attributes,
  prefix: string,
  source: OutcomeSource,
  subject: Subject,
  timeNs: bigint,
): Outcome | null {
  const label = asText(fields.get(`${prefix}.label`));
  const value = scoreOf(fields.get(`${prefix}.score`), label);
  const name = asText(fields.get(`${prefix}.name`));
  if (value === null || name === undefined) return null;
  return outcome(subject, name, value, source, asText(fields.get(`${prefix}.explanation`)) ?? label ?? '', timeNs);
}

const LABELS: ReadonlyMap<string, number> = new Map([
  ...['success', 'pass', 'passed', 'true', 'yes', 'correct', 'good', 'relevant', 'factual'].map(
    (word) => [word, 1] as const,
  ),
  ...['failure', 'fail', 'failed', 'false', 'no', 'incorrect', 'bad', 'irrelevant', 'hallucinated'].map(
    (word) => [word, 0] as const,
  ),
]);

/** A score from 0 to 1, else what the label says. A score on another scale is not guessed at: `null`. */
function scoreOf(score: unknown, label: string | undefined): number | null {
  const number = asNumber(score);
  if (number !== undefined && number >= 0 && number <= 1) return number;
  return LABELS.get(label?.trim().toLowerCase() ?? '') ?? null;
}

/**
 * A step that failed. It holds for the trace: the store lays it to the last generation that had ended before it began,
 * so that a span around a failed generation, which began before it, blames nobody.
 */
function downstreamFailure(span: Span): Outcome | null {
  const exception = span.events.find((event) => event.name === 'exception');
  const failed = span.statusCode === 'Error' || (exception !== undefined && span.statusCode !== 'Ok');
  if (!failed) return null;
  const kind = asText(span.attributes.get('error.type')) ?? asText(exception?.attributes.get('exception.type'));
  return {
    // By span: one trace may fail downstream more than once.
    id: rowId('out', DOWNSTREAM_FAILURE, span.traceId, span.spanId),
    traceId: span.traceId,
    spanId: '',
    responseId: '',
    name: DOWNSTREAM_FAILURE,
    value: 0,
    source: 'downstream',
    comment: kind === undefined ? span.name : `${span.name}: ${kind}`,
    timeNs: span.startNs,
  };
}

function outcome(
  subject: Subject,
  name: string,
  value: number,
  source: OutcomeSource,
  comment: string,
  timeNs: bigint,
): Outcome {
  const id = rowId('out', source, name, subject.traceId, subject.spanId, subject.responseId);
  return { id, ...subject, name, value, source, comment, timeNs };
}
