import type { LookupFunction } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../src/actions/address.js';
import { createOutbound, type Outbound, type OutboundOptions } from '../../src/actions/index.js';
import { MAX_ANSWER_BYTES } from '../../src/actions/outbound.js';
import { redact } from '../../src/actions/redact.js';
import { retryAfterSeconds } from '../../src/actions/retry-after.js';
import { answer, startServer } from './answering-server.js';

const clock = { now: () => 1_000_000 };
const opened: Outbound[] = [];
afterAll(async () => {
  for (const outbound of opened) await outbound.close();
});

function outboundWith(options: Partial<OutboundOptions> = {}): Outbound {
  const outbound = createOutbound({ allowHosts: [], clock, timeoutMs: 2000, ...options });
  opened.push(outbound);
  return outbound;
}

const REFUSED = { code: 'LEEWAY_DESTINATION_REFUSED' };
const server = await startServer();
const open = outboundWith({ allowHosts: [server.host] });
const post = (outbound: Outbound, url: string) => outbound.post({ url, headers: {}, body: '{}' });

/** A resolver under our control: what DNS says about a name that somebody else owns. */
const resolvingTo = (...addresses: string[]): LookupFunction => {
  return (_hostname, options, callback) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) callback(null, found);
    else callback(null, found[0]?.address ?? '', found[0]?.family);
  };
};

