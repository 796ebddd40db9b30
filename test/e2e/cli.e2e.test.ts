import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { cleanUp } from '../support/cleanup.js';
import { temporaryDirectory } from '../support/engine.js';
import { spawnLeeway } from '../support/leeway.js';

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = spawnLeeway(args, environment);
  const text = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...text };
}

// What the commands say is tested in test/cli; here is that the built program says it, and how it ends.
describe('leeway', () => {
  it('says how it is used on standard output', async () => {
    const { code, out, err } = await run(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Usage: leeway COMMAND');
  });

  it('complains on standard error, and fails', async () => {
    const { code, out, err } = await run(['sreve']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('no command "sreve"');
  });

  it('checks its environment', async () => {
    const { code, out } = await run(['check'], { LEEWAY_CONTENT: 'none' });
    expect(code).toBe(0);
    expect(out).toMatch(/^grpc +127\.0\.0\.1:0$/m);
  });

  it('names the port that is taken, without a stack trace', { timeout: 60_000 }, async () => {
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    cleanUp(() => other.close());
    const port = String((other.address() as AddressInfo).port);
    for (const variable of ['LEEWAY_PORT', 'LEEWAY_GRPC_PORT']) {
      const environment = { LEEWAY_PORT: '0', [variable]: port, LEEWAY_DATA_DIR: temporaryDirectory() };
      const { code, err } = await run(['serve'], environment);
      expect(code).toBe(1);
      expect(err).toMatch(new RegExp(`LEEWAY_PORT_IN_USE: 127\\.0\\.0\\.1:${port} is in use.* set ${variable} to`));
      expect(err).not.toMatch(/^\s+at /m);
    }
  });
});
