import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeCompliance } from '../../collectors/compliance.js';
import { normaliseFinishReason } from '../../collectors/finish-reason.js';
import { MAX_SCHEMA_CHARACTERS } from '../../collectors/schema-validator.js';
import { checkStructuredOutput, MAX_CHECKED_OUTPUT_CHARACTERS } from '../../collectors/structured-output.js';
import { COMPLIANCE_COUNTED } from '../../src/model/index.js';

const SCHEMA = {
  type: 'object',
  properties: { topic: { enum: ['refund', 'delivery'] }, urgency: { type: 'integer', minimum: 1, maximum: 5 } },
  required: ['topic', 'urgency'],
  additionalProperties: false,
};
const GOOD = '{"topic":"refund","urgency":2}';

describe('a structured output', () => {
  it.each([
    ['as it should be', GOOD, 'ok'],
    ['with white space around it', `\n ${GOOD} \n`, 'ok'],
    ['in a code fence', `\`\`\`json\n${GOOD}\n\`\`\``, 'ok_after_fence'],
    ['with prose before it', `Here you are:\n${GOOD}`, 'ok_after_extract'],
    ['with prose and a fence', `Here you are:\n\`\`\`json\n${GOOD}\n\`\`\`\nAnything else?`, 'ok_after_extract'],
    ['with a byte order mark', `\ufeff${GOOD}`, 'ok_after_extract'],
    ['with braces inside strings', `Sure: {"topic":"refund","urgency":2} {"}`, 'ok_after_extract'],
    ['of the wrong type', '{"topic":"refund","urgency":"2"}', 'schema_invalid'],
    ['with a member too many', '{"topic":"refund","urgency":2,"note":""}', 'schema_invalid'],
    ['encoded twice', JSON.stringify(GOOD), 'schema_invalid'],
    ['wrong inside a fence', '```json\n{"topic":"refund"}\n```', 'schema_invalid'],
    ['with a trailing comma', '{"topic":"refund","urgency":2,}', 'not_json'],
    ['with NaN', '{"topic":"refund","urgency":NaN}', 'not_json'],
    ['cut off', '{"topic":"ref', 'not_json'],
    ['that is prose', 'I would say it is about a refund.', 'not_json'],
    ['of nothing but spaces', ' \n ', 'empty'],
  ])('%s is %2$s', (_name, text, compliance) => {
    const check = checkStructuredOutput(text, SCHEMA);
    expect(check.compliance).toBe(compliance);
    expect(check.reason === '').toBe(compliance === 'ok');
  });

  it('needs only to be JSON when no schema is known', () => {
    expect(checkStructuredOutput('[1, 2]', null).compliance).toBe('ok');
    expect(checkStructuredOutput('[1, 2', null).compliance).toBe('not_json');
  });

  it('says where it violates the schema', () => {
    expect(checkStructuredOutput('{"topic":"refund","urgency":9}', SCHEMA).reason).toBe('/urgency must be <= 5');
  });

  it('is not quoted in the reason why it is no JSON', () => {
    const reason = checkStructuredOutput('{"topic": "my card number is 4111', SCHEMA).reason;
    expect(reason).not.toContain('4111');
    expect(checkStructuredOutput('secret', SCHEMA).reason).not.toContain('secret');
  });

  it('is judged by the dialect that its schema names', () => {
    const tuple = { type: 'array', items: [{ type: 'string' }], additionalItems: false };
    const dialect = (name: string) => ({ ...tuple, $schema: name });
    expect(checkStructuredOutput('["a", 1]', dialect('http://json-schema.org/draft-07/schema#')).compliance).toBe(
      'schema_invalid',
    );
    const prefix = { type: 'array', prefixItems: [{ type: 'string' }], items: false };
    expect(checkStructuredOutput('["a", 1]', prefix).compliance).toBe('schema_invalid');
    expect(checkStructuredOutput('[]', dialect('http://json-schema.org/draft-03/schema#')).compliance).toBe(
      'not_checkable',
    );
  });

  it('checks formats and patterns', () => {
    const schema = { properties: { at: { format: 'date-time' }, id: { pattern: '^INV-\\d+$' } } };
    expect(checkStructuredOutput('{"at":"2026-11-23T08:17:08Z","id":"INV-7"}', schema).compliance).toBe('ok');
    expect(checkStructuredOutput('{"at":"yesterday"}', schema).compliance).toBe('schema_invalid');
    expect(checkStructuredOutput('{"id":"7"}', schema).compliance).toBe('schema_invalid');
  });

  it('gives the same answer when two schemas share an $id', () => {
    const shared = { $id: 'https://schemas.test/answer' };
    expect(checkStructuredOutput('1', { ...shared, type: 'string' }).compliance).toBe('schema_invalid');
    expect(checkStructuredOutput('1', { ...shared, type: 'number' }).compliance).toBe('ok');
    expect(checkStructuredOutput('1', { ...shared, type: 'string' }).compliance).toBe('schema_invalid');
  });
});

