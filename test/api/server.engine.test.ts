import { request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createServer } from '../../src/api/index.js';
import { type Incident, LeewayError } from '../../src/model/index.js';
import { recordIncident } from '../../src/store/queries/incidents.js';
import { makeGate } from '../incidents/rollout-fixture.js';
import { startEngine, temporaryDirectory } from '../support/engine.js';
import { startApi } from './api-client.js';

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}
interface Operation {
  readonly summary?: string;
  readonly responses: Record<string, { readonly content?: object }>;
}

const INCIDENT: Incident = {
  id: 'inc_late',
  kind: 'rollback',
  targetId: '1',
  target: { service: 's', environment: '', operation: 'o' },
  rolloutId: 'rol_1',
  title: 'too late',
  severity: 'critical',
  openedAt: 0,
  evidence: makeGate(),
};

const database = await startEngine();
const api = await startApi(database);

describe('the description of the API', () => {
  it('is OpenAPI 3.1 and names every route with the shape of its answers', async () => {
    const { body } = await api.get<OpenApi>('/api/docs/json');
    expect(body.openapi).toBe('3.1.0');
    const paths = Object.keys(body.paths);
    for (const path of [
      'targets',
      'vectors',
      'rollouts',
      'rollouts/{id}/gate',
      'incidents/{id}',
      'traces/{id}',
      'events',
    ])
      expect(paths).toContain(`/api/v1/${path}`);
    for (const [path, methods] of Object.entries(body.paths))
      for (const [method, operation] of Object.entries(methods)) {
        const good = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
        expect([method, path, good.length > 0 && good.every(([, answer]) => answer.content !== undefined)]).toEqual([
          method,
          path,
          true,
        ]);
        expect([path, operation.summary]).toEqual([path, expect.any(String)]);
      }
  });

  it('is readable without any other server', async () => {
    const page = await api.get('/api/docs');
    expect(page.status).toBe(200);
    for (const [, address] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect(address).not.toMatch(/^(https?:)?\/\//);
      expect((await api.get(new URL(address ?? '', `${api.url}/api/docs`).pathname)).status).toBe(200);
    }
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
  });
});

describe('errors', () => {
  it.each([
    ['/api/v1/nowhere', 404, 'LEEWAY_NOT_FOUND', /no such route/],
    ['/api/v1/rollouts/unknown', 404, 'LEEWAY_NOT_FOUND', /no rollout unknown/],
    ['/api/v1/rollouts/unknown/gate', 404, 'LEEWAY_NOT_FOUND', /no rollout unknown/],
    ['/api/v1/incidents/unknown', 404, 'LEEWAY_NOT_FOUND', /no incident unknown/],
    [`/api/v1/traces/${'0'.repeat(32)}`, 404, 'LEEWAY_NOT_FOUND', /no trace/],
    [`/api/v1/artifacts/${'0'.repeat(64)}`, 404, 'LEEWAY_NOT_FOUND', /no artifact/],
    ['/api/v1/traces/xyz', 400, 'LEEWAY_INVALID', /path\.id must match/],
    ['/api/v1/vectors', 400, 'LEEWAY_INVALID', /query.*target/],
    ['/api/v1/generations?limit=501', 400, 'LEEWAY_INVALID', /query\.limit must be <= 500/],
    ['/api/v1/generations?failing=nothing', 400, 'LEEWAY_INVALID', /query\.failing must be one of compliance/],
    ['/api/v1/rollouts/%zz', 400, 'LEEWAY_MALFORMED', /not a valid url/],
    ['/api/v1/rollouts?status=sleeping', 400, 'LEEWAY_INVALID', /query\.status must be one of running/],
  ])('GET %s is a problem that says what to do', async (path, status, code, detail) => {
    const answer = await api.get(path);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.detail).toMatch(detail);
    expect(answer.body).toMatchObject({ status, instance: path.split('?')[0], title: expect.any(String) });
  });

  it('of an id beyond its length come before anybody looks for it', async () => {
    const longest = await api.get(`/api/v1/rollouts/${'x'.repeat(256)}`);
    expect([longest.status, longest.body.detail]).toEqual([404, expect.stringContaining('no rollout xxx')]);
    const beyond = await api.get(`/api/v1/rollouts/${'x'.repeat(257)}`);
    expect(beyond.body).toMatchObject({
      status: 400,
      code: 'LEEWAY_MALFORMED',
      detail: expect.stringMatching(/exceeding the max/),
    });
  });

  it('of an unknown incident or action stop a decision', async () => {
    for (const path of ['incidents/x/acknowledge', 'incidents/x/resolve', 'actions/x/approve', 'actions/x/reject'])
      expect((await api.post(`/api/v1/${path}`)).status).toBe(404);
  });

  it('of a decision that comes too late are a conflict', async () => {
    const reject = () => Promise.reject(new LeewayError('LEEWAY_CONFLICT', 'it is resolved already'));
    const server = await startApi(database, { desk: { ...api.parts.desk, resolve: reject } });
    await recordIncident(database, INCIDENT);
    const answer = await server.post('/api/v1/incidents/inc_late/resolve');
    expect([answer.status, answer.body.detail]).toEqual([409, 'it is resolved already']);
  });

  it('of bodies say what is wrong with them', async () => {
    const send = (body: string, type: string) =>
      fetch(`${api.url}/api/v1/outcomes`, { method: 'POST', headers: { 'content-type': type }, body });
    expect((await send('{"name":', 'application/json')).status).toBe(400);
    expect((await send('a,b', 'text/csv')).status).toBe(415);
    expect((await send(`"${'x'.repeat(5 * 1024 ** 2)}"`, 'application/json')).status).toBe(413);
  });

  it('that nobody expected tell nothing of the inside', async () => {
    const logged: string[] = [];
    const broken = await startApi(database, {
      log: (line) => logged.push(line),
      health: { ...api.parts.health, status: () => Promise.reject(new Error('password=hunter2')) },
    });
    const answer = await broken.get('/api/v1/status');
    expect([answer.status, answer.body.code]).toEqual([500, 'LEEWAY_INTERNAL']);
    expect(answer.text).not.toContain('hunter2');
    expect(logged).toEqual([expect.stringContaining('hunter2')]);
  });
});

