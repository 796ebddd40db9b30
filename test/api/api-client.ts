import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptDeployment } from '../../collectors/deployments.js';
import { normaliseTools } from '../../collectors/index.js';
import { acceptLangfuseEvents } from '../../collectors/langfuse-scores.js';
import { acceptOutcomes } from '../../collectors/outcomes.js';
import { Spool } from '../../collectors/spool/index.js';
import { DETECTORS } from '../../detectors/index.js';
import { createChangeFeed } from '../../src/api/changes.js';
import type { ServerParts } from '../../src/api/ports.js';
import { SchemaRegistry } from '../../src/api/schema-registry.js';
import type { Problem } from '../../src/api/schemas.js';
import { createServer } from '../../src/api/server.js';
import { createAttribution } from '../../src/evaluation/index.js';
import { type Clock, isoTime } from '../../src/model/index.js';
import { DEFAULT_ROLLOUT_POLICY, judgeRollout } from '../../src/rollouts/index.js';
import type { Database } from '../../src/store/index.js';
import { knownVectors, readCells } from '../../src/store/queries/cells.js';
import { createTelemetry } from '../../src/telemetry/metrics.js';
import { cleanUp } from '../support/cleanup.js';
import { temporaryDirectory } from '../support/engine.js';

/** The time at which every API test takes place. */
export const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
export const clock: Clock = { now: () => NOW_MS };

interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON body; `null` when the answer is not JSON. */
  readonly body: Body;
  readonly text: string;
}

export interface Api {
  readonly url: string;
  readonly parts: ServerParts;
  readonly spool: Spool;
  get<Body = Problem>(path: string): Promise<Answer<Body>>;
  post<Body = Problem>(path: string, body?: unknown): Promise<Answer<Body>>;
  put<Body = Problem>(path: string, body?: unknown): Promise<Answer<Body>>;
  close(): Promise<void>;
}

/** The real server on a free port, over the real store and spool. What a test does not care about has a stand-in. */
export async function startApi(database: Database, overrides: Partial<ServerParts> = {}): Promise<Api> {
  const spool = await Spool.start(database, {
    directory: temporaryDirectory(),
    maxBytes: 1024 ** 3,
    fsync: 'never',
    clock,
    log: () => {},
  });
  const parts: ServerParts = {
    database,
    clock,
    telemetry: createTelemetry(),
    changes: createChangeFeed(clock, 10),
    health: healthy,
    judge: async ({ rollout, state }) =>
      judgeRollout({
        rollout,
        previous: state,
        cells: await readCells(database, { targetId: rollout.targetId, since: 0 }),
        vectors: await knownVectors(database, rollout.targetId),
        now: NOW_MS,
      }),
    behaviour: () => null,
    attribute: createAttribution(database, clock),
    basePolicy: () => DEFAULT_ROLLOUT_POLICY,
    desk: { acknowledge: noDesk, resolve: noDesk, approve: noDesk, reject: noDesk },
    intake: {
      outcomes: (posted, nowMs) => acceptOutcomes(spool, posted, nowMs),
      deployment: (posted, nowMs) => acceptDeployment(database, posted, nowMs),
      langfuse: (events, nowMs) => acceptLangfuseEvents(spool, events, nowMs),
      webhook: async () => ({ kind: 'unknown' }),
    },
    registry: new SchemaRegistry({ database, clock, normalise: normaliseTools }),
    metrics: DETECTORS.flatMap((detector) => detector.metrics),
    log: () => {},
    otlp: async () => {},
    pageDirectory: builtPage(),
    ...overrides,
  };
  const server = await createServer(parts);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const close = async () => {
    await server.close();
    await spool.stop();
  };
  cleanUp(close);
  const ask = async <Body>(path: string, init?: RequestInit): Promise<Answer<Body>> => {
    const response = await fetch(url + path, init);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
  };
  return {
    url,
    parts,
    spool,
    get: (path) => ask(path),
    post: (path, body = {}) => ask(path, sending('POST', body)),
    put: (path, body = {}) => ask(path, sending('PUT', body)),
    close,
  };
}

function sending(method: string, body: unknown): RequestInit {
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

const noDesk = () => Promise.reject(new Error('this test has no desk'));

const healthy: ServerParts['health'] = {
  readiness: async () => ({ ready: true }),
  status: async () => ({
    version: '0.0.0',
    startedAt: isoTime(NOW_MS),
    ready: true,
    problems: [],
    spool: { segments: 0, bytes: 0, poisoned: 0, lastError: '' },
    evaluation: { lastRunAt: null, watermark: null, lagSeconds: null, lastError: '', detectors: [], watches: [] },
    actions: { pending: 0, retrying: 0, failed: 0 },
  }),
};

function builtPage(): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'assets'));
  writeFileSync(join(directory, 'index.html'), '<!doctype html><title>Leeway</title>');
  writeFileSync(join(directory, 'assets/index-1a2b.js'), 'export {};');
  return directory;
}
