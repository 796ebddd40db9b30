import type { FastifyInstance } from 'fastify';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { createRegistry } from '../../examples/registry/server.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const POINTER = '/prompts/support-triage/pointer';

let registry: FastifyInstance | undefined;
let nowMs = Date.now();

function start(failForSeconds = 0): FastifyInstance {
  registry = createRegistry({ webhookSecret: SECRET, failForSeconds, now: () => nowMs });
  return registry;
}

afterEach(async () => {
  await registry?.close();
  nowMs = Date.now();
});

async function startCanary(app: FastifyInstance): Promise<void> {
  const { headers } = await app.inject({ url: POINTER });
  const answer = await app.inject({
    method: 'PUT',
    url: POINTER,
    headers: { 'if-match': String(headers.etag) },
    payload: { stable: 'v12', candidate: 'v13', candidateWeight: 0.1 },
  });
  expect(answer.statusCode).toBe(200);
}

interface CallOptions {
  readonly secret?: string;
  readonly at?: Date;
  readonly tamper?: boolean;
  readonly data?: object;
}

const V13_TO_V12 = { target: { operation: 'support-triage' }, from: { prompt: 'v13' }, to: { prompt: 'v12' } };

function call(app: FastifyInstance, id: string, options: CallOptions = {}) {
  const at = options.at ?? new Date();
  const body = JSON.stringify({ type: 'leeway.rollback.requested', data: options.data ?? V13_TO_V12 });
  return app.inject({
    method: 'POST',
    url: '/hooks/leeway',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(options.secret ?? SECRET).sign(id, at, body),
    },
    payload: options.tamper ? body.replace('rollback', 'promotion') : body,
  });
}

const weight = async (app: FastifyInstance) => (await app.inject({ url: POINTER })).json().candidateWeight;
const stats = async (app: FastifyInstance) => (await app.inject({ url: '/stats' })).json();

describe('the pointer', () => {
  it('answers 304 to a client that has its ETag, until it moves', async () => {
    const app = start();
    const first = await app.inject({ url: POINTER });
    expect(first.json()).toEqual({ name: 'support-triage', stable: 'v12', candidate: 'v13', candidateWeight: 0 });
    const headers = { 'if-none-match': String(first.headers.etag) };
    expect((await app.inject({ url: POINTER, headers })).statusCode).toBe(304);
    await startCanary(app);
    const moved = await app.inject({ url: POINTER, headers });
    expect(moved.statusCode).toBe(200);
    expect(moved.json().candidateWeight).toBe(0.1);
  });

  it('is not moved by a writer who has not seen the last move', async () => {
    const app = start();
    const { headers } = await app.inject({ url: POINTER });
    await startCanary(app);
    const payload = { stable: 'v13', candidate: 'v13', candidateWeight: 0 };
    const stale = { 'if-match': String(headers.etag) };
    expect((await app.inject({ method: 'PUT', url: POINTER, headers: stale, payload })).statusCode).toBe(412);
    expect((await app.inject({ method: 'PUT', url: POINTER, payload })).statusCode).toBe(428);
    expect(await weight(app)).toBe(0.1);
  });

  it('refuses a version that was never published and a weight that is no share', async () => {
    const app = start();
    const { headers } = await app.inject({ url: POINTER });
    const put = (payload: object) =>
      app.inject({ method: 'PUT', url: POINTER, headers: { 'if-match': String(headers.etag) }, payload });
    expect((await put({ stable: 'v12', candidate: 'v99', candidateWeight: 0.1 })).statusCode).toBe(422);
    expect((await put({ stable: 'v12', candidate: 'v13', candidateWeight: 10 })).statusCode).toBe(400);
  });

  it('keeps its history, and versions are there word for word', async () => {
    const app = start();
    await startCanary(app);
    const { moves } = (await app.inject({ url: '/prompts/support-triage/history' })).json();
    expect(moves.map((move: { pointer: { candidateWeight: number } }) => move.pointer.candidateWeight)).toEqual([
      0, 0.1,
    ]);
    const version = await app.inject({ url: '/prompts/support-triage/versions/v12' });
    expect(version.json().content).toContain('No text around the object, no code fence');
    expect((await app.inject({ url: '/prompts/support-triage/versions/v14' })).statusCode).toBe(404);
  });
});

describe('the webhook', () => {
  it('takes the candidate out of the traffic, once per id', async () => {
    const app = start();
    await startCanary(app);
    expect((await call(app, 'act_1')).json()).toMatchObject({ status: 'moved' });
    expect(await weight(app)).toBe(0);
    await startCanary(app);
    const again = await call(app, 'act_1');
    expect(again.statusCode).toBe(200);
    expect(again.json()).toEqual({ status: 'already' });
    expect(await weight(app)).toBe(0.1);
    expect(await stats(app)).toMatchObject({ received: 2, accepted: 1, repeated: 1, distinctIds: 1 });
  });

  it('moves a version back that everybody got already', async () => {
    const app = start();
    const { headers } = await app.inject({ url: POINTER });
    const payload = { stable: 'v13', candidate: 'v13', candidateWeight: 0 };
    await app.inject({ method: 'PUT', url: POINTER, headers: { 'if-match': String(headers.etag) }, payload });
    expect((await call(app, 'act_1')).json().pointer).toEqual({ stable: 'v12', candidate: 'v13', candidateWeight: 0 });
  });

  it('leaves versions alone that were not judged, and says what it does not understand', async () => {
    const app = start();
    await startCanary(app);
    const data = { ...V13_TO_V12, from: { prompt: 'v11' } };
    expect((await call(app, 'act_1', { data })).json()).toMatchObject({ status: 'unchanged' });
    expect(await weight(app)).toBe(0.1);
    expect((await call(app, 'act_2', { data: { target: { operation: 'support-triage' } } })).statusCode).toBe(400);
    expect((await call(app, 'act_3', { data: { ...V13_TO_V12, target: { operation: 'other' } } })).statusCode).toBe(
      404,
    );
    expect((await call(app, 'act_4', { data: { ...V13_TO_V12, to: { prompt: 'v1' } } })).statusCode).toBe(422);
  });

  it('refuses a wrong secret, a changed body and an old timestamp', async () => {
    const app = start();
    await startCanary(app);
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    expect((await call(app, 'act_1', { secret })).statusCode).toBe(401);
    expect((await call(app, 'act_1', { tamper: true })).statusCode).toBe(401);
    expect((await call(app, 'act_1', { at: new Date(Date.now() - 3_600_000) })).statusCode).toBe(401);
    expect((await app.inject({ method: 'POST', url: '/hooks/leeway', payload: {} })).statusCode).toBe(401);
    expect(await weight(app)).toBe(0.1);
    expect(await stats(app)).toMatchObject({ received: 4, refused: 4, accepted: 0, distinctIds: 0 });
  });

  it('answers 503 for a while from the first call on, then accepts the same id as new', async () => {
    const app = start(20);
    await startCanary(app);
    const first = await call(app, 'act_1');
    expect([first.statusCode, first.headers['retry-after']]).toEqual([503, '2']);
    nowMs += 19_000;
    expect((await call(app, 'act_1')).statusCode).toBe(503);
    expect(await weight(app)).toBe(0.1);
    nowMs += 1_500;
    expect((await call(app, 'act_1')).json()).toMatchObject({ status: 'moved' });
    expect(await weight(app)).toBe(0);
    expect(await stats(app)).toMatchObject({ received: 3, unavailable: 2, accepted: 1, distinctIds: 1 });
  });
});
