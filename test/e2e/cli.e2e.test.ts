import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
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

describe('leeway', () => {
  it('lists its commands, and says how each is used', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of ['serve', 'demo', 'backtest', 'inspect', 'readiness', 'check']) {
      expect(out).toContain(command);
      const help = await run([command, '--help']);
      expect([command, help.code]).toEqual([command, 0]);
      expect(help.out).toContain(`Usage: leeway ${command}`);
    }
  });

  it('refuses what it does not know', async () => {
    expect(await run(['sreve'])).toMatchObject({ code: 2, err: expect.stringContaining('no command "sreve"') });
    expect(await run(['serve', '--port', '1'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('takes no options'),
    });
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

describe('check', () => {
  const withFile = (yaml: string, secret: string) => {
    const path = join(temporaryDirectory(), 'leeway.yaml');
    writeFileSync(path, yaml);
    return run(['check'], { LEEWAY_CONFIG: path, SECRET: secret });
  };
  const registry = (url: string) =>
    `registries: [{ name: prompts, type: webhook, url: "${url}", secret: { env: SECRET }, surfaces: [prompt] }]`;
  const GOOD_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

  it.each([
    [
      'weights that spend more than the budget',
      'targets: [{ policy: { metrics: { errors: { weight: 0.9 } } } }]',
      GOOD_SECRET,
      /weights/,
    ],
    [
      'a metric that does not exist',
      'targets: [{ policy: { metrics: { erors: { weight: 0.1 } } } }]',
      GOOD_SECRET,
      /erors/,
    ],
    ['a private destination', registry('http://127.0.0.1:1/hook'), GOOD_SECRET, /127\.0\.0\.1/],
    ['a secret that cannot sign', registry('https://registry.example/hook'), 'nonsense', /secret/i],
  ])('finds %s before the service starts', async (_name, yaml, secret, problem) => {
    const { code, err } = await withFile(yaml, secret);
    expect(code).toBe(2);
    expect(err).toMatch(problem);
  });

  it('says what a good one means', async () => {
    const { code, out } = await withFile(registry('https://registry.example/hook'), GOOD_SECRET);
    expect(code).toBe(0);
    expect(out).toContain('prompts (webhook)');
    expect(out).toMatch(/^grpc +127\.0\.0\.1:0$/m);
    expect(out).not.toContain(GOOD_SECRET);
  });
});
