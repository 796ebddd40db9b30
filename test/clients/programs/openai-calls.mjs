// What an application does with the OpenAI SDK, one situation after the other.
export const SYSTEM = 'You are a support bot. Be brief.';
const MODEL = 'gpt-4o';
const user = (situation) => ({ role: 'user', content: `What does it cost? situation: ${situation}` });
const system = { role: 'system', content: SYSTEM };
const TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const SCHEMA = {
  type: 'object',
  properties: {
    category: { type: 'string', enum: ['billing', 'bug', 'other'] },
    priority: { type: 'integer', minimum: 1, maximum: 3 },
  },
  required: ['category', 'priority'],
  additionalProperties: false,
};

const CHATS = {
  chat: {},
  tool: { tools: [TOOL] },
  json: { response_format: { type: 'json_schema', json_schema: { name: 'ticket', strict: true, schema: SCHEMA } } },
  refusal: {},
  length: { max_tokens: 3 },
  filter: {},
  error: {},
};

export async function callChats(openai) {
  for (const [situation, more] of Object.entries(CHATS)) {
    const request = { model: MODEL, messages: [system, user(situation)], temperature: 0.2, ...more };
    try {
      await openai.chat.completions.create(request);
    } catch (error) {
      if (situation !== 'error') throw error;
    }
  }
  const stream = await openai.chat.completions.create({
    model: MODEL,
    messages: [system, user('stream')],
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const _chunk of stream);
  await openai.embeddings.create({ model: 'text-embedding-3-small', input: 'What does it cost?' });
}

export async function callResponses(openai) {
  for (const situation of ['chat', 'tool', 'json', 'refusal', 'length']) {
    await openai.responses.create({
      model: MODEL,
      instructions: SYSTEM,
      input: `What does it cost? situation: ${situation}`,
      ...(situation === 'tool' ? { tools: [{ type: 'function', ...TOOL.function, strict: false }] } : {}),
      ...(situation === 'json' ? { text: { format: { type: 'json_schema', name: 'ticket', schema: SCHEMA } } } : {}),
    });
  }
}
