import type { Protocol } from './client-program.js';
import type { GenerationFacts } from './generation-facts.js';

type Facts = Partial<GenerationFacts>;

/** All programs give the same instructions; whoever tells them, their version is one. */
const PROMPT = '97977f0377cd derived';
const CONTEXT = '62b92be1553a derived';
const WITHOUT_INSTRUCTIONS = '4f53cda18c2b derived';
const TOOLS = 'c79a18e21bbe derived';

/** A plain answer of which the client tells the usual things. */
export const ANSWERED: GenerationFacts = {
  convention: '',
  responseId: '',
  service: 'support-bot production 1.4.2 support-bot-7c9 eu-north-1',
  operation: 'chat',
  provider: 'openai',
  requestedModel: 'gpt-4o',
  servedModel: 'gpt-4o-2024-11-20',
  systemFingerprint: '',
  model: 'gpt-4o-2024-11-20 derived',
  prompt: PROMPT,
  tools: 'missing',
  context: CONTEXT,
  tokens: [112, 17, 64, 5],
  stratum: '0-4k',
  hasTimeToFirstToken: false,
  finishReason: 'stop',
  finishReasonRaw: 'stop',
  errorType: '',
  outputType: '',
  outputLength: 'It costs ten euros.'.length,
  compliance: 'not_applicable',
  hasSchema: false,
  toolCallVerdict: 'not_applicable',
  toolFields: [],
  refusal: false,
  refusalSignal: '',
  guardrail: '',
  unexpectedScript: '',
  costUsd: null,
  sessionId: '',
  hasUser: false,
  rollout: '',
};

const CALLED: Facts = {
  finishReason: 'tool_calls',
  finishReasonRaw: 'tool_calls',
  outputLength: 0,
  toolCallVerdict: 'ok',
  toolFields: ['get_weather', 'get_weather.city'],
  tools: TOOLS,
};
const NOT_CHECKABLE: Facts = { toolCallVerdict: 'not_checkable', tools: 'missing' };
const JSON_TEXT: Facts = { outputLength: '{"category":"billing","priority":2}'.length };
const JSON_CHECKED: Facts = { ...JSON_TEXT, outputType: 'json', compliance: 'ok', hasSchema: true };
const REFUSED: Facts = { finishReason: 'refusal', refusal: true, refusalSignal: 'provider', outputLength: 0 };
const CUT: Facts = { finishReason: 'length', finishReasonRaw: 'length', outputLength: 'It costs ten'.length };
const FILTERED: Facts = { finishReason: 'content_filter', finishReasonRaw: 'content_filter' };
const FAILED: Facts = {
  responseId: '',
  servedModel: '',
  systemFingerprint: '',
  model: 'gpt-4o derived',
  outputLength: null,
  finishReason: 'error',
  finishReasonRaw: '',
  tokens: [null, null, null, null],
  stratum: 'unknown',
};
const NO_TOKENS: Facts = { tokens: [null, null, null, null], stratum: 'unknown' };

type Generations = readonly (readonly [asked: string, facts: Facts])[];

/** One program, and what its telemetry comes to. */
export interface Client {
  readonly name: string;
  readonly protocol: Protocol;
  /** Spans that are no generations: embeddings, outer spans, chains, tools. */
  readonly otherSpans: number;
  /** What all its generations have in common. */
  readonly common: Facts;
  /** Its generations in their order, by what was asked. */
  readonly generations: Generations;
}

const REFUSAL_LENGTH = 'I am sorry, but I cannot help with that.'.length;
const CLAUDE: Facts = {
  provider: 'anthropic',
  requestedModel: 'claude-sonnet-4-5',
  servedModel: 'claude-sonnet-4-5-20250929',
  model: 'claude-sonnet-4-5-20250929 derived',
  tokens: [112, 17, 64, null],
  finishReasonRaw: 'end_turn',
};
const GEMINI: Facts = {
  provider: 'google',
  requestedModel: 'gemini-2.5-flash',
  servedModel: 'gemini-2.5-flash',
  model: 'gemini-2.5-flash derived',
};

const OPENINFERENCE_RESPONSE: Facts = { systemFingerprint: '', operation: 'OpenAI Responses' };
const OPENINFERENCE_RESPONSES: Generations = [
  ['responses: chat', { ...OPENINFERENCE_RESPONSE, finishReasonRaw: 'completed', responseId: 'resp_chat' }],
  ['responses: tool', { ...OPENINFERENCE_RESPONSE, ...CALLED, tools: '2a814a9e2880 derived', responseId: 'resp_tool' }],
  [
    'responses: json',
    { ...OPENINFERENCE_RESPONSE, ...JSON_CHECKED, finishReasonRaw: 'completed', responseId: 'resp_json' },
  ],
  [
    'responses: refusal',
    { ...OPENINFERENCE_RESPONSE, ...REFUSED, finishReasonRaw: 'completed', responseId: 'resp_refusal' },
  ],
  [
    'responses: length',
    { ...OPENINFERENCE_RESPONSE, ...CUT, finishReasonRaw: 'max_output_tokens', responseId: 'resp_length' },
  ],
];

