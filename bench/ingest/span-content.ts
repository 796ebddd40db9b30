import { randomBytes } from 'node:crypto';

/** The kinds of LLM call that are measured. Sizes are means of the encoded span. */
const CALL_KINDS = {
  /** One question and its answer: 21 attributes, 1.9 KB. */
  call: { topicWords: 42, answerWords: 50, instructionWords: 42, turns: 1, tools: 0 },
  /** A conversation with tools: definitions, five messages, a call: 24 attributes, 5.3 KB. */
  tools: { topicWords: 24, answerWords: 52, instructionWords: 105, turns: 3, tools: 5 },
} as const;

/** `step` is no LLM call: what else a trace has, a search for documents. 21 attributes, 1.9 KB. */
export type SpanKindName = keyof typeof CALL_KINDS | 'step';

type Scalar = string | bigint | number | readonly string[];

/** A span before it is encoded. */
export interface SpanContent {
  readonly name: string;
  readonly attributes: readonly (readonly [string, Scalar])[];
}

const WORDS = (
  'account address answer balance before billing browser cancel change charge check contact credit customer date day ' +
  'deliver detail device document email error expect field find follow form happen help include information invoice issue ' +
  'item know letter limit link login manager message method minute month need new number offer open option order page parcel ' +
  'password pay period phone plan please policy price problem product question reach reason receive refund region report ' +
  'request reset return review screen send service ship shop sign size start state status step store support team term ' +
  'ticket time today track transfer update user version visit wait week window work write year naïve Zürich „quoted“ the a of'
).split(' ');

const PROMPTS = ['support-triage', 'order-status', 'refund-policy', 'contract-summary'] as const;
const MODELS = ['gpt-4o-2024-11-20', 'gpt-4o-mini-2024-07-18', 'claude-sonnet-4-5-20250929'] as const;
const VERSIONS_OF_A_PROMPT = 2;

/** The same text for the same seed: what repeats between calls of a deployment. */
function standingText(seed: number, words: number): string {
  let state = seed * 2654435761 + 1;
  const next = (): number => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
  return sentence(next, words);
}

function sentence(uniform: () => number, words: number): string {
  const chosen = Array.from({ length: words }, () => WORDS[Math.floor(uniform() * WORDS.length)] ?? '');
  return `${chosen.join(' ')}.`;
}

function toolDefinitions(seed: number, count: number): string {
  const tools = Array.from({ length: count }, (_, index) => ({
    type: 'function',
    name: `lookup_${WORDS[(seed * 7 + index * 13) % 90] ?? 'order'}_${index}`,
    description: standingText(seed * 100 + index, 18),
    parameters: {
      type: 'object',
      properties: {
        id: { type: 'string', description: standingText(seed * 100 + index + 50, 8) },
        limit: { type: 'integer', minimum: 1, maximum: 50 },
        region: { type: 'string', enum: ['eu', 'us', 'apac'] },
      },
      required: ['id'],
      additionalProperties: false,
    },
  }));
  return JSON.stringify(tools);
}

export function drawSpan(kind: SpanKindName, uniform: () => number): SpanContent {
  return kind === 'step' ? drawStep(uniform) : drawCall(kind, uniform);
}

const STEP_DOCUMENT_WORDS = 165;

function drawStep(uniform: () => number): SpanContent {
  const table = WORDS[Math.floor(uniform() * 8)] ?? 'order';
  return {
    name: `SELECT knowledge.${table}`,
    attributes: [
      ['db.system.name', 'postgresql'],
      ['db.namespace', 'knowledge'],
      ['db.collection.name', table],
      ['db.operation.name', 'SELECT'],
      ['db.query.text', `SELECT id, title, body FROM ${table} WHERE tenant = $1 ORDER BY embedding <=> $2 LIMIT $3`],
      ['db.query.summary', `SELECT ${table}`],
      ['db.response.returned_rows', BigInt(Math.floor(uniform() * 20))],
      ['db.query.parameter.0', `tenant-${Math.floor(uniform() * 500)}`],
      ['db.query.parameter.2', '20'],
      ['server.address', 'knowledge.internal'],
      ['server.port', 5432n],
      ['network.peer.address', `10.0.${Math.floor(uniform() * 8)}.${Math.floor(uniform() * 250)}`],
      ['network.peer.port', 5432n],
      ['network.transport', 'tcp'],
      ['thread.id', BigInt(Math.floor(uniform() * 64))],
      ['thread.name', `worker-${Math.floor(uniform() * 64)}`],
      ['code.function.name', 'searchDocuments'],
      ['code.file.path', 'src/knowledge/search.ts'],
      ['session.id', `conv_${Math.floor(uniform() * 1e9).toString(36)}`],
      ['retrieval.score', uniform()],
      ['retrieval.documents', sentence(uniform, Math.round(STEP_DOCUMENT_WORDS * (0.5 + uniform())))],
    ],
  };
}

