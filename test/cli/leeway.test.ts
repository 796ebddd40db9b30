import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS, runLeeway } from '../../src/cli/commands.js';
import { temporaryDirectory } from '../support/engine.js';

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const lines = { out: [] as string[], err: [] as string[] };
  const code = await runLeeway(args, {
    out: (line) => lines.out.push(line),
    err: (line) => lines.err.push(line),
    env,
    signal: new AbortController().signal,
  });
  return { code, out: lines.out.join('\n'), err: lines.err.join('\n') };
}

describe('leeway', () => {
  it('lists its commands', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const [name, { summary }] of Object.entries(COMMANDS)) expect(out).toMatch(`${name.padEnd(9)}  ${summary}`);
    expect(await run([])).toEqual({ code: 2, out, err: '' });
  });

  it.each(Object.keys(COMMANDS))('says how %s is used', async (command) => {
    expect(await run([command, '--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining(`Usage: leeway ${command}`),
      err: '',
    });
  });

  it('refuses what it does not know', async () => {
    expect(await run(['sreve'])).toMatchObject({ code: 2, err: expect.stringContaining('no command "sreve"') });
    expect(await run(['toString'])).toMatchObject({ code: 2, err: expect.stringContaining('no command "toString"') });
    for (const command of ['serve', 'check'])
      expect(await run([command, '--port', '1'])).toMatchObject({
        code: 2,
        err: expect.stringContaining(`${command} takes no options`),
      });
  });
});

describe('check', () => {
  const withFile = (yaml: string, secret: string) => {
    const path = join(temporaryDirectory(), 'leeway.yaml');
    writeFileSync(path, yaml);
    return run(['check'], { LEEWAY_CONFIG: path, LEEWAY_GRPC_PORT: '0', SECRET: secret });
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