const TAGGED_TOOLS: Facts = { tools: 't2 tagged' };
const VERCEL_AI: Generations = [
  ['chat', { responseId: 'chatcmpl-chat' }],
  ['tool', { ...CALLED, ...TAGGED_TOOLS, finishReasonRaw: 'tool-calls', responseId: 'chatcmpl-tool' }],
  ['generateObject', { ...JSON_CHECKED, tokens: [112, 17, null, null], responseId: 'chatcmpl-json' }],
  // Of Output.object() the spans say nothing.
  ['Output.object', { ...JSON_TEXT, responseId: 'chatcmpl-json' }],
  ['length', { ...CUT, responseId: 'chatcmpl-length' }],
  ['filter', { ...FILTERED, finishReasonRaw: 'content-filter', responseId: 'chatcmpl-filter' }],
  ['error', { ...FAILED, errorType: 'AI_APICallError' }],
  ['stream', { hasTimeToFirstToken: true, responseId: 'chatcmpl-stream' }],
  ['responses', { responseId: 'resp_chat' }],
  ['claude: chat', { ...CLAUDE, finishReasonRaw: 'stop', responseId: 'msg_chat' }],
  ['claude: tool', { ...CLAUDE, ...CALLED, ...TAGGED_TOOLS, finishReasonRaw: 'tool-calls', responseId: 'msg_tool' }],
  [
    // The SDK takes a refusal for a content filter.
    'claude: refusal',
    {
      ...CLAUDE,
      ...FILTERED,
      finishReasonRaw: 'content-filter',
      responseId: 'msg_refusal',
      refusalSignal: 'phrase',
      outputLength: REFUSAL_LENGTH,
    },
  ],
  ['gemini: chat', { ...GEMINI, responseId: 'gemini-chat' }],
  ['gemini: tool', { ...GEMINI, ...CALLED, ...TAGGED_TOOLS, finishReasonRaw: 'tool-calls', responseId: 'gemini-tool' }],
  [
    'gemini: filter',
    {
      ...GEMINI,
      ...FILTERED,
      finishReasonRaw: 'content-filter',
      responseId: 'gemini-filter',
      outputLength: null,
    },
  ],
];

