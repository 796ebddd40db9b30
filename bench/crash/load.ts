import { setTimeout as sleep } from 'node:timers/promises';
import { Batches } from '../service/batches.js';
import { createTally, Exporter, type ExportTally } from '../service/exporter.js';
import type { Uniform } from '../statistics/random.js';

const SPANS_A_BATCH = 50;
const CLIENTS = 4;
/** Between two batches of a client: the kills are what is tested here, not the speed. */
const PAUSE_MS = 40;
/** Far enough back that every watermark has passed: buckets close while the load goes on. */
const AGE_MS = 900_000;
const SPREAD_SECONDS = 120;

/** Clients that send until they are told to stop; then every batch is acknowledged. */
export class Load {
  readonly batches: Batches;
  readonly tally: ExportTally = createTally();
  readonly acknowledged = new Set<number>();
  readonly #exporter: Exporter;
  readonly #clients: Promise<void>[];
  #next = 0;
  #isStopping = false;

  constructor(url: string, uniform: Uniform) {
    const startMs = Date.now() - AGE_MS;
    this.batches = new Batches({ spans: SPANS_A_BATCH, words: 30, startMs, spreadSeconds: SPREAD_SECONDS }, uniform);
    this.#exporter = new Exporter(this.batches, () => url, CLIENTS, uniform, this.tally);
    this.#clients = Array.from({ length: CLIENTS }, () => this.#run());
  }

  /** Resolves when nothing is on its way any more. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#clients);
    this.#exporter.close();
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const batch = this.#next++;
      if (await this.#exporter.send(batch)) this.acknowledged.add(batch);
      await sleep(PAUSE_MS);
    }
  }
}
