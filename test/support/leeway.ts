import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../src/cli/demo/free-port.js';
import { packageFile } from '../../src/package-file.js';
import { cleanUp } from './cleanup.js';

/** A Leeway in a process of its own, as a user runs it. */
export interface RunningLeeway {
  readonly url: string;
  /** Everything it has said. */
  readonly output: () => string;
  get<T>(path: string): Promise<T>;
  /** SIGKILL: no goodbye. */
  kill(): Promise<void>;
  /** SIGTERM. @returns its exit code */
  stop(): Promise<number | null>;
}

const CLI = packageFile('dist/src/cli/main.js');
const START_TIMEOUT_MS = 60_000;

/** Starts `leeway serve` on a data directory and waits until it is ready. */
export async function startLeeway(
  dataDirectory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningLeeway> {
  const port = Number(environment['LEEWAY_PORT'] ?? (await freePort()));
  const child = spawnLeeway(['serve'], { ...environment, LEEWAY_DATA_DIR: dataDirectory, LEEWAY_PORT: String(port) });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child, () => text);
  return {
    url,
    output: () => text,
    get: async <T>(path: string) => {
      const response = await fetch(url + path);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    kill: () => end(child, 'SIGKILL').then(() => {}),
    stop: () => end(child, 'SIGTERM'),
  };
}

/** `leeway …` in a process of its own, killed after the test file. */
export function spawnLeeway(args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  if (!existsSync(CLI)) throw new Error('dist/ is missing: run npm run build');
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: join(CLI, '../../..'),
    // Tests run beside one another: only one of them could have the usual port.
    env: { PATH: process.env['PATH'], LEEWAY_GRPC_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  cleanUp(() => end(child, 'SIGKILL'));
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  await once(child, 'exit');
  return child.exitCode;
}

async function untilReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`leeway ended with ${child.exitCode}:\n${output()}`);
    const response = await fetch(`${url}/readyz`).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`leeway was not ready after ${START_TIMEOUT_MS} ms:\n${output()}`);
}
