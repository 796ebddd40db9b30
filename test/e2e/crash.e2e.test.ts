import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answer, startServer } from '../actions/answering-server.js';
import { temporaryDirectory } from '../support/engine.js';
import { type RunningLeeway, spawnLeeway, startLeeway } from '../support/leeway.js';
import { type Call, tracesBody } from '../support/otlp.js';

/** Event time of what is sent: far enough back that every watermark has passed. */
const AGE_SECONDS = 440;

async function send(url: string, body: string): Promise<boolean> {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  }).catch(() => null);
  return response?.ok ?? false;
}

interface Counts {
  vectors: { generations: number; metrics: { metric: string; n: number; failures: number }[] }[];
}

async function countedGenerations(leeway: RunningLeeway): Promise<number> {
  const { targets } = await leeway.get<{ targets: { targetId: string }[] }>('/api/v1/targets');
  const target = targets[0]?.targetId;
  if (!target) return 0;
  const { vectors } = await leeway.get<Counts>(`/api/v1/vectors?target=${target}&windowSeconds=7200`);
  return vectors.reduce((sum, vector) => sum + vector.generations, 0);
}

/** A second process on the same data directory gets a clear message and no stack trace. */
async function secondProcessIsRefused(data: string): Promise<void> {
  const second = spawnLeeway(['serve'], { LEEWAY_DATA_DIR: data, LEEWAY_PORT: '0' });
  let text = '';
  second.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const code = await new Promise((resolve) => second.once('close', resolve));
  expect(code).toBe(1);
  expect(text).toContain('LEEWAY_DATA_DIR_IN_USE');
  expect(text).toContain('is in use by another process');
  expect(text).not.toMatch(/^\s+at /m);
}

describe('kill -9', () => {
  it('while a second process tries and a client sends: every acknowledged span is counted exactly once', {
    timeout: 120_000,
  }, async () => {
    const data = temporaryDirectory();
    let leeway = await startLeeway(data);
    await secondProcessIsRefused(data);
    const port = new URL(leeway.url).port;
    const total = { batches: 45, size: 25 };
    const start = Date.now() / 1000 - AGE_SECONDS;
    const bodies = Array.from({ length: total.batches }, (_, batch) =>
      tracesBody(Array.from({ length: total.size }, (_, i) => ({ at: start + batch + i / 100, prompt: 'v12' }))),
    );
    let acknowledged = 0;
    const client = (async () => {
      for (const body of bodies) {
        // What an exporter does: the same bytes again until they are acknowledged.
        while (!(await send(leeway.url, body))) await new Promise((resolve) => setTimeout(resolve, 50));
        acknowledged += 1;
      }
    })();
    // Twice only: `npm run test:crash` kills it fifty times.
    for (const moment of [10, 30]) {
      await expect.poll(() => acknowledged, { interval: 1 }).toBeGreaterThanOrEqual(moment);
      await leeway.kill();
      leeway = await startLeeway(data, { LEEWAY_PORT: port });
    }
    await client;
    await expect.poll(() => countedGenerations(leeway), { timeout: 30_000 }).toBe(total.batches * total.size);
    expect(await leeway.stop()).toBe(0);
  });

  it('in the middle of a rollback: it goes on after the restart, under the same idempotency key', {
    timeout: 120_000,
  }, async () => {
    const registry = await startServer(answer(503));
    const data = temporaryDirectory();
    const config = join(data, 'leeway.yaml');
    writeFileSync(
      config,
      [
        'targets: [{ match: {}, policy: { mode: auto } }]',
        `registries: [{ name: prompts, type: webhook, url: "${registry.url}/hook", secret: { env: SECRET }, surfaces: [prompt] }]`,
        `outbound: { allowHosts: ["${registry.host}"] }`,
      ].join('\n'),
    );
    const environment = { LEEWAY_CONFIG: config, SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
    const first = await startLeeway(data, environment);
    const start = Date.now() / 1000 - AGE_SECONDS;
    const calls: Call[] = Array.from({ length: 3000 }, (_, i) => {
      const isCandidate = i >= 1000 && i % 10 === 0;
      return { at: start + i / 10, prompt: isCandidate ? 'v13' : 'v12', broken: isCandidate && i % 40 === 0 };
    });
    expect(await send(first.url, tracesBody(calls))).toBe(true);
    await expect.poll(() => registry.requests.length, { timeout: 40_000 }).toBeGreaterThan(0);
    await first.kill();
    const before = registry.requests.length;
    registry.handler = answer(200);
    const second = await startLeeway(data, environment);
    await expect.poll(() => registry.requests.length, { timeout: 40_000 }).toBeGreaterThan(before);
    const status = async () => {
      const { actions } = await second.get<{ actions: { kind: string; status: string }[] }>('/api/v1/actions');
      return actions.filter(({ kind }) => kind === 'rollback').map((action) => action.status);
    };
    await expect.poll(status).toEqual(['succeeded']);
    const keys = new Set(registry.requests.map(({ headers }) => headers['webhook-id']));
    expect(keys.size).toBe(1);
    const { incidents } = await second.get<{ incidents: { kind: string; state: string }[] }>('/api/v1/incidents');
    expect(incidents.filter(({ kind }) => kind === 'rollback')).toMatchObject([{ state: 'rolling_back' }]);
  });
});
