import {
  DOWNSTREAM_FAILURE,
  MAX_OUTCOME_COMMENT_LENGTH,
  type Outcome,
  type OutcomeSource,
  rowId,
  TASK_SUCCESS,
} from '../src/model/index.js';
import { indexedElements } from './otlp/conventions/indexed.js';
import { eventNameOf } from './otlp/conventions/model-call.js';
import { asText } from './otlp/conventions/sources.js';
import type { Attributes, LogRecord, Span } from './otlp/types.js';
import { type Shape, shapeOf } from './otlp/wire/shape.js';
import { scoreOf } from './outcome-score.js';

const EVALUATION_EVENT = 'gen_ai.evaluation.result';
const TASK_OUTCOME = 'leeway.task.outcome';

/** What a result is about. Results about a generation name its span; others hold for the trace. */
interface Subject {
  readonly traceId: string;
  readonly spanId: string;
  readonly responseId: string;
}

/** OpenInference's indexed attributes that carry a result, and whether they are about the whole trace. */
const RESULT_LISTS = [
  { list: 'evaluations', element: 'evaluation', source: 'evaluation', isOfTrace: false },
  { list: 'annotations', element: 'annotation', source: 'annotation', isOfTrace: false },
  { list: 'trace.evaluations', element: 'evaluation', source: 'evaluation', isOfTrace: true },
  { list: 'trace.annotations', element: 'annotation', source: 'annotation', isOfTrace: true },
] as const;

/**
 * The outcomes that a span tells: `leeway.task.outcome`, evaluation events, OpenInference's evaluations and annotations,
 * and that something after a generation failed.
 *
 * @param isGeneration a failed generation is an error of its own, not one downstream of another
 * @param isInsideGeneration is its parent a generation? Then its failure is a part of that call (a retried request)
 */
export function outcomesFromSpan(span: Span, isGeneration: boolean, isInsideGeneration: boolean): Outcome[] {
  if (span.events.length === 0 && !mayName(span.attributes) && (isGeneration || span.statusCode !== 'Error')) return [];
  const own = { traceId: span.traceId, spanId: isGeneration ? span.spanId : '', responseId: '' };
  const judged = linkedSubject(span) ?? own;
  const ownResponseId = asText(span.attributes.get('gen_ai.response.id')) ?? '';
  return [
    taskOutcome(span, own),
    ...span.events
      .filter((event) => event.name === EVALUATION_EVENT)
      .map((event) => evaluation(event.attributes, judged, isGeneration ? ownResponseId : '', event.timeNs)),
    ...RESULT_LISTS.flatMap(({ list, element, source, isOfTrace }) =>
      indexedElements(span.attributes, list).map((fields) =>
        scored(fields, element, source, isOfTrace ? { ...judged, spanId: '' } : judged, span.endNs),
      ),
    ),
    isGeneration || isInsideGeneration ? null : downstreamFailure(span),
  ].filter((outcome) => outcome !== null);
}

const naming = new WeakMap<Shape, boolean>();

/** Can there be an outcome in attributes of these names? Mostly there is none, which one look at their shape tells. */
function mayName(attributes: Attributes): boolean {
  const shape = shapeOf(attributes);
  if (shape === null) return true;
  const known = naming.get(shape);
  if (known !== undefined) return known;
  const may = shape.has(TASK_OUTCOME) || RESULT_LISTS.some(({ list }) => shape.hasPrefix(`${list}.`));
  naming.set(shape, may);
  return may;
}

/** The outcome in an evaluation that came as a log record; `null` when it is none, or has no score Leeway can take. */
export function outcomeFromLog(record: LogRecord): Outcome | null {
  if (eventNameOf(record) !== EVALUATION_EVENT) return null;
  const subject = { traceId: record.traceId, spanId: record.spanId, responseId: '' };
  return evaluation(record.attributes, subject, '', record.timeNs);
}

/**
 * The span that an evaluator's span judges afterwards: its one link, whoever its parent is.
 * @see https://github.com/Arize-ai/openinference/tree/main/spec (annotations: one span link to the target)
 */
function linkedSubject(span: Span): Subject | null {
  if (asText(span.attributes.get('openinference.span.kind')) !== 'EVALUATOR') return null;
  const [link, ...others] = span.links;
  return link === undefined || others.length > 0 || link.traceId === ''
    ? null
    : { traceId: link.traceId, spanId: link.spanId, responseId: '' };
}

/** `success`, `failure`, or a number from 0 to 1. */
function taskOutcome(span: Span, subject: Subject): Outcome | null {
  const given = span.attributes.get(TASK_OUTCOME);
  const value = scoreOf(given, asText(given));
  return value === null ? null : outcome(subject, TASK_SUCCESS, value, 'attribute', '', span.endNs);
}

/**
 * @param subject what the event hangs on
 * @param ownResponseId the response of that span itself. An event that names another response is about that one alone:
 *   it was told by an evaluator, whose own trace is not the one that it judges
 */
function evaluation(attributes: Attributes, subject: Subject, ownResponseId: string, timeNs: bigint): Outcome | null {
  // The evaluator failed, not the answer.
  if (attributes.has('error.type')) return null;
  const responseId = asText(attributes.get('gen_ai.response.id')) ?? '';
  const about = responseId === '' || responseId === ownResponseId ? subject : { traceId: '', spanId: '', responseId };
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
  return { id, ...subject, name, value, source, comment: comment.slice(0, MAX_OUTCOME_COMMENT_LENGTH), timeNs };
}
