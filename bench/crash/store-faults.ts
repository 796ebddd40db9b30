import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageFile } from '../../src/package-file.js';
import { openServer } from '../../src/store/index.js';
import { LeewayProcess } from '../service/leeway-process.js';
import type { Uniform } from '../statistics/random.js';
import { Load } from './load.js';
import { endPhase, type PhaseReport } from './phase.js';

const SERVER = packageFile('test/support/clickhouse/main.mjs');
const USER = 'leeway';
const PASSWORD = 'geheim';

/** What ClickHouse does wrong (test/support/clickhouse/faults.mjs), each for {@link FAULT_MS}. */
const FAULTS = [
  { kind: 'error', of: 'inserts', code: 252 },
  { kind: 'cut', of: 'inserts' },
  { kind: 'late', of: 'inserts', delayMs: 2500 },
  { kind: 'refuse', of: 'inserts' },
  { kind: 'error', of: 'everything', code: 241 },
  { kind: 'cut', of: 'everything' },
  { kind: 'refuse' },
  { kind: 'error', of: 'inserts', code: 243 },
] as const;
const FAULT_MS = 4000;
const HEALTHY_MS = 1500;

/** Leeway against ClickHouse's HTTP interface, which fails, is slow, breaks off and goes away; killed amid every second fault. */
export async function storeFaultsPhase(
  directory: string,
  engineDirectory: string,
  uniform: Uniform,
  onProgress: (line: string) => void,
): Promise<PhaseReport> {
  const startedAt = Date.now();
  const { url, child } = await startServer(engineDirectory);
  const control = url.replace(/\/\/.*@/, '//');
  const fault = async (body: object) => {
    await fetch(`${control}/__fault`, { method: 'POST', body: JSON.stringify(body) });
  };
  const storeUrl = `${url}/leeway`;
  const leeway = await LeewayProcess.create({ LEEWAY_DATA_DIR: directory, CLICKHOUSE_URL: storeUrl });
  try {
    leeway.spawn();
    await leeway.listening();
    const load = new Load(leeway.url, uniform);
    let kills = 0;
    for (const [index, wrong] of FAULTS.entries()) {
      onProgress(`ClickHouse: ${JSON.stringify(wrong)}`);
      await sleep(HEALTHY_MS);
      await fault(wrong);
      const killAfterMs = uniform() * FAULT_MS;
      await sleep(killAfterMs);
      if (index % 2 === 1) {
        await leeway.end('SIGKILL');
        kills += 1;
        await sleep(FAULT_MS - killAfterMs);
        await fault({ kind: 'none' });
        leeway.spawn();
        await leeway.listening();
      } else {
        await sleep(FAULT_MS - killAfterMs);
        await fault({ kind: 'none' });
      }
    }
    const openStore = () => openServer(storeUrl);
    return await endPhase({ phase: 'ClickHouse failing', startedAt, kills, load, leeway, openStore });
  } finally {
    await leeway.end('SIGKILL');
    child.kill('SIGKILL');
  }
}

/** `http://USER:PASSWORD@HOST:PORT` of a server over the real engine. */
function startServer(directory: string): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [SERVER, directory], {
    env: { ...process.env, CLICKHOUSE_USER: USER, CLICKHOUSE_PASSWORD: PASSWORD },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += String(chunk);
      const listening = /^listening on (\S+)$/m.exec(text)?.[1];
      if (listening) resolve({ url: listening.replace('://', `://${USER}:${PASSWORD}@`), child });
    });
    child.once('exit', (code) => reject(new Error(`the ClickHouse server ended with ${code}`)));
  });
}
