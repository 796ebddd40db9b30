import { fuzz } from './run.js';
import { readSeeds } from './seeds.js';
import { startWatchdog } from './watchdog.js';

/** What a job is told at its start. */
export interface JobOrder {
  readonly seed: number;
  readonly milliseconds: number;
  readonly maxInputs: number;
  readonly first: number;
  readonly step: number;
}

async function work(order: JobOrder): Promise<void> {
  const watchdog = startWatchdog(order.seed);
  const report = await fuzz({
    ...order,
    seeds: readSeeds(process.env['LEEWAY_SHARED']),
    now: () => performance.now(),
    onInput: watchdog.now,
  });
  await watchdog.stop();
  process.send?.(report, () => process.disconnect());
}

process.once('message', (order: JobOrder) => void work(order));