export const CLIENTS: readonly Client[] = [
  {
    // Messages in log records; neither tools nor the refusal are told.
    name: 'otel-openai',
    protocol: 'grpc',
    otherSpans: 1,
    common: { convention: 'otel-genai', tokens: [112, 17, null, null] },
    generations: [
      ['chat', { responseId: 'chatcmpl-chat' }],
      ['tool', { ...CALLED, ...NOT_CHECKABLE, responseId: 'chatcmpl-tool' }],
      ['json', { ...JSON_TEXT, responseId: 'chatcmpl-json' }],
      ['refusal', { outputLength: 0, responseId: 'chatcmpl-refusal' }],
      ['length', { ...CUT, responseId: 'chatcmpl-length' }],
      ['filter', { ...FILTERED, responseId: 'chatcmpl-filter' }],
      ['error', { ...FAILED, errorType: 'BadRequestError' }],
      ['stream', { responseId: 'chatcmpl-stream' }],
    ],
  },
  {
    // A call that fails has no span.
    name: 'openinference-openai',
    protocol: 'http/protobuf',
    otherSpans: 1,
    common: { convention: 'openinference', operation: 'OpenAI Chat Completions', systemFingerprint: 'fp_a1b2c3' },
    generations: [
      ['chat', { responseId: 'chatcmpl-chat' }],
      ['tool', { ...CALLED, responseId: 'chatcmpl-tool' }],
      ['json', { ...JSON_CHECKED, responseId: 'chatcmpl-json' }],
      ['refusal', { ...REFUSED, responseId: 'chatcmpl-refusal' }],
      ['length', { ...CUT, responseId: 'chatcmpl-length' }],
      ['filter', { ...FILTERED, responseId: 'chatcmpl-filter' }],
      ['stream', { ...NO_TOKENS, systemFingerprint: '', servedModel: 'gpt-4o', model: 'gpt-4o derived' }],
      ...OPENINFERENCE_RESPONSES,
    ],
  },
  {
    // A call that fails has no span; of a stream no tokens are told.
    name: 'openllmetry-openai',
    protocol: 'http/json',
    otherSpans: 0,
    common: { convention: 'otel-genai', tokens: [112, 17, null, null] },
    generations: [
      ['chat', { responseId: 'chatcmpl-chat' }],
      ['tool', { ...CALLED, finishReasonRaw: 'tool_call', responseId: 'chatcmpl-tool' }],
      ['json', { ...JSON_TEXT, responseId: 'chatcmpl-json' }],
      ['refusal', { ...REFUSED, responseId: 'chatcmpl-refusal' }],
      ['length', { ...CUT, responseId: 'chatcmpl-length' }],
      ['filter', { ...FILTERED, responseId: 'chatcmpl-filter' }],
      ['stream', { ...NO_TOKENS, responseId: 'chatcmpl-stream' }],
    ],
  },
  {
    // The SDK traces itself, without its tools.
    name: 'anthropic',
    protocol: 'grpc',
    otherSpans: 0,
    common: { ...CLAUDE, convention: 'otel-genai', operation: 'anthropic.messages.create' },
    generations: [
      ['chat', { responseId: 'msg_chat' }],
      ['tool', { ...CALLED, ...NOT_CHECKABLE, finishReasonRaw: 'tool_use', responseId: 'msg_tool' }],
      ['refusal', { ...REFUSED, finishReasonRaw: 'refusal', outputLength: REFUSAL_LENGTH, responseId: 'msg_refusal' }],
      ['length', { ...CUT, finishReasonRaw: 'max_tokens', responseId: 'msg_length' }],
      ['stream', { hasTimeToFirstToken: true, outputLength: null, responseId: 'msg_stream' }],
    ],
  },
  {
    name: 'openinference-anthropic',
    protocol: 'http/json',
    otherSpans: 0,
    common: { ...CLAUDE, convention: 'openinference', operation: 'Anthropic Messages' },
    generations: [
      ['chat', { responseId: 'msg_chat' }],
      ['tool', { ...CALLED, finishReasonRaw: 'tool_use', responseId: 'msg_tool' }],
      ['refusal', { ...REFUSED, finishReasonRaw: 'refusal', outputLength: REFUSAL_LENGTH, responseId: 'msg_refusal' }],
      ['length', { ...CUT, finishReasonRaw: 'max_tokens', responseId: 'msg_length' }],
    ],
  },
  {
    name: 'langchain',
    protocol: 'grpc',
    otherSpans: 16,
    common: { convention: 'openinference', operation: 'ChatOpenAI', systemFingerprint: 'fp_a1b2c3' },
    generations: [
      ['chat', { responseId: 'chatcmpl-chat' }],
      ['tool', { ...CALLED, tools: '7ec843665ba4 derived', responseId: 'chatcmpl-tool' }],
      ['json', { ...JSON_CHECKED, responseId: 'chatcmpl-json' }],
      ['length', { ...CUT, responseId: 'chatcmpl-length' }],
      ['stream', { responseId: 'chatcmpl-stream' }],
      ['error', { ...FAILED, servedModel: 'gpt-4o', errorType: 'error' }],
    ],
  },
  {
    name: 'vercel-ai',
    protocol: 'http/protobuf',
    otherSpans: 17,
    common: {
      convention: 'vercel-ai',
      operation: 'triage',
      sessionId: 'session-1',
      hasUser: true,
      prompt: 'v3 tagged',
      tools: 't2 tagged',
    },
    generations: VERCEL_AI,
  },
  {
    // The wrapper has one place for the model, takes the answer without its finish reason, and leaves instructions out.
    name: 'langfuse',
    protocol: 'http/protobuf',
    otherSpans: 2,
    common: {
      convention: 'langfuse',
      operation: 'triage',
      sessionId: 'session-1',
      hasUser: true,
      prompt: '3 tagged',
      provider: '',
      requestedModel: 'gpt-4o-2024-11-20',
      servedModel: '',
      finishReason: 'missing',
      finishReasonRaw: '',
    },
    generations: [
      ['chat', {}],
      ['tool', { ...CALLED, finishReason: 'missing', finishReasonRaw: '' }],
      ['json', JSON_TEXT],
      ['refusal', REFUSED],
      ['length', { outputLength: 'It costs ten'.length }],
      ['filter', {}],
      ['error', { ...FAILED, requestedModel: 'gpt-4o', errorType: 'error', costUsd: 0 }],
      ['stream', { requestedModel: 'gpt-4o', model: 'gpt-4o derived', hasTimeToFirstToken: true }],
      ['responses: chat', { context: WITHOUT_INSTRUCTIONS }],
      [
        'responses: tool',
        { ...CALLED, ...NOT_CHECKABLE, finishReason: 'missing', finishReasonRaw: '', context: WITHOUT_INSTRUCTIONS },
      ],
      ['responses: json', { ...JSON_TEXT, context: WITHOUT_INSTRUCTIONS }],
      ['responses: refusal', { ...REFUSED, context: WITHOUT_INSTRUCTIONS }],
      ['responses: length', { outputLength: 'It costs ten'.length, context: WITHOUT_INSTRUCTIONS }],
      [
        'by hand',
        {
          requestedModel: 'gpt-4o',
          model: 'gpt-4o derived',
          context: WITHOUT_INSTRUCTIONS,
          tokens: [112, 17, null, null],
          outputLength: 5,
          costUsd: 0.0021,
        },
      ],
    ],
  },
  // Sessions and calls of tools are no generations: they are the rest of the trace.
  { name: 'mcp', protocol: 'http/json', otherSpans: 4, common: {}, generations: [] },
];
