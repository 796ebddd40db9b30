import { Webhook } from 'standardwebhooks';
import { afterAll, describe, expect, it } from 'vitest';
import { createOutbound, createRegistries, MAX_WEBHOOK_BYTES, type MoveRequest } from '../../src/actions/index.js';
import { moveRequest } from '../../src/actions/move.js';
import { openIncident } from '../../src/incidents/index.js';
import { makeGate, makeRollout } from '../incidents/rollout-fixture.js';
import { answer, startServer } from './answering-server.js';

/** The example of the Standard Webhooks specification. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** The receiving side checks timestamps against its own clock: attempts are made "now". */
let now = Date.now();
const clock = { now: () => now };
const server = await startServer();
const outbound = createOutbound({ allowHosts: [server.host], clock, timeoutMs: 2000 });
afterAll(() => outbound.close());

const createRegistry = (secret = SECRET) =>
  createRegistries(
    {
      registries: [
        { name: 'prompts', type: 'webhook', url: `${server.url}/hook`, secret: { env: 'S' }, surfaces: ['prompt'] },
      ],
      secret: () => secret,
    },
    { outbound, clock },
  )[0];

const registry = createRegistry();

function request(overrides: Partial<MoveRequest> = {}): MoveRequest {
  const { incident } = openIncident(makeRollout(), makeGate());
  return {
    ...moveRequest('act_0123456789abcdef', incident, makeRollout(), ['prompt'], 'https://leeway.example'),
    ...overrides,
  };
}

describe('the webhook registry', () => {
  it('signs as the specification’s example does', () => {
    const signature = new Webhook(SECRET).sign(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      new Date(1_614_265_330_000),
      '{"test": 2432232314}',
    );
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('sends a request that the receiver can verify, and that says what to move where', async () => {
    server.requests.length = 0;
    expect(await registry?.move(request())).toMatchObject({ kind: 'delivered', detail: `${server.host} answered 200` });
    const [received] = server.requests;
    const verified = new Webhook(SECRET).verify(received?.body ?? '', received?.headers ?? {});
    expect(verified).toMatchObject({
      type: 'leeway.rollback.requested',
      timestamp: '2026-11-23T12:00:05.000Z',
      data: {
        actionId: 'act_0123456789abcdef',
        idempotencyKey: 'act_0123456789abcdef',
        rolloutId: 'rol_prompt_v13',
        target: { service: 'support-bot', environment: 'production', operation: 'support-triage' },
        surfaces: ['prompt'],
        from: { prompt: 'v13' },
        to: { prompt: 'v12' },
        evidence: [{ metric: 'compliance', candidate: { n: 1270, failures: 62 } }],
      },
    });
    expect(() => new Webhook(SECRET).verify(`${received?.body} `, received?.headers ?? {})).toThrow();
  });

  it('keeps id and body over attempts, and signs each with its own time', async () => {
    server.requests.length = 0;
    await registry?.move(request());
    now += 60_000;
    await registry?.move(request());
    const [first, second] = server.requests;
    expect(second?.headers['webhook-id']).toBe('act_0123456789abcdef');
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
    expect(Number(second?.headers['webhook-timestamp']) - Number(first?.headers['webhook-timestamp'])).toBe(60);
    expect(() => new Webhook(SECRET).verify(second?.body ?? '', second?.headers ?? {})).not.toThrow();
  });

  it.each([
    [200, 'delivered'],
    [202, 'delivered'],
    [204, 'delivered'],
    [301, 'retry'],
    [400, 'rejected'],
    [404, 'rejected'],
    [408, 'retry'],
    [409, 'rejected'],
    [410, 'rejected'],
    [425, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ])('takes %i as %s', async (status, kind) => {
    server.handler = answer(status);
    expect(await registry?.move(request())).toMatchObject({ kind });
  });

  it('does not send what exceeds the limit, and never shortens a version', async () => {
    server.requests.length = 0;
    server.handler = answer(200);
    const long = 'v'.repeat(MAX_WEBHOOK_BYTES);
    expect(await registry?.move(request({ reason: long }))).toMatchObject({ kind: 'delivered' });
    expect(await registry?.move(request({ to: { prompt: long } }))).toMatchObject({ kind: 'rejected' });
    expect(server.requests).toHaveLength(1);
  });

  it('refuses a secret that cannot sign, without repeating it', () => {
    expect(() => createRegistry('whsec_')).toThrow(expect.objectContaining({ code: 'LEEWAY_CONFIG_INVALID' }));
    expect(() => createRegistry('whsec_not base64!')).toThrow(/^the secret of registry prompts is not/);
  });
});