const NOT_PUBLIC = [
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
  ...['172.31.255.255', '192.0.0.1', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.1', '203.0.113.1'],
  ...['224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '::8.8.8.8', 'fc00::1', 'fd12::1'],
  ...['fe80::1', 'ff02::1', '64:ff9b::7f00:1', '64:ff9b:1::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '100::1'],
  ...['', 'example.org', '1.2.3', '256.1.1.1'],
];

describe('addresses', () => {
  it.each(NOT_PUBLIC)('%j is not public', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '192.169.0.1', '2606:4700::1111', '[2606:4700::1111]'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
});

describe('a destination', () => {
  it.each([
    'http://127.0.0.1/x',
    'http://2130706433/x',
    'http://0x7f.1/x',
    'http://0177.0.0.1/x',
    'http://127.1/x',
    'http://[::1]/x',
    'http://[::ffff:127.0.0.1]/x',
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.5:8080/x',
    'https://192.168.0.1/x',
    'http://0/x',
    'ftp://example.org/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'not a url',
  ])('%s is refused', async (url) => {
    await expect(post(outboundWith(), url)).rejects.toMatchObject(REFUSED);
    expect(() => outboundWith().check(url)).toThrow(expect.objectContaining(REFUSED));
  });

  it('is refused when its name leads to this machine', async () => {
    const url = `http://localhost:${server.port}/`;
    await expect(post(outboundWith(), url)).rejects.toMatchObject(REFUSED);
    expect(server.requests).toHaveLength(0);
  });

  it.each([[['127.0.0.1']], [['8.8.8.8', '10.0.0.1']], [['::ffff:10.0.0.1']], [['fd00::1']], [[]]])(
    'is refused when its name resolves to %j, judged while connecting',
    async (addresses) => {
      const outbound = outboundWith({ lookup: resolvingTo(...addresses) });
      expect(() => outbound.check('http://registry.example/')).not.toThrow();
      await expect(post(outbound, `http://registry.example:${server.port}/`)).rejects.toMatchObject(REFUSED);
      expect(server.requests).toHaveLength(0);
    },
  );

  it('on a private address is called when its host, with or without port, is allowed', async () => {
    const lookup = resolvingTo('127.0.0.1');
    const url = `http://registry.example:${server.port}/`;
    for (const allowHosts of [['Registry.example'], [`registry.example:${server.port}`]]) {
      expect(await post(outboundWith({ allowHosts, lookup }), url)).toMatchObject({ kind: 'answered', status: 200 });
    }
    await expect(post(outboundWith({ allowHosts: ['registry.example:1'], lookup }), url)).rejects.toMatchObject(
      REFUSED,
    );
    await expect(post(outboundWith({ allowHosts: ['other.example'], lookup }), url)).rejects.toMatchObject(REFUSED);
  });

  it('may be an allowed IPv6 address, with or without brackets', () => {
    for (const host of ['::1', '[::1]', '[::1]:8080'])
      expect(() => outboundWith({ allowHosts: [host] }).check('http://[::1]:8080/')).not.toThrow();
    expect(() => outboundWith({ allowHosts: ['[::1]:8081'] }).check('http://[::1]:8080/')).toThrow();
  });
});

describe('an answer', () => {
  it('that redirects is an answer, and is not followed', async () => {
    const elsewhere = await startServer();
    server.handler = answer(302, { location: elsewhere.url });
    expect(await post(open, server.url)).toMatchObject({ kind: 'answered', status: 302 });
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('is read up to a limit, even if it never ends', async () => {
    server.handler = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    const result = await post(open, server.url);
    expect(result).toMatchObject({ kind: 'answered', status: 200 });
    expect(result.kind === 'answered' && result.body.length).toBe(MAX_ANSWER_BYTES);
  });

  it('that does not come is a failure, at the headers as in the body', async () => {
    const hasty = outboundWith({ allowHosts: [server.host], timeoutMs: 100 });
    server.handler = () => undefined;
    const silent = await post(hasty, `${server.url}/services/T0/secret`);
    expect(silent).toMatchObject({ kind: 'unreachable', detail: `${server.host} did not answer within 0.1 s` });
    server.handler = (_, response) => void response.writeHead(200).write('{');
    expect(await post(hasty, server.url)).toMatchObject({ kind: 'unreachable' });
  });

  it('carries what Retry-After asks for', async () => {
    server.handler = answer(429, { 'retry-after': '7' });
    expect(await post(open, server.url)).toMatchObject({ status: 429, retryAfterSeconds: 7 });
  });
});

describe('a failure', () => {
  it('names the host, never the path or the query', async () => {
    const closed = await startServer();
    const allowHosts = [closed.host, '127.0.0.1:1', 'nowhere.invalid'];
    const secret = '/services/T00000000/B00000000/XXXXsecretXXXX?token=hush-hush-hush';
    const refusal = await post(outboundWith(), `http://127.0.0.1${secret}`).catch((error: unknown) => String(error));
    const gone = await post(outboundWith({ allowHosts }), `http://127.0.0.1:1${secret}`);
    closed.handler = (request, response) => void response.writeHead(404).end(`Cannot POST ${request.path}`);
    const echoed = await post(outboundWith({ allowHosts }), closed.url + secret);
    closed.handler = (_, response) => void response.destroy();
    const broken = await post(outboundWith({ allowHosts }), closed.url + secret);
    expect(gone).toMatchObject({ kind: 'unreachable', detail: '127.0.0.1:1 could not be reached (ECONNREFUSED)' });
    expect(broken.kind).toBe('unreachable');
    expect(echoed).toMatchObject({ kind: 'answered', body: 'Cannot POST …' });
    for (const seen of [refusal, gone, echoed, broken]) expect(JSON.stringify(seen)).not.toMatch(/secret|hush|B0000/);
  });

  it('hides a secret in parts too', () => {
    expect(redact('no such hook: B00000000 / XXXXsecretXXXX', ['/services/B00000000/XXXXsecretXXXX'])).toBe(
      'no such hook: … / …',
    );
  });
});

describe('Retry-After', () => {
  it.each([
    ['5', 5],
    ['0', 0],
    [' 12 ', 12],
    ['99999999', 3600],
    ['Thu, 01 Jan 1970 00:16:50 GMT', 10],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', null],
    ['-3', null],
    ['', null],
    [undefined, null],
  ])('%j asks for %j seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, clock.now())).toBe(seconds);
  });
});
