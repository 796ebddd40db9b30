import { describe, expect, it } from 'vitest';
import { normaliseGeneration } from '../../collectors/generation.js';
import type { Span } from '../../collectors/otlp/types.js';
import { generation, json, read, SETTINGS } from './support/generations.js';
import { type AttributeObject, CHAT, event, span } from './support/spans.js';

const CONTENT = { logs: [], parent: null };

describe('errors', () => {
  it.each<[string, AttributeObject, Partial<Span>, string]>([
    ['error.type', { 'error.type': 'rate_limit' }, {}, 'rate_limit'],
    ['an exception', {}, { events: [event('exception', { 'exception.type': 'TimeoutError' })] }, 'TimeoutError'],
    ['the status alone', {}, { statusCode: 'Error' as const }, 'error'],
    [
      'an exception that was dealt with',
      {},
      { statusCode: 'Ok' as const, events: [event('exception', { 'exception.type': 'TimeoutError' })] },
      '',
    ],
    ['nothing', {}, {}, ''],
  ])('by %s', (_name, given, more, errorType) => {
    expect(generation({ ...CHAT, ...given }, more).errorType).toBe(errorType);
  });
});

describe('arms', () => {
  it.each([
    ['baseline', 'baseline'],
    ['control', 'baseline'],
    ['canary', 'candidate'],
    ['treatment', 'candidate'],
    ['shadow', 'shadow'],
    ['whatever', ''],
  ])('%s is read as "%s"', (named, arm) => {
    expect(generation({ ...CHAT, 'leeway.rollout.arm': named, 'leeway.rollout.id': 'r' })).toMatchObject({
      arm,
      rolloutId: 'r',
    });
  });

  it('a shadow call says whose', () => {
    expect(generation({ ...CHAT, 'leeway.shadow.of': 'abc' })).toMatchObject({ arm: 'shadow', shadowOf: 'abc' });
  });
});

describe('the output schema', () => {
  const schema = { type: 'object', required: ['a'] };
  const answer = { 'gen_ai.output.messages': json([{ role: 'assistant', content: '{}' }]) };

  it.each<[string, AttributeObject]>([
    ['leeway', { 'leeway.output.schema': json(schema) }],
    ['invocation parameters', { 'llm.invocation_parameters': json({ response_format: { json_schema: { schema } } }) }],
    ['OpenLLMetry', { 'gen_ai.request.structured_output_schema': json(schema) }],
    ['a Responses request', { 'input.value': json({ text: { format: { type: 'json_schema', schema } } }) }],
  ])('comes from %s', (_name, given) => {
    const normalised = read({ ...CHAT, ...answer, ...given });
    expect(normalised?.generation).toMatchObject({ compliance: 'schema_invalid', outputType: 'json' });
    expect(normalised?.artifacts.some((artifact) => artifact.kind === 'output_schema')).toBe(true);
  });

  it('comes from the parent span of a Vercel call', () => {
    const parent = span({ 'ai.operationId': 'ai.generateObject', 'ai.schema': json(schema) });
    const normalised = read(
      { 'ai.operationId': 'ai.generateObject.doGenerate', 'ai.response.object': '{}' },
      {},
      [],
      parent,
    );
    expect(normalised?.generation.compliance).toBe('schema_invalid');
  });

  it('comes from the configuration when the trace has none', () => {
    const configured = (operation: string) => (operation === 'chat' ? schema : null);
    const settings = { ...SETTINGS, outputSchema: (target: { operation: string }) => configured(target.operation) };
    expect(normaliseGeneration(span({ ...CHAT, ...answer }), CONTENT, settings)?.generation.compliance).toBe(
      'schema_invalid',
    );
    const other = span({ ...CHAT, ...answer, 'leeway.operation': 'other' });
    expect(normaliseGeneration(other, CONTENT, settings)?.generation.compliance).toBe('not_applicable');
  });

  it('may be asked for without being known', () => {
    expect(generation({ ...CHAT, ...answer, 'gen_ai.output.type': 'json' }).compliance).toBe('ok');
    expect(generation({ ...CHAT, 'gen_ai.output.type': 'json' }).compliance).toBe('no_content');
  });
});
