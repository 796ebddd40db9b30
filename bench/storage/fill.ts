import { join } from 'node:path';
import { createReceiver, Spool } from '../../collectors/index.js';
import { DETECTORS, OUTPUT_READER } from '../../detectors/index.js';
import { Closer } from '../../src/evaluation/closer.js';
import type { Database } from '../../src/store/index.js';
import { seededUniform } from '../statistics/random.js';
import { createDeployments, drawSession, type StorageCall } from './calls.js';
import { encodeCalls } from './export-request.js';
import { Prose } from './prose.js';

/** As batch processors send them. */
const CALLS_A_REQUEST = 512;
const CALLS_A_SECOND = 50;
const DAY_MS = 86_400_000;
/** Event time starts here within its day, so that all of it is one day's partition. */
const MORNING_MS = 6 * 3_600_000;

export interface FillOptions {
  readonly directory: string;
  readonly spans: number;
  readonly seed: number;
  readonly onProgress: (sent: number) => void;
}

/** What went in. */
export interface Filled {
  readonly spans: number;
  /** Bytes of the requests, uncompressed. */
  readonly requestBytes: number;
}

/** Sends yesterday's calls through receiver and spool into the engine, and closes every bucket. */
export async function fill(database: Database, { directory, spans, seed, onProgress }: FillOptions): Promise<Filled> {
  const receiver = createReceiver({
    userSalt: 'storage-bench',
    promptFlag: '',
    outputReader: OUTPUT_READER,
    outputSchema: () => null,
  });
  let nowMs = 0;
  const clock = { now: () => nowMs };
  const spool = await Spool.start(database, {
    directory: join(directory, 'spool'),
    maxBytes: Number.POSITIVE_INFINITY,
    fsync: 'never',
    clock,
    log: console.error,
  });
  let sent = 0;
  let requestBytes = 0;
  for (const calls of requests(spans, seed)) {
    nowMs = Math.max(...calls.map(({ endMs }) => endMs));
    const body = encodeCalls(calls);
    const received = receiver.traces(body, 'protobuf', nowMs);
    if (!received.ok) throw received.error;
    if (received.rejected.count > 0) throw new Error(received.rejected.message);
    await spool.append(received.batch);
    sent += calls.length;
    requestBytes += body.length;
    onProgress(sent);
  }
  await spool.drained();
  await spool.stop();
  const metrics = DETECTORS.flatMap((detector) => detector.metrics);
  await new Closer(database, metrics, 0, { now: () => nowMs + DAY_MS }).close();
  return { spans: sent, requestBytes };
}

/** Requests in the order of their time; sessions overlap, and their calls are mixed as a Collector mixes them. */
function* requests(spans: number, seed: number): Generator<StorageCall[]> {
  const uniform = seededUniform(seed, 'storage', 0);
  const prose = new Prose();
  const deployments = createDeployments(prose, uniform);
  const startMs = Math.floor(Date.now() / DAY_MS - 1) * DAY_MS + MORNING_MS;
  let waiting: StorageCall[] = [];
  for (let sent = 0; sent < spans; sent += CALLS_A_REQUEST) {
    const untilMs = startMs + ((sent + CALLS_A_REQUEST) / CALLS_A_SECOND) * 1000;
    while (waiting.length < CALLS_A_REQUEST * 2)
      waiting.push(...drawSession(deployments, prose, untilMs - uniform() * 10_000, uniform));
    waiting.sort((a, b) => a.endMs - b.endMs);
    yield waiting.slice(0, Math.min(CALLS_A_REQUEST, spans - sent));
    waiting = waiting.slice(CALLS_A_REQUEST);
  }
}
