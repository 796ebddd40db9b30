import { describe, expect, it } from 'vitest';
import type { AttributeValue } from '../../collectors/otlp/types.js';
import { outcomeFromLog, outcomesFromSpan } from '../../collectors/outcomes-from-spans.js';
import { MAX_OUTCOME_COMMENT_LENGTH } from '../../src/model/index.js';
import { spanId, TRACE_ID } from './support/bodies.js';
import { attributes, CHAT, event, log, span } from './support/spans.js';

describe('leeway.task.outcome', () => {
  it.each<[AttributeValue, number]>([
    ['success', 1],
    ['failure', 0],
    ['0.25', 0.25],
    [0.75, 0.75],
    [1n, 1],
    [true, 1],
  ])('%s is a task success of %d', (given, value) => {
    expect(outcomesFromSpan(span({ ...CHAT, 'leeway.task.outcome': given }), true, false)).toMatchObject([
      { name: 'task_success', value, source: 'attribute', traceId: TRACE_ID, spanId: spanId(1) },
    ]);
  });

  it.each<[AttributeValue]>([['maybe'], [7], [-1], [Number.NaN], ['']])('%s is none', (given) => {
    expect(outcomesFromSpan(span({ ...CHAT, 'leeway.task.outcome': given }), true, false)).toEqual([]);
  });

  it('on a span that is no generation holds for its trace', () => {
    expect(outcomesFromSpan(span({ 'leeway.task.outcome': 'failure' }), false, false)).toMatchObject([
      { name: 'task_success', value: 0, traceId: TRACE_ID, spanId: '' },
    ]);
  });
});

describe('evaluations', () => {
  const result = {
    'gen_ai.evaluation.name': 'relevance',
    'gen_ai.evaluation.score.value': 0.9,
    'gen_ai.evaluation.explanation': 'fits',
  };

  it('come as span events', () => {
    const evaluated = span(CHAT, { events: [event('gen_ai.evaluation.result', result)] });
    expect(outcomesFromSpan(evaluated, true, false)).toMatchObject([
      { name: 'relevance', value: 0.9, source: 'evaluation', comment: 'fits', spanId: spanId(1) },
    ]);
  });

  it('come as log records, also about a response alone', () => {
    const record = { traceId: '', spanId: '', attributes: attributes({ ...result, 'gen_ai.response.id': 'r-1' }) };
    expect(outcomeFromLog(log('gen_ai.evaluation.result', null, record))).toMatchObject({
      responseId: 'r-1',
      traceId: '',
      value: 0.9,
    });
    const aboutNothing = { traceId: '', spanId: '', attributes: attributes(result) };
    expect(outcomeFromLog(log('gen_ai.evaluation.result', null, aboutNothing))).toBeNull();
    expect(outcomeFromLog(log('gen_ai.choice', null))).toBeNull();
  });

  it('with a label and no score, or a score on another scale, go by the label', () => {
    const labelled = (label: string, score?: number) =>
      outcomeFromLog(
        log('gen_ai.evaluation.result', null, {
          attributes: attributes({
            'gen_ai.evaluation.name': 'n',
            'gen_ai.evaluation.score.label': label,
            ...(score === undefined ? {} : { 'gen_ai.evaluation.score.value': score }),
          }),
        }),
      )?.value;
    expect(labelled('pass')).toBe(1);
    expect(labelled('Fail')).toBe(0);
    expect(labelled('pass', 4)).toBe(1);
    expect(labelled('4 of 5', 4)).toBeUndefined();
  });

  it('of an evaluator that failed are none', () => {
    const failed = span(CHAT, {
      events: [
        event('gen_ai.evaluation.result', { ...result, 'gen_ai.evaluation.score.value': 0, 'error.type': 'timeout' }),
      ],
    });
    expect(outcomesFromSpan(failed, true, false)).toEqual([]);
  });

  it('that name another response are about that one, not about the trace in which they were told', () => {
    const told = { ...result, 'gen_ai.response.id': 'r-1' };
    const judge = span(
      { ...CHAT, 'gen_ai.response.id': 'r-judge' },
      { events: [event('gen_ai.evaluation.result', told)] },
    );
    const own = span({ ...CHAT, 'gen_ai.response.id': 'r-1' }, { events: [event('gen_ai.evaluation.result', told)] });
    const about = { traceId: '', spanId: '', responseId: 'r-1' };
    expect(outcomesFromSpan(judge, true, false)).toMatchObject([about]);
    expect(outcomeFromLog(log('gen_ai.evaluation.result', null, { attributes: attributes(told) }))).toMatchObject(
      about,
    );
    expect(outcomesFromSpan(own, true, false)).toMatchObject([
      { traceId: TRACE_ID, spanId: spanId(1), responseId: '' },
    ]);
  });

  it('of an evaluator span are about the span that it links to', () => {
    const link = { traceId: 'd'.repeat(32), spanId: 'e'.repeat(16), traceState: '', attributes: attributes({}) };
    const given = {
      'openinference.span.kind': 'EVALUATOR',
      'evaluations.0.evaluation.name': 'task_success',
      'evaluations.0.evaluation.label': 'incorrect',
      'trace.evaluations.0.evaluation.name': 'tone',
      'trace.evaluations.0.evaluation.score': 1,
    };
    const [ofSpan, ofTrace] = outcomesFromSpan(span(given, { links: [link] }), false, false);
    expect(ofSpan).toMatchObject({ traceId: link.traceId, spanId: link.spanId, name: 'task_success', value: 0 });
    expect(ofTrace).toMatchObject({ traceId: link.traceId, spanId: '', name: 'tone', value: 1 });
    const unclear = outcomesFromSpan(span(given, { links: [link, link] }), false, false);
    expect(unclear.map(({ traceId }) => traceId)).toEqual([TRACE_ID, TRACE_ID]);
  });

  it('keep the beginning of a long explanation, and take a truth for a score', () => {
    const long = event('gen_ai.evaluation.result', {
      'gen_ai.evaluation.name': 'n',
      'gen_ai.evaluation.score.value': false,
      'gen_ai.evaluation.explanation': 'x'.repeat(MAX_OUTCOME_COMMENT_LENGTH + 1),
    });
    const [outcome] = outcomesFromSpan(span(CHAT, { events: [long] }), true, false);
    expect([outcome?.value, outcome?.comment.length]).toEqual([0, MAX_OUTCOME_COMMENT_LENGTH]);
  });

  it('and annotations of OpenInference are indexed attributes', () => {
    const evaluated = span({
      ...CHAT,
      'evaluations.0.evaluation.name': 'toxicity',
      'evaluations.0.evaluation.score': 0n,
      'annotations.0.annotation.name': 'thumbs',
      'annotations.0.annotation.label': 'good',
    });
    expect(outcomesFromSpan(evaluated, true, false)).toMatchObject([
      { name: 'toxicity', value: 0, source: 'evaluation' },
      { name: 'thumbs', value: 1, source: 'annotation' },
    ]);
  });
});

