import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { packageFile } from '../../src/package-file.js';
import { cleanUp } from './cleanup.js';
import { temporaryDirectory } from './engine.js';

/** What the server does wrong; see clickhouse/faults.mjs for each. */
interface Fault {
  readonly kind: 'none' | 'refuse' | 'error' | 'late' | 'cut';
  readonly of?: 'inserts' | 'everything';
  readonly table?: string;
  readonly code?: number;
  readonly delayMs?: number;
  readonly times?: number;
}

interface SeenRequest {
  readonly query: string;
  readonly token: string;
  readonly compressed: boolean;
  readonly status: number;
}

/** A server that speaks ClickHouse's HTTP interface over the real engine (clickhouse/main.mjs). */
export interface ClickHouseServer {
  /** `http://USER:PASSWORD@127.0.0.1:PORT`, without a database. */
  readonly url: string;
  /** From now on. */
  fault(fault: Fault): Promise<void>;
  /** The newest requests, oldest first. */
  requests(): Promise<SeenRequest[]>;
}

const USER = 'leeway';
/** What passwords are made of, and URLs are not. */
const PASSWORD = 'p@ss:w/rd%?';

const MAIN = packageFile('test/support/clickhouse/main.mjs');

/** Starts one on a directory of its own, in a process of its own, ended after the test file. */
export async function startClickHouse(): Promise<ClickHouseServer> {
  const directory = temporaryDirectory();
  const child = spawn(process.execPath, [MAIN, directory], {
    env: { ...process.env, CLICKHOUSE_USER: USER, CLICKHOUSE_PASSWORD: PASSWORD },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanUp(() => end(child));
  const control = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const listening = /^listening on (\S+)$/m.exec(text)?.[1];
      if (listening) resolve(listening);
    });
    child.once('exit', (code) => reject(new Error(`the ClickHouse server ended with ${code}`)));
  });
  const credentials = `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}`;
  return {
    url: control.replace('://', `://${credentials}@`),
    fault: async (fault) => {
      await fetch(`${control}/__fault`, { method: 'POST', body: JSON.stringify(fault) });
    },
    requests: async () => (await (await fetch(`${control}/__requests`)).json()) as SeenRequest[],
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
