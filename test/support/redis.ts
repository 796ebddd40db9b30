import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../src/cli/demo/free-port.js';
import { cleanUp } from './cleanup.js';
import { temporaryDirectory } from './engine.js';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

if (!hasRedis && process.env['LEEWAY_REQUIRE_ALL'] === '1')
  throw new Error('LEEWAY_REQUIRE_ALL=1, but there is no redis-server on this machine');

export interface RedisServer {
  readonly url: string;
  /** SIGKILL: it forgets everything. */
  kill(): Promise<void>;
  /** Again on the same port, empty. */
  restart(): Promise<void>;
}

/** A Redis of the test file's own, stopped after it. @returns its URL */
export async function startRedis(...extra: string[]): Promise<string> {
  return (await startRedisServer(...extra)).url;
}

/** A Redis that can be killed and started again. */
export async function startRedisServer(...extra: string[]): Promise<RedisServer> {
  const port = await freePort();
  const directory = temporaryDirectory();
  let running: ChildProcess;
  const start = async () => {
    running = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory, ...extra],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await untilReady(running);
  };
  const kill = async () => {
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  };
  await start();
  cleanUp(() => running.kill('SIGKILL'));
  return { url: `redis://127.0.0.1:${port}`, kill, restart: start };
}

function untilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    server.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Ready to accept connections')) resolve();
    });
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
  });
}
