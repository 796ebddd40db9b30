import { describe, expect, it } from 'vitest';
import { generation, json, read } from './support/generations.js';
import { type AttributeObject, attributes, CHAT, event } from './support/spans.js';

describe('a span is a generation', () => {
  it.each<[string, AttributeObject]>([
    ['otel-genai', { 'gen_ai.operation.name': 'chat' }],
    ['otel-genai', { 'gen_ai.operation.name': 'text_completion' }],
    ['otel-genai', { 'gen_ai.operation.name': 'generate_content' }],
    ['otel-genai', { 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 1n }],
    ['openinference', { 'openinference.span.kind': 'LLM' }],
    ['vercel-ai', { 'ai.operationId': 'ai.generateText.doGenerate' }],
    ['vercel-ai', { 'ai.operationId': 'ai.streamObject.doStream', 'gen_ai.request.model': 'm' }],
    ['langfuse', { 'langfuse.observation.type': 'generation' }],
    ['openllmetry', { 'llm.request.type': 'chat' }],
  ])('by %s', (convention, given) => {
    expect(generation(given).convention).toBe(convention);
  });

  it.each<AttributeObject>([
    { 'gen_ai.operation.name': 'embeddings', 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 1n },
    { 'gen_ai.operation.name': 'execute_tool' },
    { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 1n },
    { 'gen_ai.operation.name': 'create_agent' },
    { 'openinference.span.kind': 'CHAIN', 'llm.model_name': 'm' },
    { 'ai.operationId': 'ai.generateText', 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 1n },
    { 'ai.operationId': 'ai.toolCall' },
    { 'langfuse.observation.type': 'span' },
    { 'llm.request.type': 'embedding' },
    { 'llm.request.type': 'rerank' },
    { 'ai.operationId': 'ai.embed.doEmbed', 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 1n },
    { 'ai.operationId': 'ai.streamObject', 'gen_ai.request.model': 'm', 'gen_ai.usage.output_tokens': 1n },
    ...['EMBEDDING', 'TOOL', 'AGENT', 'RETRIEVER', 'RERANKER', 'GUARDRAIL', 'EVALUATOR'].map((kind) => ({
      'openinference.span.kind': kind,
      'gen_ai.request.model': 'm',
      'gen_ai.usage.input_tokens': 1n,
    })),
    ...['embedding', 'tool', 'agent', 'retriever', 'guardrail', 'evaluator', 'chain', 'event'].map((type) => ({
      'langfuse.observation.type': type,
    })),
    { 'mcp.method.name': 'tools/call', 'mcp.protocol.version': '2025-06-18', 'gen_ai.operation.name': 'execute_tool' },
    { 'mcp.method.name': 'initialize', 'mcp.protocol.version': '2025-06-18' },
    { 'http.request.method': 'POST' },
    {},
  ])('unless its attributes say otherwise (%#)', (given) => {
    expect(read(given)).toBeNull();
  });
});

