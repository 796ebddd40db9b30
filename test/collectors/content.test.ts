import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRecord, Span } from '../../collectors/otlp/types.js';
import { generation, json } from './support/generations.js';
import { type AttributeObject, attributes, CHAT, event, log } from './support/spans.js';

describe('content', () => {
  const system = { role: 'system', content: 'Answer as a librarian.' };
  const user = { role: 'user', content: 'Which shelf?' };
  const answer = 'The third.';
  const promptDigest = generation({ ...CHAT, 'gen_ai.input.messages': json([system, user]) }).promptDigest;
  const details = {
    'gen_ai.input.messages': json([system, user]),
    'gen_ai.output.messages': json([{ role: 'assistant', content: answer }]),
  };

  it.each<[string, AttributeObject, Partial<Span>, LogRecord[]]>([
    [
      'attributes of parts',
      {
        'gen_ai.input.messages': json([
          { role: 'system', parts: [{ type: 'text', content: system.content }] },
          { role: 'user', parts: [] },
        ]),
        'gen_ai.output.messages': json([{ role: 'assistant', parts: [{ type: 'text', content: answer }] }]),
      },
      {},
      [],
    ],
    [
      'instructions apart',
      {
        'gen_ai.system_instructions': json([{ type: 'text', content: system.content }]),
        'gen_ai.input.messages': json([user]),
        'gen_ai.output.messages': json([{ role: 'assistant', content: answer }]),
      },
      {},
      [],
    ],
    ['a details event', {}, { events: [event('gen_ai.client.inference.operation.details', details)] }, []],
    [
      'a details log record',
      {},
      {},
      [log('gen_ai.client.inference.operation.details', null, { attributes: attributes(details) })],
    ],
    [
      'a log record a message',
      {},
      {},
      [
        log('gen_ai.system.message', new Map([['content', system.content]])),
        log('gen_ai.user.message', new Map([['content', user.content]])),
        log('', new Map<string, never>([['message', new Map([['content', answer]])]] as never), {
          attributes: attributes({ 'event.name': 'gen_ai.choice' }),
        }),
      ],
    ],
    [
      'a span event a message',
      {},
      {
        events: [
          event('gen_ai.system.message', { content: system.content }),
          event('gen_ai.choice', { message: json({ content: answer }) }),
          event('gen_ai.user.message', { content: user.content }),
        ],
      },
      [],
    ],
    [
      'one event for all',
      {},
      {
        events: [
          event('gen_ai.content.prompt', { 'gen_ai.prompt': json([system, user]) }),
          event('gen_ai.content.completion', { 'gen_ai.completion': json([{ role: 'assistant', content: answer }]) }),
        ],
      },
      [],
    ],
    [
      'OTLP values instead of JSON',
      {
        'gen_ai.input.messages': [
          new Map([
            ['role', 'system'],
            ['content', system.content],
          ]),
          new Map([
            ['role', 'user'],
            ['content', 'x'],
          ]),
        ],
        'gen_ai.output.messages': [
          new Map([
            ['role', 'assistant'],
            ['content', answer],
          ]),
        ],
      },
      {},
      [],
    ],
    [
      'Vercel messages',
      {
        'ai.prompt.messages': json([system, { role: 'user', content: [{ type: 'text', text: 'x' }] }]),
        'ai.response.text': answer,
      },
      {},
      [],
    ],
    [
      'Vercel prompt',
      { 'ai.prompt': json({ system: system.content, prompt: 'x' }), 'ai.response.text': answer },
      {},
      [],
    ],
    [
      'flattened messages',
      {
        'llm.input_messages.0.message.role': 'system',
        'llm.input_messages.0.message.contents.0.message_content.type': 'text',
        'llm.input_messages.0.message.contents.0.message_content.text': system.content,
        'llm.input_messages.1.message.role': 'user',
        'llm.input_messages.1.message.content': 'x',
        'llm.output_messages.0.message.role': 'assistant',
        'llm.output_messages.0.message.content': answer,
      },
      {},
      [],
    ],
    [
      'indexed messages',
      {
        'gen_ai.prompt.0.role': 'system',
        'gen_ai.prompt.0.content': system.content,
        'gen_ai.prompt.1.role': 'user',
        'gen_ai.prompt.1.content': json([{ type: 'text', text: 'x' }]),
        'gen_ai.completion.0.content': answer,
      },
      {},
      [],
    ],
    ['Langfuse', { 'langfuse.observation.input': json([system, user]), 'langfuse.observation.output': answer }, {}, []],
    [
      'an entity',
      { 'traceloop.entity.input': json({ messages: [system, user] }), 'traceloop.entity.output': answer },
      {},
      [],
    ],
    [
      'an OpenAI request and answer',
      {
        'input.value': json({ messages: [system, user] }),
        'output.value': json({ choices: [{ message: { role: 'assistant', content: answer } }] }),
      },
      {},
      [],
    ],
    [
      'a Responses request and answer',
      {
        'input.value': json({ instructions: system.content, input: 'x' }),
        'output.value': json({
          status: 'completed',
          output: [
            { type: 'reasoning', summary: [] },
            { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: answer }] },
          ],
        }),
      },
      {},
      [],
    ],
    [
      'an Anthropic request and answer',
      {
        'input.value': json({ system: [{ type: 'text', text: system.content }], messages: [user] }),
        'output.value': json({
          type: 'message',
          role: 'assistant',
          stop_reason: 'end_turn',
          content: [{ type: 'text', text: answer }],
        }),
      },
      {},
      [],
    ],
    [
      'a Gemini request and answer',
      {
        'input.value': json({
          systemInstruction: { parts: [{ text: system.content }] },
          contents: [{ role: 'user', parts: [{ text: 'x' }] }],
        }),
        'output.value': json({
          candidates: [{ content: { role: 'model', parts: [{ text: answer }] }, finishReason: 'STOP' }],
        }),
      },
      {},
      [],
    ],
  ])('is read out of %s', (_name, given, more, logs) => {
    const row = generation({ ...CHAT, ...given }, more, logs);
    expect(row.promptDigest).toBe(promptDigest);
    expect(row.versions.prompt).toEqual({ value: promptDigest.slice(0, 12), source: 'derived' });
    expect(row.versions.context.source).toBe('derived');
    expect(row.outputLength).toBe(answer.length);
  });

  it('that is absent leaves versions missing and lengths unknown, not empty', () => {
    const row = generation(CHAT);
    expect(row.versions).toMatchObject({
      prompt: { source: 'missing' },
      tools: { source: 'missing' },
      context: { source: 'missing' },
    });
    expect(row).toMatchObject({ outputLength: null, outputDigest: '', promptDigest: '', finishReason: 'missing' });
    expect(row.tokens).toEqual({ input: null, output: null, cached: null, reasoning: null });
    expect(row.stratum).toBe('unknown');
  });

  it('of an answer that is JSON is never taken for messages', () => {
    const answers = [
      { role: 'admin' },
      { message: 'hi' },
      { messages: [] },
      { input: 'x' },
      { content: 'x' },
      [{ type: 'bug' }],
      [],
    ];
    for (const value of answers) {
      const row = generation({ ...CHAT, 'langfuse.observation.output': json(value) });
      expect(row.outputLength, json(value)).toBe(json(value).length);
    }
  });

  it('tells a refusal inside it from a stop', () => {
    const refused = {
      choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: null, refusal: 'I cannot.' } }],
    };
    expect(generation({ ...CHAT, 'output.value': json(refused) })).toMatchObject({
      refusal: true,
      finishReason: 'refusal',
      finishReasonRaw: 'stop',
      outputLength: 0,
    });
    const anthropic = { ...CHAT, 'gen_ai.response.finish_reasons': ['refusal'] };
    expect(generation(anthropic)).toMatchObject({ refusal: true, finishReason: 'refusal' });
  });
});

