import type { Uniform } from '../statistics/random.js';
import { encodeCalls, nanoseconds } from '../storage/export-request.js';
import { Prose } from '../storage/prose.js';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
const HEX = 16;
const OPERATIONS = ['triage', 'answer', 'summary'] as const;

export interface BatchShape {
  readonly spans: number;
  /** Words of a question and of an answer. */
  readonly words: number;
  /** Event time of the calls, milliseconds since the Unix epoch. */
  readonly startMs: number;
  /** Seconds over which they are spread. */
  readonly spreadSeconds: number;
}

/**
 * Bodies of requests that differ only in the ids of their spans: encoded once, then filled with the number of the batch,
 * so that a client on the same machine leaves it to the service.
 */
export class Batches {
  readonly spans: number;
  readonly #template: Buffer;
  readonly #traceIdAt: readonly number[];
  readonly #spanIdAt: readonly number[];
  /** Where starts and ends stand, in nanoseconds. */
  readonly #timesAt: readonly number[];
  readonly #run: number;

  constructor({ spans, words, startMs, spreadSeconds }: BatchShape, uniform: Uniform) {
    this.spans = spans;
    this.#run = Math.floor(uniform() * 2 ** 32);
    const prose = new Prose();
    const instructions = prose.write(100, uniform);
    const ids = Array.from({ length: spans }, () => ({
      traceId: hexOf(ID_BYTES, uniform),
      spanId: hexOf(SPAN_ID_BYTES, uniform),
    }));
    const calls = ids.map(({ traceId, spanId }, index) => {
      const atMs = Math.floor(startMs + (spreadSeconds * 1000 * index) / spans);
      const operation = OPERATIONS[index % OPERATIONS.length] ?? 'triage';
      return {
        service: 'support-bot',
        pod: `support-bot-7d9f8b6c5-${index % 4}`,
        serviceVersion: '2026.11.3',
        traceId,
        spanId,
        parentSpanId: hexOf(SPAN_ID_BYTES, uniform),
        name: 'chat gpt-4o',
        startMs: atMs,
        endMs: atMs + 900,
        attributes: attributesOf(operation, instructions, words, prose, uniform),
      };
    });
    this.#template = Buffer.from(encodeCalls(calls));
    this.#traceIdAt = ids.map(({ traceId }) => this.#template.indexOf(Buffer.from(traceId, 'hex')));
    this.#spanIdAt = ids.map(({ spanId }) => this.#template.indexOf(Buffer.from(spanId, 'hex')));
    this.#timesAt = calls.flatMap((call) =>
      [call.startMs, call.endMs].map((ms) => this.#template.indexOf(fixed64(nanoseconds(ms, call.spanId)))),
    );
  }

  get bytes(): number {
    return this.#template.length;
  }

  /**
   * The body of a batch: the same bytes whenever it is asked for, ids that no other batch has.
   * @param laterMs how much later than in the shape its calls were
   */
  body(batch: number, laterMs = 0): Buffer {
    const body = Buffer.from(this.#template);
    const laterNs = BigInt(laterMs) * NANOSECONDS_PER_MILLISECOND;
    if (laterNs > 0n) for (const at of this.#timesAt) body.writeBigUInt64LE(body.readBigUInt64LE(at) + laterNs, at);
    for (const [index, at] of this.#traceIdAt.entries()) body.set(Buffer.from(this.traceId(batch, index), 'hex'), at);
    for (const [index, at] of this.#spanIdAt.entries()) {
      body.writeUInt32BE(batch + 1, at);
      body.writeUInt32BE(index, at + 4);
    }
    return body;
  }

  traceId(batch: number, index: number): string {
    const word = (value: number) => (value >>> 0).toString(HEX).padStart(8, '0');
    // Spread over the range: the collectors sample by the first digits.
    return word(Math.imul(batch * this.spans + index + 1, 0x9e3779b1)) + word(this.#run) + word(batch) + word(index);
  }
}

function attributesOf(operation: string, instructions: string, words: number, prose: Prose, uniform: Uniform) {
  const said = (role: string) => ({ role, parts: [{ type: 'text', content: prose.write(words, uniform) }] });
  return [
    ['gen_ai.operation.name', 'chat'],
    ['gen_ai.provider.name', 'openai'],
    ['gen_ai.request.model', 'gpt-4o'],
    ['gen_ai.response.model', 'gpt-4o-2024-11-20'],
    ['gen_ai.response.id', `chatcmpl-${hexOf(14, uniform)}`],
    ['gen_ai.response.finish_reasons', ['stop']],
    ['gen_ai.usage.input_tokens', 1200],
    ['gen_ai.usage.output_tokens', 120],
    ['gen_ai.prompt.name', operation],
    ['gen_ai.prompt.version', 'v12'],
    ['gen_ai.output.type', 'text'],
    ['gen_ai.system_instructions', JSON.stringify([{ type: 'text', content: instructions }])],
    ['gen_ai.input.messages', JSON.stringify([said('user')])],
    ['gen_ai.output.messages', JSON.stringify([{ ...said('assistant'), finish_reason: 'stop' }])],
  ] as const;
}

function fixed64(value: string): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function hexOf(bytes: number, uniform: Uniform): string {
  return Array.from({ length: bytes }, () =>
    Math.floor(uniform() * 256)
      .toString(HEX)
      .padStart(2, '0'),
  ).join('');
}