describe('every field that a convention tells', () => {
  it('OpenTelemetry GenAI', () => {
    const row = generation(
      {
        ...CHAT,
        'gen_ai.provider.name': 'acme',
        'gen_ai.response.id': 'r-1',
        'openai.response.system_fingerprint': 'fp',
        'gen_ai.prompt.name': 'triage',
        'gen_ai.prompt.version': '1.2.3',
        'gen_ai.conversation.id': 'conv',
        'user.id': 'someone',
        'gen_ai.response.finish_reasons': ['stop', 'length'],
        'gen_ai.usage.input_tokens': 4_100n,
        'gen_ai.usage.output_tokens': 20n,
        'gen_ai.usage.cache_read.input_tokens': 7n,
        'gen_ai.usage.reasoning.output_tokens': 3n,
        'gen_ai.response.time_to_first_chunk': 0.25,
        'gen_ai.output.type': 'text',
        'gen_ai.output.messages': json([
          { role: 'assistant', parts: [{ type: 'text', content: 'hello' }], finish_reason: 'stop' },
        ]),
      },
      {
        resource: attributes({
          'service.name': 'bot',
          'service.version': '7',
          'deployment.environment': 'test',
          'host.name': 'h',
        }),
      },
    );
    expect(row).toMatchObject({
      provider: 'acme',
      requestedModel: 'small-model',
      servedModel: 'small-model-2026-10-01',
      responseId: 'r-1',
      systemFingerprint: 'fp',
      target: { service: 'bot', environment: 'test', operation: 'triage' },
      sessionId: 'conv',
      finishReason: 'stop',
      finishReasonRaw: 'stop',
      tokens: { input: 4_100, output: 20, cached: 7, reasoning: 3 },
      stratum: '4-16k',
      timeToFirstTokenNs: 250_000_000n,
      outputType: 'text',
      outputLength: 5,
      pod: 'h',
      serviceVersion: '7',
    });
    expect(row.versions.prompt).toEqual({ value: '1.2.3', source: 'tagged' });
    expect(row.userHash).toMatch(/^[0-9a-f]{64}$/);
    expect(row.userHash).not.toBe(generation({ ...CHAT, 'user.id': 'someone else' }).userHash);
  });

  it('OpenInference', () => {
    const row = generation({
      'openinference.span.kind': 'LLM',
      'llm.system': 'acme',
      'llm.model_name': 'small-model-2026-10-01',
      'llm.invocation_parameters': json({
        model: 'small-model',
        response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
      }),
      'llm.prompt_template.version': 'v9',
      'agent.name': 'planner',
      'session.id': 's-1',
      'llm.token_count.prompt': 10n,
      'llm.token_count.completion': 5n,
      'llm.token_count.prompt_details.cache_read': 1n,
      'llm.token_count.completion_details.reasoning': 0n,
      'output.value': json({
        id: 'r-2',
        system_fingerprint: 'fp2',
        choices: [{ finish_reason: 'stop', message: { content: '{}' } }],
      }),
    });
    expect(row).toMatchObject({
      provider: 'acme',
      requestedModel: 'small-model',
      servedModel: 'small-model-2026-10-01',
      responseId: 'r-2',
      systemFingerprint: 'fp2',
      target: { operation: 'planner' },
      sessionId: 's-1',
      finishReason: 'stop',
      tokens: { input: 10, output: 5, cached: 1, reasoning: 0 },
      outputType: 'json',
      compliance: 'ok',
    });
    expect(row.versions.prompt.value).toBe('v9');
  });

  it('Vercel AI', () => {
    const row = generation({
      'ai.operationId': 'ai.streamText.doStream',
      'ai.model.provider': 'acme.responses',
      'ai.model.id': 'small-model',
      'ai.response.model': 'small-model-2026-10-01',
      'ai.response.id': 'r-3',
      'ai.telemetry.functionId': 'summarise',
      'ai.telemetry.metadata.sessionId': 's-2',
      'ai.telemetry.metadata.langfusePrompt': json({ name: 'summarise', version: 4 }),
      'ai.response.finishReason': 'tool-calls',
      'ai.response.toolCalls': json([{ toolCallId: 'c', toolName: 'look', input: '{}' }]),
      'ai.response.msToFirstChunk': 12.5,
      'ai.usage.inputTokens': 3n,
      'ai.usage.outputTokens': 2n,
      'ai.usage.cachedInputTokens': 1n,
      'ai.usage.reasoningTokens': null,
    });
    expect(row).toMatchObject({
      provider: 'acme',
      requestedModel: 'small-model',
      servedModel: 'small-model-2026-10-01',
      responseId: 'r-3',
      target: { operation: 'summarise' },
      sessionId: 's-2',
      finishReason: 'tool_calls',
      finishReasonRaw: 'tool-calls',
      timeToFirstTokenNs: 12_500_000n,
      tokens: { input: 3, output: 2, cached: 1, reasoning: null },
      outputLength: 0,
    });
    expect(row.versions.prompt).toEqual({ value: '4', source: 'tagged' });
  });

  it('OpenLLMetry, older form', () => {
    const row = generation({
      'llm.request.type': 'chat',
      'gen_ai.system': 'acme',
      'gen_ai.request.model': 'small-model',
      'traceloop.workflow.name': 'flow',
      'traceloop.association.properties.session_id': 's-3',
      'traceloop.prompt.version': 12n,
      'gen_ai.usage.prompt_tokens': 6n,
      'gen_ai.usage.completion_tokens': 4n,
      'gen_ai.prompt.0.role': 'system',
      'gen_ai.prompt.0.content': 'Be brief.',
      'gen_ai.prompt.1.role': 'user',
      'gen_ai.prompt.1.content': 'Hi',
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.content': 'Hello',
      'gen_ai.completion.0.finish_reason': 'stop',
    });
    expect(row).toMatchObject({
      target: { operation: 'flow' },
      sessionId: 's-3',
      tokens: { input: 6, output: 4 },
      finishReason: 'stop',
      outputLength: 5,
    });
    expect(row.versions.prompt).toEqual({ value: '12', source: 'tagged' });
    expect(row.promptDigest).not.toBe('');
  });

  it('Langfuse', () => {
    const row = generation(
      {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.model.name': 'small-model',
        'langfuse.observation.prompt.name': 'triage',
        'langfuse.observation.prompt.version': 3n,
        'langfuse.observation.input': json([
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hi' },
        ]),
        'langfuse.observation.output': json({ category: 'billing' }),
        'langfuse.observation.usage_details': json({ input: 9, output: 8, input_cached_tokens: 2 }),
        'langfuse.observation.completion_start_time': '"2023-11-14T22:13:20.500Z"',
        'langfuse.observation.level': 'ERROR',
        'langfuse.session.id': 's-4',
        'langfuse.environment': 'staging',
      },
      { resource: attributes({ 'service.name': 'bot' }) },
    );
    expect(row).toMatchObject({
      requestedModel: 'small-model',
      servedModel: '',
      target: { operation: 'triage', environment: 'staging' },
      tokens: { input: 11, output: 8, cached: 2, reasoning: null },
      timeToFirstTokenNs: 500_000_000n,
      errorType: 'error',
      finishReason: 'error',
      sessionId: 's-4',
      outputLength: 22,
    });
    expect(row.versions.prompt).toEqual({ value: '3', source: 'tagged' });
    expect(row.versions.model).toEqual({ value: 'small-model', source: 'derived' });
  });
});

