import { describe, expect, it } from 'vitest';
import type { AttributeValue } from '../../collectors/otlp/types.js';
import { outcomeFromLog, outcomesFromSpan } from '../../collectors/outcomes-from-spans.js';
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
