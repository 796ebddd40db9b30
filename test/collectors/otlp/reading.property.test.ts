import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConversation } from '../../../collectors/conversation.js';
import { normaliseGeneration } from '../../../collectors/generation.js';
import { parseJson } from '../../../collectors/json-content.js';
import type { Message } from '../../../collectors/messages.js';
import { decodeTraces } from '../../../collectors/otlp/decode.js';
import { WireDecoder } from '../../../collectors/otlp/wire/index.js';
import { readPlainMessages } from '../../../collectors/otlp/wire/plain-messages.js';
import { outcomesFromSpan } from '../../../collectors/outcomes-from-spans.js';
import { json, SETTINGS } from '../support/generations.js';
import {
  attributeField,
  fixed64Field,
  ID_FIELDS,
  lengthDelimited,
  request,
  TIME_FIELDS,
  textField,
  USER_IDS,
  varintField,
} from '../support/wire.js';

const FIXTURES = readdirSync('test/fixtures/otlp')
  .filter((name) => name.endsWith('.traces.pb'))
  .map((name) => readFileSync(`test/fixtures/otlp/${name}`));

/** Expects generations and outcomes of views to be those of objects; @returns how many generations there were. */
function expectSameReading(body: Buffer, decoder: WireDecoder): number {
  const oracle = decodeTraces(body, 'protobuf', 0n);
  const wire = decoder.decode(body, 0n);
  if (!oracle.ok || !wire.ok) throw new Error('the body is good');
  const alone = { logs: [], parent: null };
  const read = wire.items.map((span) => normaliseGeneration(span, alone, SETTINGS));
  expect(read).toEqual(oracle.items.map((span) => normaliseGeneration(span, alone, SETTINGS)));
  const outcomes = wire.items.map((span) => outcomesFromSpan(span, false, false));
  expect(outcomes).toEqual(oracle.items.map((span) => outcomesFromSpan(span, false, false)));
  return read.filter((generation) => generation !== null).length;
}

const said = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
const CONVERSATIONS = [
  json([said('user', 'Where is my order?')]),
  json([
    said('system', 'You help.'),
    said('user', 'Line\n"two" \u2028 ü 🎉'),
    said('assistant', ''),
    said('user', 'x'),
  ]),
  json([{ ...said('assistant', 'I cannot help with that.'), finish_reason: 'stop' }]),
  json([{ role: 'assistant', parts: [{ type: 'tool_call', name: 'f', arguments: { a: 1 } }] }]),
  json([{ role: 'user', content: 'plain' }]),
  '[{"role": "user", "parts": [{"content": "order of members", "type": "text"}]}]',
  '[{"role":"user","parts":[]}]',
  '[{"role":"user","parts":[{"type":"text","content":"a","content":"b"}]}]',
  '[{"role":"user","role":"system","parts":[{"type":"text","content":"a"}]}]',
  '[{"role":"user","parts":[{"type":"text","content":"\\ud83c alone"}]}]',
  '[{"role":"model","parts":[{"type":"text","content":"a"}]}]',
  '[{"role":"user","parts":[{"type":"text","content":"a"}],"name":"bob"}]',
  '[{"role":"user","parts":[{"type":"text","content":"tab\tinside"}]}]',
  '[{"role":"user","parts":[{"type":"text","content":"bad \\x escape"}]}]',
  '[]',
  'no JSON at all',
];
const TOOLS = json([{ type: 'function', name: 'f', parameters: { type: 'object', required: ['a'] } }]);
const SCHEMA = json({ type: 'object', required: ['category'] });

/** Few values for each name, so that they come again, beside others. */
const POOL: Readonly<Record<string, readonly string[]>> = {
  'gen_ai.operation.name': ['chat', 'chat', 'chat', 'embeddings'],
  'gen_ai.provider.name': ['openai', 'aws.bedrock'],
  'gen_ai.request.model': ['gpt-4o', 'claude'],
  'gen_ai.response.model': ['gpt-4o-2024-11-20', 'gpt-4o-2024-08-06'],
  'gen_ai.prompt.name': ['triage', 'refund'],
  'gen_ai.prompt.version': ['1', '2', ''],
  'gen_ai.system_instructions': [json([{ type: 'text', content: 'You help.' }]), 'You sell.'],
  'gen_ai.tool.definitions': [TOOLS, '[]', 'broken'],
  'gen_ai.input.messages': CONVERSATIONS,
  'gen_ai.output.messages': CONVERSATIONS,
  'gen_ai.output.type': ['json', 'text'],
  'leeway.output.schema': [SCHEMA],
  'leeway.task.outcome': ['success', 'failure'],
  'evaluations.0.evaluation.name': ['relevance'],
  'evaluations.0.evaluation.score': ['0.5'],
  'gen_ai.response.finish_reasons': ['stop', '["length"]'],
  'gen_ai.usage.input_tokens': ['12', '60000'],
  'user.id': ['alice', 'bob'],
  'feature_flag.key': ['prompt-flag'],
  'feature_flag.result.variant': ['canary', 'v7'],
  'error.type': ['timeout'],
  'openinference.span.kind': ['LLM', 'CHAIN'],
  'llm.model_name': ['gpt-4o'],
  'llm.input_messages.0.message.role': ['user'],
  'llm.input_messages.0.message.content': ['Hi'],
  'gen_ai.prompt.0.content': ['Hello'],
  'ai.operationId': ['ai.generateText.doGenerate', 'ai.generateText'],
  'ai.prompt': [json({ system: 'You help.', messages: [] })],
};