describe('a step that failed', () => {
  const failed = span({ 'gen_ai.operation.name': 'execute_tool' }, { name: 'execute_tool look', statusCode: 'Error' });

  it('is a downstream failure of its trace, at the time it began', () => {
    expect(outcomesFromSpan(failed, false, false)).toMatchObject([
      {
        name: 'downstream_failure',
        value: 0,
        source: 'downstream',
        traceId: TRACE_ID,
        spanId: '',
        timeNs: failed.startNs,
        comment: 'execute_tool look',
      },
    ]);
  });

  it('by an exception counts, unless it was dealt with', () => {
    const events = [event('exception', { 'exception.type': 'KeyError' })];
    expect(outcomesFromSpan(span({}, { events, name: 'parse' }), false, false)).toMatchObject([
      { comment: 'parse: KeyError' },
    ]);
    expect(outcomesFromSpan(span({}, { events, statusCode: 'Ok' }), false, false)).toEqual([]);
  });

  it('that is a generation, or a part of one, is not downstream of another', () => {
    expect(outcomesFromSpan(span(CHAT, { statusCode: 'Error' }), true, false)).toEqual([]);
    expect(outcomesFromSpan(failed, false, true)).toEqual([]);
  });

  it('has an id of its own, the same each time it is sent', () => {
    const [first] = outcomesFromSpan(failed, false, false);
    const [again] = outcomesFromSpan(failed, false, false);
    const [other] = outcomesFromSpan({ ...failed, spanId: spanId(2) }, false, false);
    expect(first?.id).toBe(again?.id);
    expect(first?.id).not.toBe(other?.id);
  });
});