describe('a prompt name or version', () => {
  it('is never an indexed message', () => {
    const row = generation({ ...CHAT, 'gen_ai.prompt.name': 'triage', 'gen_ai.prompt.version': '2' });
    expect(row).toMatchObject({ promptDigest: '', contextDigest: '', target: { operation: 'triage' } });
    expect(row.versions.context.source).toBe('missing');
  });

  it('of any spelling stays the text it is', () => {
    for (const version of ['1.2.3', '2024-01-15', '3f2a9c1', 'v3', '99999', '007']) {
      expect(generation({ ...CHAT, 'gen_ai.prompt.version': version }).versions.prompt.value).toBe(version);
    }
  });
});

describe('hostile attributes', () => {
  it('with an enormous or senseless index are harmless', () => {
    const row = generation({
      ...CHAT,
      'gen_ai.prompt.9999999.role': 'system',
      'gen_ai.prompt.4294967295.content': 'x',
      'gen_ai.prompt.00.content': 'x',
      'gen_ai.prompt.-1.content': 'x',
      'gen_ai.prompt.1e3.content': 'x',
      'llm.input_messages.9999999999999999999.message.role': 'system',
    });
    expect(row.promptDigest).toBe('');
  });

  it('never make it throw or change a prototype', () => {
    const keys = fc.constantFrom(
      ...[
        'gen_ai.input.messages',
        'gen_ai.output.messages',
        'gen_ai.tool.definitions',
        'gen_ai.system_instructions',
        'ai.prompt',
        'ai.prompt.tools',
      ],
      ...[
        'ai.response.toolCalls',
        'llm.invocation_parameters',
        'input.value',
        'output.value',
        'llm.tools.0.tool.json_schema',
        'gen_ai.prompt.0.role',
      ],
      ...[
        'gen_ai.prompt.0.tool_calls.0.name',
        '__proto__',
        'gen_ai.prompt.__proto__.x',
        'langfuse.observation.usage_details',
        'leeway.output.schema',
      ],
      ...[
        'gen_ai.response.finish_reasons',
        'gen_ai.usage.input_tokens',
        'leeway.task.outcome',
        'gen_ai.response.time_to_first_chunk',
      ],
    );
    const structure = fc.object({
      key: fc.constantFrom(
        'role',
        'content',
        'parts',
        'type',
        'text',
        'tool_calls',
        'function',
        'choices',
        'message',
        '__proto__',
        'toJSON',
        'length',
      ),
    });
    const value = fc.oneof(
      fc.string(),
      fc.double(),
      fc.bigInt(),
      fc.boolean(),
      structure.map(json),
      fc.array(structure).map(json),
      fc.array(fc.string()),
      structure.map((o) => new Map(Object.entries(o).map(([k, v]) => [k, String(v)]))),
    );
    fc.assert(
      fc.property(fc.dictionary(keys, value, { maxKeys: 8 }), (given) => {
        const row = generation({ ...given, 'gen_ai.operation.name': 'chat' });
        expect(row.traceId).not.toBe('');
        expect(Reflect.get({}, 'polluted')).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });
});