it('waits for a request, and for its headers, no longer than a minute', async () => {
  const { server } = await createServer(api.parts);
  expect(server).toMatchObject({ requestTimeout: 60_000, headersTimeout: 60_000 });
});

describe('pages of others', () => {
  const ask = (method: string, headers: Record<string, string>, server = api) =>
    new Promise((resolve, reject) => {
      const request = httpRequest(`${server.url}/api/v1/incidents${method === 'POST' ? '/x/resolve' : ''}`, {
        method,
        headers,
      });
      request.once('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.once('error', reject);
      request.end();
    });

  it('change nothing, whatever they send', async () => {
    expect(await ask('POST', { origin: 'https://evil.example' })).toBe(403);
    expect(await ask('POST', { origin: 'null' })).toBe(403);
    expect(await ask('POST', { origin: api.url })).toBe(404);
    expect(await ask('POST', {})).toBe(404);
    const text = await fetch(`${api.url}/api/v1/incidents/x/resolve`, { method: 'POST', body: 'a text' });
    expect(text.status).toBe(415);
  });

  it('read nothing under a name that was pointed here', async () => {
    expect(await ask('GET', { host: 'evil.example:4318' })).toBe(403);
    expect(await ask('GET', { host: 'localhost:4318' })).toBe(200);
    const proxied = await startApi(database, { publicUrl: 'https://leeway.example' });
    expect(await ask('GET', { host: 'leeway.example' }, proxied)).toBe(200);
    expect(await ask('POST', { host: 'leeway.example', origin: 'https://leeway.example' }, proxied)).toBe(404);
  });
});

describe('health and metrics', () => {
  it('is alive, and ready when its parts are', async () => {
    expect((await api.get('/healthz')).body).toEqual({ status: 'alive' });
    expect((await api.get('/readyz')).body).toEqual({ status: 'ready' });
    const unready = await startApi(database, {
      health: { ...api.parts.health, readiness: async () => ({ ready: false, reasons: ['the spool does not drain'] }) },
    });
    const answer = await unready.get('/readyz');
    expect([answer.status, answer.body.detail]).toEqual([503, 'the spool does not drain']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await unready.get('/healthz')).status).toBe(200);
  });

  it('exposes its own metrics, by route and never by path', async () => {
    api.parts.telemetry.onScrape(() => api.parts.telemetry.spool.bytes.set(42));
    api.parts.telemetry.onScrape(() => Promise.reject(new Error('cannot be read now')));
    await api.get('/api/v1/rollouts/some-id');
    const { text, headers } = await api.get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('leeway_spool_bytes 42');
    expect(text).toContain('route="/api/v1/rollouts/:id",status="404"');
    expect(text).not.toContain('some-id');
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('tells how the service is doing', async () => {
    expect((await api.get('/api/v1/status')).body).toMatchObject({ ready: true, problems: [] });
  });
});

describe('the page', () => {
  it.each(['/', '/rollouts', '/rollouts/rol_1', '/incidents/inc_1', '/targets/t/x', '/traces/abc'])(
    'answers %s, which it makes itself',
    async (path) => {
      const answer = await api.get(path);
      expect([answer.status, answer.text]).toEqual([200, '<!doctype html><title>Leeway</title>']);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    },
  );

  it('keeps hashed files in the cache and never looks outside its directory', async () => {
    const asset = await api.get('/assets/index-1a2b.js');
    expect(asset.headers.get('content-type')).toContain('javascript');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await api.get('/assets/..%2f..%2fpackage.json')).status).toBe(404);
    expect((await api.get('/assets/missing.js')).status).toBe(404);
  });

  it('runs no script but its own, and in no frame', async () => {
    const policy = (await api.get('/')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect((await api.get('/')).headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('says how to build it when it is not built', async () => {
    const bare = await startApi(database, { pageDirectory: temporaryDirectory() });
    const answer = await bare.get('/');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8']);
    expect(answer.text).toContain('npm run build');
  });
});