/** One call of one of four deployments, two prompt versions each, with its own question, answer, ids, user and session. */
function drawCall(kind: keyof typeof CALL_KINDS, uniform: () => number): SpanContent {
  const size = CALL_KINDS[kind];
  const prompt = Math.floor(uniform() * PROMPTS.length);
  const version = uniform() < 0.9 ? 0 : VERSIONS_OF_A_PROMPT - 1;
  const model = MODELS[prompt % MODELS.length] ?? MODELS[0];
  const alias = model.replace(/-\d{4}.*$/, '');
  const text = (words: number): string => sentence(uniform, Math.max(4, Math.round(words * (0.5 + uniform()))));
  const said = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
  const input = Array.from({ length: size.turns * 2 - 1 }, (_, turn) =>
    said(turn % 2 === 0 ? 'user' : 'assistant', text(size.topicWords)),
  );
  const answer = { ...said('assistant', text(size.answerWords)), finish_reason: 'stop' };
  const output =
    size.tools > 0 && uniform() < 0.5
      ? {
          role: 'assistant',
          parts: [
            {
              type: 'tool_call',
              id: `call_${randomBytes(12).toString('hex')}`,
              name: 'lookup_order_1',
              arguments: { id: String(Math.floor(uniform() * 1e9)), region: 'eu' },
            },
          ],
          finish_reason: 'tool_calls',
        }
      : answer;
  const instructions = [{ type: 'text', content: standingText(prompt * 10 + version, size.instructionWords) }];
  return {
    name: `chat ${alias}`,
    attributes: [
      ['gen_ai.operation.name', 'chat'],
      ['gen_ai.provider.name', 'openai'],
      ['gen_ai.request.model', alias],
      ['gen_ai.request.temperature', 0.2],
      ['gen_ai.request.top_p', 0.95],
      ['gen_ai.request.max_tokens', 1024n],
      ['server.address', 'api.openai.com'],
      ['server.port', 443n],
      ['gen_ai.output.type', 'text'],
      ['gen_ai.conversation.id', `conv_${Math.floor(uniform() * 1e9).toString(36)}`],
      ['user.id', `user-${Math.floor(uniform() * 20_000)}`],
      ['gen_ai.prompt.name', PROMPTS[prompt] ?? ''],
      ['gen_ai.prompt.version', String(12 + version)],
      ['gen_ai.system_instructions', JSON.stringify(instructions)],
      ['gen_ai.input.messages', JSON.stringify(input)],
      ['gen_ai.output.messages', JSON.stringify([output])],
      ['gen_ai.response.id', `chatcmpl-${randomBytes(14).toString('hex')}`],
      ['gen_ai.response.model', model],
      ['gen_ai.response.finish_reasons', [output.finish_reason]],
      ['gen_ai.usage.input_tokens', BigInt(Math.floor(200 + uniform() * 9000))],
      ['gen_ai.usage.output_tokens', BigInt(Math.floor(20 + uniform() * 400))],
      ...(size.tools > 0
        ? ([
            ['gen_ai.tool.definitions', toolDefinitions(prompt, size.tools)],
            ['gen_ai.usage.cache_read.input_tokens', 128n],
            ['gen_ai.agent.name', 'support-agent'],
          ] as const)
        : []),
    ],
  };
}
