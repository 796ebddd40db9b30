import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { cleanUp } from './cleanup.js';
import { temporaryDirectory } from './engine.js';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

if (!hasRedis && process.env['LEEWAY_REQUIRE_ALL'] === '1')
  throw new Error('LEEWAY_REQUIRE_ALL=1, but there is no redis-server on this machine');

/** A port nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** A Redis of the test file's own, stopped after it. */
export async function startRedis(...extra: string[]): Promise<string> {
  const port = await freePort();
  const process = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', temporaryDirectory(), ...extra],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  cleanUp(() => process.kill());
  await new Promise<void>((resolve, reject) => {
    process.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Ready to accept connections')) resolve();
    });
    process.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
  });
  return `redis://127.0.0.1:${port}`;
}
