import type { Uniform } from '../statistics/random.js';
import type { Prose } from './prose.js';

/** What a process sends of one LLM call. */
export interface StorageCall {
  readonly service: string;
  readonly pod: string;
  readonly serviceVersion: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: readonly (readonly [key: string, value: string | number | readonly string[]])[];
}

interface Version {
  readonly name: string;
  readonly instructions: string;
}

interface Deployment {
  readonly service: string;
  readonly prompt: string;
  readonly model: string;
  readonly versions: readonly Version[];
  /** JSON of the tool definitions; empty for none. */
  readonly tools: string;
}

const MODELS = ['gpt-4o-2024-11-20', 'gpt-4o-mini-2024-07-18', 'claude-sonnet-4-5-20250929', 'gemini-2.5-pro'] as const;
const SERVICES = ['support-bot', 'checkout-assistant', 'contract-reader'] as const;
const PROMPTS_A_SERVICE = 3;
/** Share of the traffic of a prompt's current, next and previous version. */
const VERSION_SHARES = [0.85, 0.1, 0.05] as const;
/** Words of system instructions: about 1 to 2.5 KB. */
const INSTRUCTION_WORDS = [160, 400] as const;
const TOOLS = 5;
const TURNS_A_SESSION = 4;
const PODS = 8;

/** Nine deployments of a company, each with instructions of its own in three versions; every second one has tools. */
export function createDeployments(prose: Prose, uniform: Uniform): Deployment[] {
  return SERVICES.flatMap((service, s) =>
    Array.from({ length: PROMPTS_A_SERVICE }, (_, p) => {
      const first = prose.write(between(INSTRUCTION_WORDS, uniform), uniform);
      return {
        service,
        prompt: `${service.split('-')[0]}-${['triage', 'answer', 'summary'][p] ?? 'other'}`,
        model: MODELS[(s + p) % MODELS.length] ?? MODELS[0],
        // Versions differ by a sentence, as edits do.
        versions: VERSION_SHARES.map((_share, version) => ({
          name: `v${12 + version}`,
          instructions: version === 0 ? first : `${first} ${prose.write(15 * version, uniform)}`,
        })),
        tools: (s + p) % 2 === 0 ? toolDefinitions(prose, uniform) : '',
      };
    }),
  );
}

function toolDefinitions(prose: Prose, uniform: Uniform): string {
  return JSON.stringify(
    Array.from({ length: TOOLS }, (_, index) => ({
      type: 'function',
      name: `lookup_${['order', 'customer', 'invoice', 'parcel', 'policy'][index] ?? 'item'}`,
      description: prose.write(20, uniform),
      parameters: {
        type: 'object',
        properties: {
          id: { type: 'string', description: prose.write(8, uniform) },
          limit: { type: 'integer', minimum: 1, maximum: 50 },
          region: { type: 'string', enum: ['eu', 'us', 'apac'] },
        },
        required: ['id'],
        additionalProperties: false,
      },
    })),
  );
}

/** A conversation: each call carries the turns before it, as chat clients send them. */
export function drawSession(
  deployments: readonly Deployment[],
  prose: Prose,
  startMs: number,
  uniform: Uniform,
): StorageCall[] {
  const deployment = pick(deployments, uniform);
  const version = deployment.versions[drawVersion(uniform)] ?? deployment.versions[0];
  const session = hex(16, uniform);
  const user = `user-${Math.floor(uniform() * 50_000)}`;
  const pod = `${deployment.service}-7d9f8b6c5-${Math.floor(uniform() * PODS)}`;
  const messages: object[] = [];
  let atMs = Math.floor(startMs);
  return Array.from({ length: 1 + Math.floor(uniform() * TURNS_A_SESSION) }, () => {
    messages.push(said('user', prose.write(between([8, 70], uniform), uniform)));
    const callsTool = deployment.tools !== '' && uniform() < 0.3;
    const answer = callsTool ? toolCall(uniform) : said('assistant', prose.write(between([15, 160], uniform), uniform));
    const input = JSON.stringify(messages);
    messages.push(answer);
    const call: StorageCall = {
      service: deployment.service,
      pod,
      serviceVersion: '2026.11.3',
      traceId: hex(32, uniform),
      spanId: hex(16, uniform),
      parentSpanId: hex(16, uniform),
      name: `chat ${deployment.model.replace(/-\d{4}.*$/, '')}`,
      startMs: atMs,
      endMs: atMs + Math.floor(400 + uniform() * 6000),
      attributes: [
        ['gen_ai.operation.name', 'chat'],
        ['gen_ai.provider.name', deployment.model.startsWith('gpt') ? 'openai' : 'anthropic'],
        ['gen_ai.request.model', deployment.model.replace(/-\d{4}.*$/, '')],
        ['gen_ai.response.model', deployment.model],
        ['gen_ai.response.id', `chatcmpl-${hex(28, uniform)}`],
        ['gen_ai.response.finish_reasons', [callsTool ? 'tool_calls' : 'stop']],
        ['gen_ai.request.temperature', 0.2],
        ['gen_ai.request.max_tokens', 1024],
        ['gen_ai.usage.input_tokens', Math.floor((input.length + (version?.instructions.length ?? 0)) / 4)],
        ['gen_ai.usage.output_tokens', Math.floor(JSON.stringify(answer).length / 4)],
        ['gen_ai.conversation.id', session],
        ['user.id', user],
        ['gen_ai.prompt.name', deployment.prompt],
        ['gen_ai.prompt.version', version?.name ?? ''],
        ['gen_ai.output.type', 'text'],
        ['server.address', 'llm.example.com'],
        ['gen_ai.system_instructions', JSON.stringify([{ type: 'text', content: version?.instructions }])],
        ['gen_ai.input.messages', input],
        ['gen_ai.output.messages', JSON.stringify([{ ...answer, finish_reason: callsTool ? 'tool_call' : 'stop' }])],
        ...(deployment.tools === '' ? [] : [['gen_ai.tool.definitions', deployment.tools] as const]),
      ],
    };
    atMs = call.endMs + Math.floor(2000 + uniform() * 20_000);
    return call;
  });
}

function drawVersion(uniform: Uniform): number {
  const drawn = uniform();
  const [current, next] = VERSION_SHARES;
  return drawn < current ? 0 : drawn < current + next ? 1 : 2;
}

function toolCall(uniform: Uniform): object {
  const id = `call_${hex(24, uniform)}`;
  const sent = { id: String(Math.floor(uniform() * 1e9)), region: pick(['eu', 'us', 'apac'], uniform) };
  return { role: 'assistant', parts: [{ type: 'tool_call', id, name: 'lookup_order', arguments: sent }] };
}

function said(role: string, content: string): object {
  return { role, parts: [{ type: 'text', content }] };
}

function between([from, to]: readonly [number, number], uniform: Uniform): number {
  return Math.round(from + uniform() * (to - from));
}

function pick<T>(values: readonly [T, ...T[]] | readonly T[], uniform: Uniform): T {
  const value = values[Math.floor(uniform() * values.length)];
  if (value === undefined) throw new Error('there is nothing to pick from');
  return value;
}

function hex(digits: number, uniform: Uniform): string {
  let text = '';
  while (text.length < digits)
    text += Math.floor(uniform() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return text.slice(0, digits);
}
