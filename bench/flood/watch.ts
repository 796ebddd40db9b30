import type { LeewayProcess } from '../service/leeway-process.js';

const EVERY_MS = 250;
const NO_ANSWER_AFTER_MS = 5_000;

/** What was seen of the service while it was flooded. */
export interface Seen {
  readonly peakRssBytes: number;
  /** Mean of the resident bytes in the first and the last third: memory that only grows shows here. */
  readonly rssBytes: { readonly firstThird: number; readonly lastThird: number };
  readonly healthz: {
    readonly asked: number;
    readonly answered: number;
    readonly p50Ms: number;
    readonly worstMs: number;
  };
}

/** Looks at memory, and asks whether the service is alive, until it is stopped. */
export class Watch {
  readonly #leeway: LeewayProcess;
  readonly #rss: number[] = [];
  readonly #answerMs: number[] = [];
  readonly #timer: NodeJS.Timeout;
  #asked = 0;
  #peak = 0;

  constructor(leeway: LeewayProcess) {
    this.#leeway = leeway;
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  stop(): Seen {
    clearInterval(this.#timer);
    const third = Math.max(1, Math.floor(this.#rss.length / 3));
    const sorted = [...this.#answerMs].sort((a, b) => a - b);
    return {
      peakRssBytes: this.#peak,
      rssBytes: { firstThird: mean(this.#rss.slice(0, third)), lastThird: mean(this.#rss.slice(-third)) },
      healthz: {
        asked: this.#asked,
        answered: sorted.length,
        p50Ms: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
        worstMs: Math.round(sorted.at(-1) ?? 0),
      },
    };
  }

  async #look(): Promise<void> {
    const memory = this.#leeway.memory();
    if (memory) {
      this.#rss.push(memory.now);
      this.#peak = memory.peak;
    }
    this.#asked += 1;
    const started = performance.now();
    const response = await fetch(`${this.#leeway.url}/healthz`, {
      signal: AbortSignal.timeout(NO_ANSWER_AFTER_MS),
    }).catch(() => null);
    await response?.arrayBuffer().catch(() => null);
    if (response?.ok) this.#answerMs.push(performance.now() - started);
  }
}

function mean(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length));
}
