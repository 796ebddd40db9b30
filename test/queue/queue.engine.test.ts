import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Jobs, openEmbeddedJobs, openRedisJobs } from '../../src/queue/index.js';
import { temporaryDirectory } from '../support/engine.js';
import { hasRedis, startRedis } from '../support/redis.js';

const log: string[] = [];
const options = { log: (line: string) => log.push(line) };

afterEach(() => {
  log.length = 0;
});

const backends = [
  { name: 'embedded', skip: false, open: () => openEmbeddedJobs(temporaryDirectory(), options) },
  { name: 'redis', skip: !hasRedis, open: async () => openRedisJobs(await startRedis(), options) },
];

describe.each(backends)('jobs ($name)', ({ open, skip }) => {
  let jobs: Jobs;
  const seen: string[] = [];
  let ticks = 0;

  beforeAll(async () => {
    if (skip) return;
    jobs = await open();
    jobs.work('delivery', async (data) => {
      seen.push(data['actionId'] ?? '');
      if (data['actionId'] === 'unlucky') throw new Error('no luck');
    });
    jobs.work('evaluation', async () => {
      ticks += 1;
    });
  });

  afterAll(async () => {
    if (!skip) await jobs.close();
  });

  it.skipIf(skip)('run with their data, once for one id that is waiting', async () => {
    await jobs.add('delivery', 'act_1', { actionId: 'act_1' }, 300);
    await jobs.add('delivery', 'act_1', { actionId: 'act_1' }, 300);
    await jobs.add('delivery', 'act_2', { actionId: 'act_2' }, 600);
    await expect.poll(() => seen).toContain('act_2');
    expect(seen).toEqual(['act_1', 'act_2']);
  });

  it.skipIf(skip)('can be added again under the same id once they have run or failed', async () => {
    const runs = () => seen.filter((id) => id === 'unlucky').length;
    await jobs.add('delivery', 'act_3', { actionId: 'unlucky' });
    await expect.poll(runs).toBe(1);
    await expect
      .poll(async () => {
        await jobs.add('delivery', 'act_3', { actionId: 'unlucky' });
        return runs();
      })
      .toBeGreaterThan(1);
    expect(log.join('\n')).toContain('delivery job failed: no luck');
  });

  it.skipIf(skip)('come back at their interval', async () => {
    await jobs.every('evaluation', 'tick', 100);
    await expect.poll(() => ticks).toBeGreaterThan(3);
  });
});

describe('embedded queue', () => {
  it('forgets what an earlier run left, and survives a broken directory', async () => {
    const directory = join(temporaryDirectory(), 'queue');
    const first = await openEmbeddedJobs(directory, options);
    await first.add('delivery', 'stale', {});
    await first.close();
    writeFileSync(join(directory, 'PG_VERSION'), 'nonsense');
    mkdirSync(join(directory, 'global'), { recursive: true });
    const second = await openEmbeddedJobs(directory, options);
    const seen: string[] = [];
    second.work('delivery', async (data) => void seen.push(data['id'] ?? 'stale'));
    await second.add('delivery', 'fresh', { id: 'fresh' });
    await expect.poll(() => seen).toEqual(['fresh']);
    await second.close();
  });
});
