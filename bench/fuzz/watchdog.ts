import { Worker } from 'node:worker_threads';

/** An input that takes longer than this hangs. */
const HANG_SECONDS = 20;

/** Runs beside the fuzzer, which cannot look at a clock while it hangs: names the input and ends the process. */
const WATCH = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const progress = new Int32Array(workerData.shared);
let seen = -1;
let since = Date.now();
setInterval(() => {
  const now = Atomics.load(progress, 0);
  if (now !== seen) { seen = now; since = Date.now(); return; }
  if (Date.now() - since < workerData.hangMs) return;
  writeSync(2, 'input ' + seen + ' hangs: repeat it with --seed ' + workerData.seed + ' --only ' + seen + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, 500);
`;

/** Tells the watchdog which input is tried; costs nanoseconds. */
export interface Watchdog {
  now(input: number): void;
  stop(): Promise<unknown>;
}

export function startWatchdog(seed: number): Watchdog {
  const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const progress = new Int32Array(shared);
  const worker = new Worker(WATCH, { eval: true, workerData: { shared, seed, hangMs: HANG_SECONDS * 1000 } });
  worker.unref();
  return {
    now: (input) => void Atomics.store(progress, 0, input),
    stop: () => worker.terminate(),
  };
}
