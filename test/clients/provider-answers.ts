/** What a provider answers: one JSON, or the events of a stream. */
export interface Answer {
  readonly status?: number;
  readonly json?: object;
  readonly events?: readonly { readonly name?: string; readonly data: object | string }[];
}

/** The situation that a request asks for, in the words of its prompt: `situation: tool`. */
export function caseOf(body: string): string {
  return /situation: (\w+)/.exec(body)?.[1] ?? 'chat';
}

const TEXTS: Readonly<Record<string, string>> = {
  json: '{"category":"billing","priority":2}',
  length: 'It costs ten',
  refusal: 'I am sorry, but I cannot help with that.',
};
const textOf = (situation: string) => TEXTS[situation] ?? 'It costs ten euros.';
const ARGUMENTS = '{"city":"Oslo"}';
const CREATED = 1_790_000_000;

const CHAT_FINISH: Readonly<Record<string, string>> = {
  tool: 'tool_calls',
  length: 'length',
  filter: 'content_filter',
};
const CHAT_USAGE = {
  prompt_tokens: 112,
  completion_tokens: 17,
  total_tokens: 129,
  prompt_tokens_details: { cached_tokens: 64 },
  completion_tokens_details: { reasoning_tokens: 5 },
};

export function openAiChat(situation: string, streams: boolean): Answer {
  if (situation === 'error') {
    return { status: 400, json: { error: { message: 'no such model', type: 'invalid_request_error', code: null } } };
  }
  const base = {
    id: `chatcmpl-${situation}`,
    created: CREATED,
    model: 'gpt-4o-2024-11-20',
    system_fingerprint: 'fp_a1b2c3',
  };
  const finish_reason = CHAT_FINISH[situation] ?? 'stop';
  const call = { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: ARGUMENTS } };
  const message = {
    role: 'assistant',
    content: situation === 'tool' || situation === 'refusal' ? null : textOf(situation),
    refusal: situation === 'refusal' ? textOf('refusal') : null,
    ...(situation === 'tool' ? { tool_calls: [call] } : {}),
  };
  const choice = { index: 0, message, finish_reason, logprobs: null };
  if (!streams) return { json: { ...base, object: 'chat.completion', choices: [choice], usage: CHAT_USAGE } };
  const chunk = (delta: object, finish: string | null) => ({
    data: {
      ...base,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finish }],
      usage: null,
    },
  });
  const usage = { data: { ...base, object: 'chat.completion.chunk', choices: [], usage: CHAT_USAGE } };
  const words = textOf(situation).split(/(?<= )/);
  return {
    events: [
      chunk({ role: 'assistant', content: '' }, null),
      ...words.map((content) => chunk({ content }, null)),
      chunk({}, finish_reason),
      usage,
      { data: '[DONE]' },
    ],
  };
}

export function openAiResponse(situation: string): Answer {
  const content = situation === 'refusal' ? { type: 'refusal', refusal: textOf(situation) } : outputText(situation);
  const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [content] };
  const call = { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: ARGUMENTS };
  const isCut = situation === 'length';
  return {
    json: {
      id: `resp_${situation}`,
      object: 'response',
      created_at: CREATED,
      model: 'gpt-4o-2024-11-20',
      status: isCut ? 'incomplete' : 'completed',
      incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
      error: null,
      output: [situation === 'tool' ? { ...call, status: 'completed' } : message],
      usage: {
        input_tokens: 112,
        input_tokens_details: { cached_tokens: 64 },
        output_tokens: 17,
        output_tokens_details: { reasoning_tokens: 5 },
        total_tokens: 129,
      },
    },
  };
}

function outputText(situation: string) {
  return { type: 'output_text', text: textOf(situation), annotations: [], logprobs: [] };
}

export function embeddings(): Answer {
  const data = [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }];
  const usage = { prompt_tokens: 3, total_tokens: 3 };
  return { json: { object: 'list', model: 'text-embedding-3-small', data, usage } };
}

const ANTHROPIC_STOP: Readonly<Record<string, string>> = { tool: 'tool_use', length: 'max_tokens', refusal: 'refusal' };
const ANTHROPIC_USAGE = {
  input_tokens: 48,
  cache_read_input_tokens: 64,
  cache_creation_input_tokens: 0,
  output_tokens: 17,
};

export function anthropicMessage(situation: string, streams: boolean): Answer {
  const stop_reason = ANTHROPIC_STOP[situation] ?? 'end_turn';
  const call = { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Oslo' } };
  const message = {
    id: `msg_${situation}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    content: [situation === 'tool' ? call : { type: 'text', text: textOf(situation) }],
    stop_reason,
    stop_sequence: null,
    usage: ANTHROPIC_USAGE,
  };
  if (!streams) return { json: message };
  const event = (data: { readonly type: string }) => ({ name: data.type, data });
  const started = { ...message, content: [], stop_reason: null };
  return {
    events: [
      { name: 'message_start', data: { type: 'message_start', message: started } },
      event({ type: 'content_block_start', ...{ index: 0, content_block: { type: 'text', text: '' } } }),
      event({ type: 'content_block_delta', ...{ index: 0, delta: { type: 'text_delta', text: textOf(situation) } } }),
      event({ type: 'content_block_stop', ...{ index: 0 } }),
      event({
        type: 'message_delta',
        ...{ delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 17 } },
      }),
      event({ type: 'message_stop' }),
    ],
  };
}

const GEMINI_FINISH: Readonly<Record<string, string>> = { length: 'MAX_TOKENS', filter: 'SAFETY' };

export function geminiContent(situation: string, streams: boolean): Answer {
  const call = { functionCall: { name: 'get_weather', args: { city: 'Oslo' } } };
  const parts = situation === 'filter' ? [] : [situation === 'tool' ? call : { text: textOf(situation) }];
  const json = {
    responseId: `gemini-${situation}`,
    modelVersion: 'gemini-2.5-flash-001',
    candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: GEMINI_FINISH[situation] ?? 'STOP' }],
    usageMetadata: {
      promptTokenCount: 112,
      candidatesTokenCount: 12,
      thoughtsTokenCount: 5,
      cachedContentTokenCount: 64,
      totalTokenCount: 129,
    },
  };
  return streams ? { events: [{ data: json }] } : { json };
}
