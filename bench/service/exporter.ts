import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Uniform } from '../statistics/random.js';
import type { Batches } from './batches.js';

/** Between two tries when the service does not answer at all. */
const UNREACHABLE_WAIT_MS = 100;
/** As the exporters' own: a request without an answer is given up and sent again. */
const REQUEST_TIMEOUT_MS = 10_000;
const JITTER = 0.2;

/** What became of the batches; all counts. */
export interface ExportTally {
  acknowledgedBatches: number;
  /** Requests answered 429 or 503. */
  refused: number;
  /** Refusals that said when to come back. */
  refusedWithRetryAfter: number;
  /** Requests that broke off without an answer. */
  broken: number;
  /** Batches that something was wrong with: none may be. */
  rejected: number;
  /** The answers to those. */
  readonly problems: string[];
}

export function createTally(): ExportTally {
  return {
    acknowledgedBatches: 0,
    refused: 0,
    refusedWithRetryAfter: 0,
    broken: 0,
    rejected: 0,
    problems: [],
  };
}

const MAX_PROBLEMS = 5;

interface Answer {
  readonly status: number;
  readonly retryAfterMs: number | null;
  readonly text: string;
}

/**
 * Sends batches as exporters do: connections are kept, the same bytes are sent again until they are acknowledged, and a
 * `Retry-After` is obeyed.
 */
export class Exporter {
  readonly #agent: Agent;
  readonly #batches: Batches;
  readonly #url: () => string;
  readonly #uniform: Uniform;
  readonly #queue: (() => void)[] = [];
  #free: number;
  readonly tally: ExportTally;

  /** @param url where the service is now */
  constructor(batches: Batches, url: () => string, connections: number, uniform: Uniform, tally: ExportTally) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#free = connections;
    this.#batches = batches;
    this.#url = url;
    this.#uniform = uniform;
    this.tally = tally;
  }

  /** Resolves once the batch is acknowledged, however long that takes; or when `giveUp` says so. @returns was it? */
  async send(batch: number, giveUp: () => boolean = () => false, laterMs = 0): Promise<boolean> {
    while (!giveUp()) {
      const answer = await this.#postInTurn(batch, laterMs);
      if (answer?.status === 200) {
        this.tally.acknowledgedBatches += 1;
        return true;
      }
      if (answer !== null && answer.status !== 429 && answer.status !== 503) {
        this.tally.rejected += 1;
        if (this.tally.problems.length < MAX_PROBLEMS) this.tally.problems.push(`${answer.status} ${answer.text}`);
        return false;
      }
      if (answer === null) this.tally.broken += 1;
      else this.tally.refused += 1;
      if (answer !== null && answer.retryAfterMs !== null) this.tally.refusedWithRetryAfter += 1;
      const wait = answer?.retryAfterMs ?? UNREACHABLE_WAIT_MS;
      await sleep(wait * (1 + JITTER * (2 * this.#uniform() - 1)));
    }
    return false;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** A body exists only while there is a connection for it: what waits is a number. */
  async #postInTurn(batch: number, laterMs: number): Promise<Answer | null> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    try {
      return await this.#post(this.#batches.body(batch, laterMs));
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  #post(body: Buffer): Promise<Answer | null> {
    return new Promise((resolve) => {
      const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
      const sent = request(
        `${this.#url()}/v1/traces`,
        { method: 'POST', agent: this.#agent, headers, timeout: REQUEST_TIMEOUT_MS },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', () => resolve(null));
          response.once('end', () => {
            const after = response.headers['retry-after'];
            const retryAfterMs = after === undefined ? null : Number(after) * 1000;
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, retryAfterMs, text });
          });
        },
      );
      sent.once('error', () => resolve(null));
      sent.once('timeout', () => sent.destroy(new Error('no answer')));
      sent.end(body);
    });
  }
}
