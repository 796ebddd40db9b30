import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbedded } from '../../src/store/index.js';
import { Batches } from '../service/batches.js';
import { createTally, Exporter } from '../service/exporter.js';
import { LeewayProcess } from '../service/leeway-process.js';
import { settle } from '../service/settle.js';
import type { Stored } from '../service/stored.js';
import { seededUniform } from '../statistics/random.js';
import { type Seen, Watch } from './watch.js';

const SPANS_A_BATCH = 512;
const WORDS = 50;
/** Capacity is what so many clients get through, one request after the other each, after the warm-up. */
const CAPACITY_CLIENTS = 8;
const WARM_UP_MS = 3_000;
const CAPACITY_MS = 6_000;
const TICK_MS = 50;
const AGE_MS = 6_000;
const SPREAD_SECONDS = 5;
/** When the flood is over, what is left must get through within this time. */
const DELIVERY_TIMEOUT_MS = 600_000;

export interface FloodOptions {
  readonly directory: string;
  readonly seconds: number;
  readonly times: number;
  readonly exporters: number;
  readonly onProgress: (line: string) => void;
}

export interface FloodReport extends Stored, Seen {
  readonly capacitySpansPerSecond: number;
  readonly offeredSpansPerSecond: number;
  /** Acknowledged while the flood lasted. */
  readonly takenSpansPerSecond: number;
  readonly refused: number;
  readonly refusedWithRetryAfter: number;
  readonly broken: number;
  /** Spans that no retry brought in. */
  readonly undelivered: number;
  /** From the end of the flood until the retries had delivered everything. */
  readonly deliverySeconds: number;
  readonly unexpectedExits: number;
  readonly notes: readonly string[];
}

/** Measures what the service takes, offers it a multiple of that, and then lets the clients' retries deliver the rest. */
export async function runFlood(options: FloodOptions): Promise<FloodReport> {
  const { directory, seconds, times, exporters, onProgress } = options;
  const uniform = seededUniform(1, 'flood', 0);
  // The calls of a batch ended just before it is first sent, as they do.
  const bornMs = Date.now();
  const startMs = bornMs - AGE_MS;
  const batches = new Batches({ spans: SPANS_A_BATCH, words: WORDS, startMs, spreadSeconds: SPREAD_SECONDS }, uniform);
  const leeway = await LeewayProcess.create({ LEEWAY_DATA_DIR: directory });
  leeway.spawn();
  try {
    await leeway.listening();
    const tally = createTally();
    const exporter = new Exporter(batches, () => leeway.url, exporters, uniform, tally);
    const acknowledged = new Set<number>();
    let next = 0;
    const deliver = async (giveUp?: () => boolean) => {
      const batch = next++;
      if (await exporter.send(batch, giveUp, Date.now() - bornMs)) acknowledged.add(batch);
    };

    const capacity = await measureCapacity(deliver, () => acknowledged.size);
    onProgress(`takes ${Math.round(capacity * SPANS_A_BATCH)} spans a second; offering ${times} times that`);
    const beforeFlood = { ...tally, acknowledged: acknowledged.size };
    const watch = new Watch(leeway);
    const started = performance.now();
    const waiting: Promise<void>[] = [];
    const first = next;
    let deadline = Number.POSITIVE_INFINITY;
    while (performance.now() - started < seconds * 1000) {
      const due = (((performance.now() - started) / 1000) * capacity * times) | 0;
      while (next - first < due) waiting.push(deliver(() => performance.now() > deadline));
      await sleep(TICK_MS);
    }
    const taken = acknowledged.size - beforeFlood.acknowledged;
    const ended = performance.now();
    deadline = ended + DELIVERY_TIMEOUT_MS;
    onProgress(`${waiting.length} requests offered, ${taken} taken; waiting for the rest`);
    await Promise.all(waiting);
    const deliverySeconds = (performance.now() - ended) / 1000;
    exporter.close();
    const seen = watch.stop();
    onProgress('everything is acknowledged; comparing with the store');
    const openStore = () => openEmbedded(join(directory, 'engine'));
    const { stored, notes } = await settle({ leeway, batches, acknowledged, openStore });
    return {
      ...stored,
      ...seen,
      capacitySpansPerSecond: Math.round(capacity * SPANS_A_BATCH),
      offeredSpansPerSecond: Math.round((waiting.length * SPANS_A_BATCH) / seconds),
      takenSpansPerSecond: Math.round((taken * SPANS_A_BATCH) / seconds),
      refused: tally.refused,
      refusedWithRetryAfter: tally.refusedWithRetryAfter,
      broken: tally.broken,
      undelivered: (next - acknowledged.size) * SPANS_A_BATCH,
      deliverySeconds: Math.round(deliverySeconds),
      unexpectedExits: leeway.unexpectedExits,
      notes: [...notes, ...tally.problems],
    };
  } finally {
    await leeway.end('SIGKILL');
  }
}

/** @returns batches a second */
async function measureCapacity(deliver: () => Promise<void>, acknowledged: () => number): Promise<number> {
  let isOver = false;
  const clients = Array.from({ length: CAPACITY_CLIENTS }, async () => {
    while (!isOver) await deliver();
  });
  await sleep(WARM_UP_MS);
  const [from, started] = [acknowledged(), performance.now()];
  await sleep(CAPACITY_MS);
  const rate = ((acknowledged() - from) * 1000) / (performance.now() - started);
  isOver = true;
  await Promise.all(clients);
  return rate;
}
