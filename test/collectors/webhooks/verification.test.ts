import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cdevents } from '../../../collectors/webhooks/cdevents.js';
import { github } from '../../../collectors/webhooks/github.js';
import { langfuse } from '../../../collectors/webhooks/langfuse.js';
import { launchdarkly } from '../../../collectors/webhooks/launchdarkly.js';
import { standard } from '../../../collectors/webhooks/standard.js';
import { TIMESTAMP_TOLERANCE_SECONDS, verifyToken } from '../../../collectors/webhooks/verification.js';
import { posted, SECRETS } from './deliveries.js';

/** Signatures made elsewhere (Python's hmac; GitHub's and Standard Webhooks' from their documentation). */
const VECTORS = {
  langfuse: {
    source: langfuse,
    secret: SECRETS.langfuse,
    body: '{"id":"evt-1","type":"prompt-version"}',
    headers: {
      'x-langfuse-signature': 't=1795435200,v1=6c96c1a7b59c5d292a4d0f1fef76744646259353a7c14fe6583d9d27fafa2739',
    },
    atSeconds: 1_795_435_200,
  },
  launchdarkly: {
    source: launchdarkly,
    secret: SECRETS.launchdarkly,
    body: '{"_id":"57c0a8e29969090743529965"}',
    headers: { 'x-ld-signature': '128d400d723bfaeb23187ec36e24dbef84e65edcf917de22ed74e5e141714007' },
    atSeconds: null,
  },
  github: {
    source: github,
    secret: SECRETS.github,
    body: 'Hello, World!',
    headers: { 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' },
    atSeconds: null,
  },
  standard: {
    source: standard,
    secret: SECRETS.standard,
    body: '{"test": 2432232314}',
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    atSeconds: 1_614_265_330,
  },
};

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');

describe.each(Object.entries(VECTORS))('the signature of %s', (_name, { source, secret, body, headers, atSeconds }) => {
  const nowMs = atSeconds === null ? NOW_MS : atSeconds * 1000;
  const verify = (changed: { body?: string; headers?: Record<string, string>; secret?: string; nowMs?: number }) =>
    source.verify(
      posted(changed.body ?? body, changed.headers ?? headers),
      changed.secret ?? secret,
      changed.nowMs ?? nowMs,
    );

  it('is accepted', () => {
    expect(verify({})).toEqual({ ok: true });
  });

  it('is refused over other bytes, even those that mean the same', () => {
    expect(verify({ body: `${body} ` }).ok).toBe(false);
    expect(verify({ body: '' }).ok).toBe(false);
  });

  it('is refused with another secret', () => {
    const other = secret.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect(verify({ secret: other }).ok).toBe(false);
  });

  it('is refused with the same words whenever a header is missing, empty, cut or changed', () => {
    const refusals = Object.entries(headers).flatMap(([name, value]) =>
      ['', value.slice(0, -1), `${value}0`, value.replace(/[0-9]/, (digit) => String((Number(digit) + 1) % 10))]
        .map((changed) => verify({ headers: { ...headers, [name]: changed } }))
        .concat(verify({ headers: Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name)) })),
    );
    expect(new Set(refusals.map((one) => (one.ok ? 'accepted' : one.reason)))).toEqual(
      new Set(["the request does not carry a valid signature made with this webhook's secret"]),
    );
  });

  it('never accepts a header that was made up', () => {
    const anyHeaders = fc.record(
      Object.fromEntries(Object.keys(headers).map((name) => [name, fc.oneof(fc.string(), fc.constant('v1,'))])),
    );
    fc.assert(
      fc.property(anyHeaders, fc.string(), (made, text) => {
        expect(source.verify(posted(text, made), secret, nowMs).ok).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

describe.each([VECTORS.langfuse, VECTORS.standard])('a signed time', ({ source, secret, body, headers, atSeconds }) => {
  const verifyAfter = (seconds: number, text = body) =>
    source.verify(posted(text, headers), secret, (atSeconds + seconds) * 1000);

  it('is accepted within five minutes either way, then refused with the reason', () => {
    for (const skew of [-TIMESTAMP_TOLERANCE_SECONDS, TIMESTAMP_TOLERANCE_SECONDS])
      expect(verifyAfter(skew)).toEqual({ ok: true });
    expect(verifyAfter(301)).toEqual({ ok: false, reason: expect.stringMatching(/signed 301 seconds ago/) });
    expect(verifyAfter(-301)).toEqual({ ok: false, reason: expect.stringMatching(/301 seconds ahead/) });
  });

  it('is not told to somebody who did not sign it', () => {
    const forged = verifyAfter(10_000, 'x');
    expect(forged.ok ? 'accepted' : forged.reason).not.toMatch(/seconds/);
  });
});

describe('several signatures', () => {
  it('are tried one by one, as while a sender changes its secret', () => {
    const { body, headers, secret, atSeconds } = VECTORS.standard;
    const old = `v1,${'A'.repeat(43)}=`;
    const both = { ...headers, 'webhook-signature': `v1a,abc ${old} ${headers['webhook-signature']}` };
    expect(standard.verify(posted(body, both), secret, atSeconds * 1000)).toEqual({ ok: true });
    const langfuseBoth = VECTORS.langfuse.headers['x-langfuse-signature'].replace(',', `,v1=${'0'.repeat(64)},`);
    const request = posted(VECTORS.langfuse.body, { 'x-langfuse-signature': langfuseBoth });
    expect(langfuse.verify(request, SECRETS.langfuse, VECTORS.langfuse.atSeconds * 1000)).toEqual({ ok: true });
  });

  it('with two times are refused: one of them was not signed', () => {
    const twice = `t=1795435200,${VECTORS.langfuse.headers['x-langfuse-signature']}`;
    const request = posted(VECTORS.langfuse.body, { 'x-langfuse-signature': twice });
    expect(langfuse.verify(request, SECRETS.langfuse, VECTORS.langfuse.atSeconds * 1000).ok).toBe(false);
  });
});

describe('a shared token', () => {
  const token = SECRETS.token;
  it.each([
    ['as a bearer', posted('{}', { authorization: `Bearer ${token}` })],
    ['as a bearer in lower case', posted('{}', { authorization: `bearer ${token}` })],
    ['in the address', posted('{}', {}, token)],
  ])('is accepted %s', (_how, request) => {
    expect(verifyToken(request, token)).toEqual({ ok: true });
  });

  it.each([
    ['missing', posted('{}', {})],
    ['wrong', posted('{}', { authorization: 'Bearer x' })],
    ['cut', posted('{}', {}, token.slice(0, -1))],
    ['of another scheme', posted('{}', { authorization: `Basic ${token}` })],
    ['wrong as a bearer and right in the address', posted('{}', { authorization: 'Bearer x' }, token)],
  ])('is refused when %s', (_what, request) => {
    expect(verifyToken(request, token)).toEqual({ ok: false, reason: expect.stringMatching(/token/) });
  });
});

describe('secrets', () => {
  it('are found wanting at the start', () => {
    expect(standard.secretProblem('whsec_c2hvcnQ=')).toMatch(/24 to 64/);
    expect(standard.secretProblem(SECRETS.token)).toMatch(/whsec_/);
    expect(standard.secretProblem(SECRETS.standard)).toBeNull();
    expect(langfuse.secretProblem('short')).toMatch(/at least 16/);
    expect(langfuse.secretProblem(SECRETS.langfuse)).toBeNull();
  });

  it('decide how CDEvents prove their sender: a token cannot stand in for a signature', () => {
    expect(cdevents.verify(posted('{}', {}, SECRETS.token), SECRETS.token, NOW_MS).ok).toBe(true);
    expect(cdevents.verify(posted('{}', {}, SECRETS.standard), SECRETS.standard, NOW_MS).ok).toBe(false);
    expect(cdevents.secretProblem('whsec_c2hvcnQ=')).toMatch(/24 to 64/);
    const { body, headers, secret, atSeconds } = VECTORS.standard;
    expect(cdevents.verify(posted(body, headers), secret, atSeconds * 1000)).toEqual({ ok: true });
  });
});