describe('the order of sources holds across conventions', () => {
  const names = {
    'leeway.operation': 'first',
    'gen_ai.prompt.name': 'second',
    'langfuse.observation.prompt.name': 'third',
    'ai.telemetry.functionId': 'fourth',
    'gen_ai.agent.name': 'fifth',
    'agent.name': 'sixth',
    'traceloop.entity.name': 'seventh',
    'traceloop.workflow.name': 'eighth',
    'gen_ai.workflow.name': 'ninth',
  };
  const versions = {
    'leeway.prompt.version': '1',
    'gen_ai.prompt.version': '2',
    'langfuse.observation.prompt.version': '3',
    'llm.prompt_template.version': '4',
    'prompt.id': '5',
    'traceloop.prompt.version': '6',
    'ai.telemetry.metadata.leeway.prompt.version': '7',
    'ai.telemetry.metadata.promptVersion': '8',
  };

  it('for the operation', () => {
    const entries = Object.entries(names);
    for (const [index, [, value]] of entries.entries()) {
      expect(generation({ ...CHAT, ...Object.fromEntries(entries.slice(index)) }).target.operation).toBe(value);
    }
    expect(generation(CHAT).target.operation).toBe('chat');
    expect(generation(CHAT, { name: 'small-model' }).target.operation).toBe('small-model');
  });

  it('for the prompt version, the resource last', () => {
    const entries = Object.entries(versions);
    const resource = attributes({ 'service.name': 'bot', 'leeway.prompt.version': '9' });
    for (const [index, [, value]] of entries.entries()) {
      const row = generation({ ...CHAT, ...Object.fromEntries(entries.slice(index)) }, { resource });
      expect(row.versions.prompt).toEqual({ value, source: 'tagged' });
    }
    expect(generation(CHAT, { resource }).versions.prompt).toEqual({ value: '9', source: 'tagged' });
  });

  it('for a feature flag: the variant is the prompt version only when it is the prompt flag', () => {
    const flagged = (key: string) =>
      generation(CHAT, {
        events: [
          event('feature_flag.evaluation', { 'feature_flag.key': key, 'feature_flag.result.variant': 'canary' }),
        ],
      });
    expect(flagged('prompt-flag').versions.prompt).toEqual({ value: 'canary', source: 'tagged' });
    expect(flagged('other-flag').versions.prompt.source).toBe('missing');
    expect(flagged('other-flag').arm).toBe('candidate');
  });
});

describe('what a call cost', () => {
  it.each<[string, AttributeObject]>([
    ['gen_ai.usage.cost', { 'gen_ai.usage.cost': 0.25 }],
    ['llm.cost.total', { 'llm.cost.total': 0.25 }],
    [
      "Langfuse's cost_details",
      { 'langfuse.observation.cost_details': json({ input: 0.2, output: 0.05, total: 0.25 }) },
    ],
  ])('is told by %s', (_name, given) => {
    expect(generation({ ...CHAT, ...given }).cost).toEqual({ usd: 0.25, source: 'reported' });
  });

  it('is unknown when nobody tells, or what they tell is no amount', () => {
    expect(generation(CHAT).cost).toBeNull();
    expect(generation({ ...CHAT, 'gen_ai.usage.cost': -1 }).cost).toBeNull();
    expect(generation({ ...CHAT, 'gen_ai.usage.cost': Number.NaN }).cost).toBeNull();
  });
});

describe('a guardrail around a call', () => {
  it.each<[string, AttributeObject]>([
    ['', {}],
    ['passed', { 'gen_ai.guardrail.name': 'pii', 'gen_ai.guardrail.status': 'PASSED' }],
    ['intervened', { 'gen_ai.guardrail.name': 'pii', 'gen_ai.guardrail.status': 'failed' }],
    ['passed', { 'aws.bedrock.guardrail.id': 'g-1' }],
    ['intervened', { 'aws.bedrock.guardrail.id': 'g-1', 'gen_ai.response.finish_reasons': ['guardrail_intervened'] }],
  ])('did this: %j', (status, given) => {
    expect(generation({ ...CHAT, ...given }).guardrail).toBe(status);
  });
});

it('the region is that of the resource, else of the span', () => {
  const resource = attributes({ 'service.name': 'bot', 'cloud.region': 'eu-north-1' });
  expect(generation({ ...CHAT, 'cloud.region': 'us-east-1' }, { resource }).region).toBe('eu-north-1');
  expect(generation({ ...CHAT, 'cloud.region': 'us-east-1' }).region).toBe('us-east-1');
});

describe('the provider', () => {
  it.each([
    ['openai.chat', 'openai'],
    ['anthropic.messages', 'anthropic'],
    ['aws.bedrock', 'aws.bedrock'],
    ['gcp.vertex_ai', 'gcp.vertex_ai'],
    ['mistral_ai', 'mistral_ai'],
  ])('%s is %s', (system, provider) => {
    expect(generation({ ...CHAT, 'gen_ai.system': system }).provider).toBe(provider);
  });
});
