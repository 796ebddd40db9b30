import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbedded } from '../../src/store/index.js';
import { LeewayProcess } from '../service/leeway-process.js';
import type { Uniform } from '../statistics/random.js';
import { Load } from './load.js';
import { endPhase, type PhaseReport } from './phase.js';

/** A kill comes up to this long after the start: also while it replays, migrates or opens. */
const LONGEST_LIFE_MS = 4000;
/** Every so many lives one is left until it answers, so that the load gets on. */
const ANSWER_EVERY = 2;

/** The embedded service under load, killed at random moments and started again. */
export async function killsPhase(
  directory: string,
  kills: number,
  uniform: Uniform,
  onProgress: (line: string) => void,
): Promise<PhaseReport> {
  const startedAt = Date.now();
  const leeway = await LeewayProcess.create({ LEEWAY_DATA_DIR: directory });
  try {
    leeway.spawn();
    await leeway.listening();
    const load = new Load(leeway.url, uniform);
    for (let kill = 0; kill < kills; kill += 1) {
      if (kill % ANSWER_EVERY === 0) await leeway.listening();
      await sleep(uniform() * LONGEST_LIFE_MS);
      await leeway.end('SIGKILL');
      onProgress(`kill ${kill + 1} of ${kills}: ${load.tally.acknowledgedBatches} batches acknowledged`);
      leeway.spawn();
    }
    await leeway.listening();
    const openStore = () => openEmbedded(join(directory, 'engine'));
    return await endPhase({ phase: 'kill -9', startedAt, kills, load, leeway, openStore });
  } finally {
    await leeway.end('SIGKILL');
  }
}
