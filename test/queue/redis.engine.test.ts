import { describe, expect, it } from 'vitest';
import { freePort } from '../../src/cli/demo/free-port.js';
import { openRedisJobs } from '../../src/queue/index.js';
import { hasRedis, startRedis, startRedisServer } from '../support/redis.js';

describe.skipIf(!hasRedis)('redis', () => {
  it('that may evict keys is refused', async () => {
    const url = await startRedis('--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru');
    await expect(openRedisJobs(url, { log: () => {} })).rejects.toThrow(/noeviction/);
  });

  it('that does not answer at the start is named, its password is not', async () => {
    const port = await freePort();
    const problem = await openRedisJobs(`redis://:geheim@127.0.0.1:${port}`, { log: () => {} }).catch((error) => error);
    expect(problem).toMatchObject({ code: 'LEEWAY_QUEUE_UNAVAILABLE' });
    expect(String(problem)).toContain(`127.0.0.1:${port}`);
    expect(String(problem)).not.toContain('geheim');
  });

  it('may be lost: adding does not wait for it, and what recurs is there again when it is back, empty', async () => {
    const redis = await startRedisServer();
    const log: string[] = [];
    const jobs = await openRedisJobs(redis.url, { log: (line) => log.push(line) });
    let ticks = 0;
    const done: string[] = [];
    jobs.work('evaluation', async () => {
      ticks += 1;
    });
    jobs.work('delivery', async ({ actionId }) => void done.push(actionId ?? ''));
    await jobs.every('evaluation', 'tick', 100);
    await expect.poll(() => ticks).toBeGreaterThan(1);
    await redis.kill();
    await expect.poll(() => log).toContainEqual(expect.stringContaining('Redis is away'));
    await jobs.add('delivery', 'while-away', { actionId: 'while-away' });
    await jobs.every('evaluation', 'tick', 150);
    await redis.restart();
    await expect.poll(() => log).toContainEqual(expect.stringContaining('Redis is back'));
    const before = ticks;
    await expect.poll(() => ticks).toBeGreaterThan(before + 2);
    await jobs.add('delivery', 'after', { actionId: 'after' });
    await expect.poll(() => done).toEqual(['after']);
    // A job that was running when everything was forgotten may be told as missing, each once.
    const told = log.filter((line) => !line.includes('Missing '));
    expect(told).toEqual([expect.stringContaining('Redis is away'), expect.stringContaining('Redis is back')]);
    expect(new Set(log).size).toBe(log.length);
    await jobs.close();
  });

  it('that is away does not hold up the end; a job that is running does', async () => {
    const redis = await startRedisServer();
    const log: string[] = [];
    const jobs = await openRedisJobs(redis.url, { log: (line) => log.push(line) });
    let finish = () => {};
    let isRunning = false;
    jobs.work('delivery', async () => {});
    jobs.work('evaluation', async () => {
      isRunning = true;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      isRunning = false;
    });
    await jobs.every('evaluation', 'tick', 100);
    await expect.poll(() => isRunning).toBe(true);
    await redis.kill();
    await expect.poll(() => log).toContainEqual(expect.stringContaining('Redis is away'));
    setImmediate(() => finish());
    await jobs.close();
    expect(isRunning).toBe(false);
  });
});