const pair = fc
  .constantFrom(...Object.keys(POOL))
  .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...(POOL[name] ?? []))));
const callSpan = fc
  .tuple(fc.uniqueArray(pair, { selector: ([name]) => name, maxLength: 14 }), fc.nat(5))
  .map(([pairs, dice]) =>
    Buffer.concat([
      ID_FIELDS,
      textField(5, dice === 0 ? 'chat gpt-4o' : 'call'),
      TIME_FIELDS,
      attributeField('gen_ai.operation.name', textField(1, 'chat')),
      ...pairs
        .filter(([name]) => name !== 'gen_ai.operation.name')
        .map(([name, value]) => attributeField(name, textField(1, value))),
      ...(dice === 1 ? [attributeField('gen_ai.usage.output_tokens', varintField(3, 7))] : []),
      ...(dice === 2
        ? [lengthDelimited(11, fixed64Field(1, 1_700_000_000_500_000_000n), textField(2, 'exception'))]
        : []),
      ...(dice === 3 ? [lengthDelimited(15, varintField(3, 2))] : []),
    ]),
  );

describe('calls read from views are those read from objects', () => {
  it('in what real clients sent, the first time and when everything is remembered', () => {
    const decoder = new WireDecoder(USER_IDS);
    for (let time = 0; time < 3; time++) {
      for (const body of FIXTURES) expect(expectSameReading(body, decoder)).toBeGreaterThan(0);
    }
  });

  it('in any attributes, however often they come again', () => {
    const decoder = new WireDecoder(USER_IDS);
    const services = ['bot', 'shop'].map((name) => attributeField('service.name', textField(1, name), 1));
    fc.assert(
      fc.property(fc.array(callSpan, { minLength: 1, maxLength: 4 }), fc.nat(1), (spans, service) => {
        expect(expectSameReading(request([...spans, ...spans], services[service]), decoder)).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });
});

describe('messages that are nothing but text', () => {
  const plainOf = (text: string): Message[] | null => {
    const body = Buffer.from(`<${text}>`);
    return (
      readPlainMessages(body, 1, body.length - 1)?.map(({ role, parts, finishReason }) => ({
        role,
        parts: parts.map((part) => (part.kind === 'text' ? { kind: part.kind, text: part.text } : part)),
        finishReason,
      })) ?? null
    );
  };

  it('are read without parsing in the form of the conventions', () => {
    expect(CONVERSATIONS.slice(0, 3).map(plainOf)).not.toContain(null);
    expect(plainOf('[{"role": "user", "parts": [{"type": "text", "content": "as Python spaces it"}]}]')).not.toBeNull();
  });

  it('are what parsing gives, or left to it', () => {
    const good = fc.constantFrom(...CONVERSATIONS);
    const changed = fc
      .tuple(good, fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'"\\[]{},: tua\t1é')), { maxLength: 3 }))
      .map(([text, changes]) =>
        changes.reduce((now, [at, character]) => {
          const index = at % (now.length + 1);
          return now.slice(0, index) + character + now.slice(index + (at % 2));
        }, text),
      );
    const anySaid = fc
      .array(fc.tuple(fc.constantFrom('user', 'assistant', 'system'), fc.string({ unit: 'binary' })), { minLength: 1 })
      .map((all) => json(all.map(([role, content]) => said(role, content))));
    fc.assert(
      fc.property(fc.oneof(changed, anySaid), (text) => {
        const plain = plainOf(text);
        if (plain !== null) expect(plain).toEqual(readConversation(parseJson(Buffer.from(text).toString()), 'input'));
      }),
      { numRuns: 1000 },
    );
  });
});