describe('a schema that cannot be relied on is not checkable, never a failure', () => {
  const deep = (levels: number): object => (levels === 0 ? {} : { properties: { a: deep(levels - 1) } });

  it.each([
    ['look-ahead', { type: 'string', pattern: '^(?=a)a' }],
    ['a back-reference', { type: 'string', pattern: '(a)\\1' }],
    ['a reference to elsewhere', { $ref: 'https://elsewhere.test/schema' }],
    ['a type that does not exist', { type: 'STRING' }],
    ['too much text', { description: 'x'.repeat(MAX_SCHEMA_CHARACTERS) }],
    ['too many levels', deep(100)],
    ['no object', 'a schema'],
    ['a reference to itself and nothing else', { $ref: '#' }],
  ])('%s', (_name, schema) => {
    expect(checkStructuredOutput('"a"', schema).compliance).toBe('not_checkable');
    // Whatever the output: else only the failures would stay in the denominator.
    expect(checkStructuredOutput('not JSON', schema).compliance).toBe('not_checkable');
    expect(checkStructuredOutput('', schema).compliance).toBe('not_checkable');
  });

  it('a pattern that would take exponential time takes none', () => {
    const check = checkStructuredOutput(JSON.stringify(`${'a'.repeat(5_000)}!`), {
      type: 'string',
      pattern: '^(a+)+$',
    });
    expect(check.compliance).toBe('schema_invalid');
  });

  it('references that double at every level are stopped', () => {
    const levels = 40;
    const definitions = Object.fromEntries(
      Array.from({ length: levels }, (_, n) => [
        `n${n}`,
        { allOf: [{ $ref: `#/$defs/n${n + 1}` }, { $ref: `#/$defs/n${n + 1}` }] },
      ]),
    );
    const schema = { $defs: { ...definitions, [`n${levels}`]: {} }, $ref: '#/$defs/n0' };
    expect(checkStructuredOutput('{}', schema).compliance).toBe('not_checkable');
    expect(checkStructuredOutput('{}', schema).compliance).toBe('not_checkable');
    // Other schemas go on.
    expect(checkStructuredOutput(GOOD, SCHEMA).compliance).toBe('ok');
  });

  it('a check that took too long once does not blind the detector; one that always does is given up', () => {
    const schema = { type: 'array', uniqueItems: true, description: 'slow for long arrays' };
    const slow = JSON.stringify(Array.from({ length: 10_000 }, (_, n) => ({ n, text: 'x'.repeat(20) })));
    const check = (text: string) => checkStructuredOutput(text, schema).compliance;
    expect([check(slow), check('[1]'), check('[1, 1]')]).toEqual(['not_checkable', 'ok', 'schema_invalid']);
    expect([check(slow), check(slow), check('[1]')]).toEqual(['not_checkable', 'not_checkable', 'not_checkable']);
  });
});

describe('an output beyond the limits is not checkable', () => {
  it.each([
    ['too long', `"${'x'.repeat(MAX_CHECKED_OUTPUT_CHARACTERS)}"`],
    ['too deep', '['.repeat(200) + ']'.repeat(200)],
  ])('%s', (_name, text) => {
    expect(checkStructuredOutput(text, SCHEMA).compliance).toBe('not_checkable');
  });

  it('never throws, on any text and any schema', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((t) => `\`\`\`\n${t}\n\`\`\``),
        ),
        fc.oneof(fc.constant(SCHEMA), fc.jsonValue()),
        (text, schema) => {
          checkStructuredOutput(text, schema);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('valid JSON is ok without a schema, in a fence after it', () => {
    fc.assert(
      fc.property(fc.object(), (value) => {
        const text = JSON.stringify(value);
        expect(checkStructuredOutput(text, null).compliance).toBe('ok');
        expect(checkStructuredOutput(`\`\`\`json\n${text}\n\`\`\``, null).compliance).toBe('ok_after_fence');
        expect(checkStructuredOutput(`Answer: ${text}.`, null).compliance).toBe('ok_after_extract');
      }),
    );
  });
});

describe('the compliance of a generation', () => {
  const facts = {
    outputType: 'json',
    schema: SCHEMA as unknown,
    errorType: '',
    finishReason: 'stop' as const,
    refusal: false,
    text: GOOD as string | null,
    hasToolCalls: false,
  };

  it.each([
    ['answered', {}, 'ok'],
    ['not asked for structure', { outputType: 'text', schema: null }, 'not_applicable'],
    ['failed', { errorType: 'timeout', text: null }, 'error'],
    ['refused by finish reason', { finishReason: 'refusal' as const }, 'refusal'],
    ['refused inside the content', { refusal: true, text: '' }, 'refusal'],
    ['filtered', { finishReason: 'content_filter' as const }, 'filtered'],
    ['truncated, even where what there is parses', { finishReason: 'length' as const }, 'truncated'],
    ['called a tool instead', { finishReason: 'tool_calls' as const, text: '' }, 'not_applicable'],
    ['called a tool and answered', { finishReason: 'tool_calls' as const, hasToolCalls: true }, 'ok'],
    ['without content in the trace', { text: null }, 'no_content'],
    ['answered with nothing', { text: '' }, 'empty'],
  ])('%s', (_name, more, compliance) => {
    const judged = judgeCompliance({ ...facts, ...more });
    expect(judged.compliance).toBe(compliance);
    if (!['ok', 'empty'].includes(compliance)) expect(COMPLIANCE_COUNTED).not.toContain(judged.compliance);
  });
});

describe('finish reasons', () => {
  it.each([
    ['stop', 'stop end_turn STOP stop_sequence FinishReason.STOP COMPLETE'],
    ['length', 'length max_tokens MAX_TOKENS max_output_tokens model_context_window_exceeded'],
    ['tool_calls', 'tool_calls tool_call tool-calls tool_use function_call pause_turn'],
    ['content_filter', 'content_filter content-filter SAFETY PROHIBITED_CONTENT guardrail_intervened RECITATION'],
    ['refusal', 'refusal'],
    ['error', 'error MALFORMED_FUNCTION_CALL'],
    ['cancelled', 'cancelled abort'],
    ['missing', 'other unknown OTHER __proto__ constructor'],
  ])('are %s for %s', (reason, spellings) => {
    for (const raw of spellings.split(' ')) expect(normaliseFinishReason(raw)).toBe(reason);
    expect(normaliseFinishReason('')).toBe('missing');
  });
});
