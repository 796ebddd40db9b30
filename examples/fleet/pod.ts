import { setTimeout as delay } from 'node:timers/promises';
import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { Ajv } from 'ajv';
import { type Answer, answer, type Behaviour, OUTPUT_SCHEMA } from './model.js';
import type { PromptClient } from './prompt-client.js';
import { pick, type Random } from './random.js';
import { TICKETS, type Ticket } from './tickets.js';

export const PROMPT_NAME = 'support-triage';
const REQUESTED_MODEL = 'gpt-4o';
const SERVED_MODEL = 'gpt-4o-2024-11-20';
/** Roughly, for English: enough for a usage figure. */
const CHARACTERS_PER_TOKEN = 4;

const validAnswer = new Ajv().compile<{ category: string }>(OUTPUT_SCHEMA);

/** A request that was handled: which version answered, and whether the customer was helped. */
export interface Handled {
  readonly version: string;
  readonly traceId: string;
  /** The generation's span. */
  readonly spanId: string;
  readonly success: boolean;
}

export interface PodOptions {
  readonly behaviour: Behaviour;
  readonly prompts: PromptClient;
  readonly tracer: Tracer;
}

/** One pod of the support bot: it triages a ticket with a model, and routes it by the answer. */
export class Pod {
  readonly #options: PodOptions;

  constructor(options: PodOptions) {
    this.#options = options;
  }

  /** Spans: `handle ticket` around `chat gpt-4o` and `route ticket`. */
  async handle(session: string, random: Random): Promise<Handled> {
    const { tracer, prompts } = this.#options;
    const prompt = await prompts.resolve(session);
    const ticket = pick(random, TICKETS);
    const root = tracer.startSpan('handle ticket', { kind: SpanKind.SERVER }, ROOT_CONTEXT);
    const chat = this.#startChat(root, session, prompt, ticket);
    const reply = answer(this.#options.behaviour, prompt.version, ticket, random);
    await delay(reply.latencyMs);
    endChat(chat, prompt.content, ticket, reply, random);
    const category = this.#route(root, reply);
    root.setAttribute('ticket.routed_to', category ?? 'person');
    root.end();
    const { traceId, spanId } = chat.spanContext();
    return { version: prompt.version, traceId, spanId, success: category === ticket.category };
  }

  /** Attributes as OpenTelemetry's GenAI conventions name them; the JSON Schema has no convention yet. */
  #startChat(root: Span, session: string, prompt: { version: string; content: string }, ticket: Ticket): Span {
    return this.#options.tracer.startSpan(
      `chat ${REQUESTED_MODEL}`,
      {
        kind: SpanKind.CLIENT,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': REQUESTED_MODEL,
          'gen_ai.request.temperature': 0.2,
          'gen_ai.output.type': 'json',
          'gen_ai.conversation.id': session,
          'gen_ai.prompt.name': PROMPT_NAME,
          'gen_ai.prompt.version': prompt.version,
          'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: prompt.content }]),
          'gen_ai.input.messages': JSON.stringify([textMessage('user', ticket.message)]),
          'leeway.output.schema': JSON.stringify(OUTPUT_SCHEMA),
        },
      },
      trace.setSpan(ROOT_CONTEXT, root),
    );
  }

  /** What the program behind the model does with its answer; `undefined` when it cannot use it. */
  #route(root: Span, reply: Answer): string | undefined {
    const span = this.#options.tracer.startSpan('route ticket', {}, trace.setSpan(ROOT_CONTEXT, root));
    try {
      return parseAnswer(reply.text).category;
    } catch (error) {
      const exception = error instanceof Error ? error : new Error(String(error));
      span.recordException(exception);
      span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
      return undefined;
    } finally {
      span.end();
    }
  }
}

function endChat(span: Span, instructions: string, ticket: Ticket, reply: Answer, random: Random): void {
  span.setAttributes({
    'gen_ai.response.id': `chatcmpl-${Math.floor(random() * 2 ** 48).toString(36)}`,
    'gen_ai.response.model': SERVED_MODEL,
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': tokens(instructions) + tokens(ticket.message),
    'gen_ai.usage.output_tokens': tokens(reply.text),
    'gen_ai.output.messages': JSON.stringify([{ ...textMessage('assistant', reply.text), finish_reason: 'stop' }]),
  });
  span.end();
}

function parseAnswer(text: string): { category: string } {
  const value: unknown = JSON.parse(text);
  if (validAnswer(value)) return value;
  const [problem] = validAnswer.errors ?? [];
  throw new TypeError(`the answer ${problem?.instancePath || '/'} ${problem?.message ?? 'does not fit the schema'}`);
}

const textMessage = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
const tokens = (text: string) => Math.ceil(text.length / CHARACTERS_PER_TOKEN);
