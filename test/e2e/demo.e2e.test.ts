import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../../src/package-file.js';

const CLI = packageFile('dist/src/cli/main.js');
const TIMEOUT_MS = 220_000;

/** Runs the built demo as a person would; `onLine` hears the timeline while it runs. */
async function runDemo(scenario: string, onLine: (line: string, interrupt: () => void) => void = () => {}) {
  const temporary = mkdtempSync(join(tmpdir(), 'leeway-test-'));
  const demo = spawn(process.execPath, [CLI, 'demo', '--scenario', scenario, '--json'], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timeline: string[] = [];
  const output: string[] = [];
  createInterface({ input: demo.stdout }).on('line', (line) => output.push(line));
  createInterface({ input: demo.stderr }).on('line', (line) => {
    timeline.push(line);
    onLine(line, () => demo.kill('SIGINT'));
  });
  const [code]: unknown[] = await once(demo, 'close');
  const left = readdirSync(temporary);
  rmSync(temporary, { recursive: true, force: true });
  return { code, output, timeline: timeline.join('\n'), left };
}

async function expectNothingLeft({ timeline, left }: { timeline: string; left: string[] }): Promise<void> {
  expect(left).toEqual([]);
  const [page = ''] = /http:\/\/127\.0\.0\.1:\d+\//.exec(timeline) ?? [];
  await expect(fetch(page)).rejects.toThrow('fetch failed');
}

// Both at once: most of the time is waiting for buckets to fill.
describe.skipIf(!existsSync(CLI)).concurrent('leeway demo', () => {
  it('rolls a prompt back that breaks its schema, proves it from traffic, and leaves nothing behind', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const { code, output, timeline, left } = await runDemo('schema-break');
    expect(code, timeline).toBe(0);
    expect(output).toHaveLength(1);
    const result = JSON.parse(output[0] ?? '');
    expect(result).toEqual({
      scenario: 'schema-break',
      verdict: 'rollback',
      incidentState: 'rolled_back',
      candidateGenerations: expect.any(Number),
      secondsFromFirstBadBucketClosed: expect.any(Number),
      rollbackCalls: 1,
      confirmed: true,
      spansSent: expect.any(Number),
      spansStored: result.spansSent,
    });
    expect(result.spansSent).toBeGreaterThan(1_000);
    expect(result.candidateGenerations).toBeGreaterThan(20);
    for (const words of [
      'verdict ROLLBACK',
      'compliance: candidate fails',
      'support-bot-2 now serves v12 to everybody',
    ])
      expect(timeline).toContain(words);
    await expectNothingLeft({ timeline, left });
  });

  it('cleans up when it is interrupted', { timeout: TIMEOUT_MS }, async () => {
    const { code, output, timeline, left } = await runDemo('healthy', (line, interrupt) => {
      if (line.includes('3 pods answer')) interrupt();
    });
    expect(code, timeline).toBe(130);
    expect(output).toEqual([]);
    await expectNothingLeft({ timeline, left });
  });
});
