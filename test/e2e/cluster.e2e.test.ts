import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AnsweringServer, answer, startServer } from '../actions/answering-server.js';
import { type ClickHouseServer, startClickHouse } from '../support/clickhouse-server.js';
import { temporaryDirectory } from '../support/engine.js';
import { type RunningLeeway, spawnLeeway, startLeeway } from '../support/leeway.js';
import { type Call, tracesBody } from '../support/otlp.js';
import { hasRedis, type RedisServer, startRedisServer } from '../support/redis.js';

/** Event time of what is sent: far enough back that every watermark has passed. */
const AGE_SECONDS = 440;
const start = () => Date.now() / 1000 - AGE_SECONDS;
const calls = (n: number): Call[] => Array.from({ length: n }, (_, i) => ({ at: start() + i / 10, prompt: 'v12' }));

interface Status {
  readonly ready: boolean;
  readonly problems: readonly string[];
  readonly spool: { readonly segments: number; readonly poisoned: number };
}

/** Leeway against servers: ClickHouse's HTTP interface (over the real engine) and a real Redis. */
describe.skipIf(!hasRedis)('a cluster', () => {
  const data = temporaryDirectory();
  let clickhouse: ClickHouseServer;
  let redis: RedisServer;
  let registry: AnsweringServer;
  let environment: Record<string, string>;
  let leeway: RunningLeeway;

  beforeAll(async () => {
    [clickhouse, redis, registry] = await Promise.all([
      startClickHouse(),
      startRedisServer(),
      startServer(answer(200)),
    ]);
    const config = join(data, 'leeway.yaml');
    writeFileSync(
      config,
      [
        'targets: [{ match: {}, policy: { mode: auto } }]',
        `registries: [{ name: prompts, type: webhook, url: "${registry.url}/hook", secret: { env: SECRET }, surfaces: [prompt] }]`,
        `outbound: { allowHosts: ["${registry.host}"] }`,
      ].join('\n'),
    );
    environment = {
      CLICKHOUSE_URL: `${clickhouse.url}/leeway`,
      QUEUE_URL: redis.url,
      LEEWAY_CONFIG: config,
      SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    };
    leeway = await startLeeway(data, environment);
  });

  async function send(service: string, sent: readonly Call[]): Promise<number> {
    const response = await fetch(`${leeway.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: tracesBody(sent, service),
    });
    return response.status;
  }

  async function counted(service: string): Promise<number> {
    const { targets } = await leeway.get<{ targets: { targetId: string; service: string }[] }>('/api/v1/targets');
    const target = targets.find((other) => other.service === service)?.targetId;
    if (!target) return 0;
    const { vectors } = await leeway.get<{ vectors: { generations: number }[] }>(
      `/api/v1/vectors?target=${target}&windowSeconds=7200`,
    );
    return vectors.reduce((sum, vector) => sum + vector.generations, 0);
  }

  const ready = async () => (await fetch(`${leeway.url}/readyz`)).status;

  async function gauge(name: string): Promise<number> {
    const text = await (await fetch(`${leeway.url}/metrics`)).text();
    const values = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
    return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
  }

  it('counts what is sent, and keeps nothing but the spool on its own disk', async () => {
    expect(await send('steady', calls(300))).toBe(200);
    await expect.poll(() => counted('steady')).toBe(300);
    expect(existsSync(join(data, 'engine'))).toBe(false);
    expect(existsSync(join(data, 'queue'))).toBe(false);
  });

  it.each([
    { service: 'too-many-parts', fault: { kind: 'error', of: 'inserts', code: 252 }, says: 'Too many parts' },
    { service: 'refused', fault: { kind: 'refuse', of: 'inserts' }, says: 'ClickHouse at 127.0.0.1' },
    { service: 'gone', fault: { kind: 'refuse' }, says: 'ClickHouse at 127.0.0.1' },
  ] as const)(
    'takes spans while inserts fail ($service), says so, and counts each once afterwards',
    async ({ service, fault, says }) => {
      await clickhouse.fault(fault);
      for (let batch = 0; batch < 3; batch += 1) expect(await send(service, calls(50))).toBe(200);
      const problems = async () => (await leeway.get<Status>('/api/v1/status')).problems.join('\n');
      await expect.poll(problems).toContain('The store does not take rows');
      expect(await problems()).toContain(says);
      expect(await ready()).toBe(503);
      expect(await gauge('leeway_spool_segments')).toBeGreaterThan(0);
      await clickhouse.fault({ kind: 'none' });
      await expect.poll(() => counted(service)).toBe(150);
      await expect.poll(ready).toBe(200);
      expect(await leeway.get<Status>('/api/v1/status')).toMatchObject({ spool: { segments: 0, poisoned: 0 } });
    },
  );

  it('says that the store is away to those who ask for what is in it', async () => {
    await clickhouse.fault({ kind: 'refuse' });
    const response = await fetch(`${leeway.url}/api/v1/targets`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'LEEWAY_STORE_UNAVAILABLE' });
    await clickhouse.fault({ kind: 'none' });
  });

  it('counts each span once when the answers to its inserts are lost', async () => {
    await clickhouse.fault({ kind: 'cut', of: 'inserts', times: 4 });
    for (let batch = 0; batch < 3; batch += 1) expect(await send('cut', calls(50))).toBe(200);
    await expect.poll(() => counted('cut')).toBe(150);
    await expect.poll(ready).toBe(200);
    const tokens = (await clickhouse.requests()).map(({ token }) => token).filter((token) => token !== '');
    expect(tokens.length).toBeGreaterThan(new Set(tokens).size);
  });

  it('goes on without Redis: a rollback is delivered, and once, also when Redis is back', {
    timeout: 60_000,
  }, async () => {
    await redis.kill();
    await expect.poll(() => leeway.output()).toContain('Redis is away');
    const from = start();
    const sent: Call[] = Array.from({ length: 3000 }, (_, i) => {
      const isCandidate = i >= 1000 && i % 10 === 0;
      return { at: from + i / 10, prompt: isCandidate ? 'v13' : 'v12', broken: isCandidate && i % 40 === 0 };
    });
    expect(await send('drifting', sent)).toBe(200);
    await expect.poll(() => registry.requests.length, { timeout: 40_000 }).toBe(1);
    const runs = await gauge('leeway_evaluation_runs_total');
    await redis.restart();
    await expect.poll(() => leeway.output()).toContain('Redis is back');
    // Only runs from the queue are counted: it drives the evaluation again.
    await expect.poll(() => gauge('leeway_evaluation_runs_total')).toBeGreaterThan(runs + 2);
    const { actions } = await leeway.get<{ actions: { kind: string; status: string }[] }>('/api/v1/actions');
    expect(actions.filter(({ kind }) => kind === 'rollback')).toMatchObject([{ status: 'succeeded' }]);
    expect(registry.requests).toHaveLength(1);
  });

  it('has its state in the servers: a Leeway on an empty disk goes on', async () => {
    expect(await leeway.stop()).toBe(0);
    leeway = await startLeeway(temporaryDirectory(), environment);
    expect(await counted('steady')).toBe(300);
    expect(await send('steady', calls(10))).toBe(200);
    await expect.poll(() => counted('steady')).toBe(310);
    expect(registry.requests).toHaveLength(1);
  });

  it.each([
    { variable: 'CLICKHOUSE_URL', url: 'http://leeway:geheim@127.0.0.1:9/leeway', code: 'LEEWAY_STORE_UNAVAILABLE' },
    { variable: 'QUEUE_URL', url: 'redis://:geheim@127.0.0.1:9', code: 'LEEWAY_QUEUE_UNAVAILABLE' },
  ])(
    'that lacks what $variable names is not started: a clear message, without the password',
    async ({ variable, url, code }) => {
      const child = spawnLeeway(['serve'], { ...environment, LEEWAY_DATA_DIR: temporaryDirectory(), [variable]: url });
      let text = '';
      child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const [exitCode] = await once(child, 'exit');
      expect(exitCode).toBe(1);
      expect(text).toContain(code);
      expect(text).toContain('127.0.0.1:9');
      expect(text).not.toContain('geheim');
      expect(text).not.toMatch(/^\s+at /m);
    },
  );
});
