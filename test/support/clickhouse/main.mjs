/**
 * ClickHouse's HTTP interface over the embedded engine, in a process of its own (a process binds one data directory):
 *
 *     CLICKHOUSE_USER=… CLICKHOUSE_PASSWORD=… node test/support/clickhouse/main.mjs DIRECTORY
 *
 * prints `listening on http://127.0.0.1:PORT` and serves that user until it is killed. What it takes from the real server is what
 * clients can tell: parameters, settings, formats, compression, headers, status codes and the text of exceptions. A
 * result is computed whole before its first byte is sent, so that an exception never follows rows (`wait_end_of_query`).
 * What it cannot show: replicas, quorums and sharding, the queue of asynchronous inserts, quotas and rights, progress
 * headers, exceptions after the first row, and how a body of rows is cut into blocks (here the engine reads it from a file).
 * `POST /__fault` breaks it on purpose (faults.mjs), `GET /__requests` tells what it was asked.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { openEngine } from './engine.mjs';
import { AUTHENTICATION_FAILED, describeException, exceptionText } from './exceptions.mjs';
import { createFaults } from './faults.mjs';
import { readRequest } from './request.mjs';

/** `http_max_uri_size` of the real server. */
const MAX_URI_BYTES = 1024 ** 2;
/** `keep_alive_timeout` of the real server. */
const KEEP_ALIVE_MS = 30_000;
const MAX_REMEMBERED_REQUESTS = 2000;

const [directory] = process.argv.slice(2);
if (!directory) throw new Error('usage: main.mjs DIRECTORY');

const engine = openEngine(directory);
const faults = createFaults();
/** @type {{ query: string, token: string, compressed: boolean, status: number }[]} */
const requests = [];

const server = createServer({ maxHeaderSize: MAX_URI_BYTES, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  answer(request, response).catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    response.destroy();
  });
});

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
async function answer(request, response) {
  const { pathname } = new URL(request.url ?? '/', 'http://server');
  if (pathname === '/__fault') return faults.change(request, response);
  if (pathname === '/__requests') return void response.end(JSON.stringify(requests));
  if (pathname === '/ping') return faults.isAway() ? void request.socket.destroy() : void response.end('Ok.\n');
  if (pathname !== '/') return void response.writeHead(404).end(`There is no handle ${pathname}\n`);

  if (faults.isAway()) return void request.socket.destroy();
  const asked = await readRequest(request);
  const fault = faults.for(asked.query);
  if (fault.kind === 'refuse') return void request.socket.destroy();
  const result = !isKnown(request)
    ? { exception: exceptionText(AUTHENTICATION_FAILED) }
    : fault.kind === 'error'
      ? { exception: faults.exception(fault) }
      : await engine.run(asked);
  await faults.delay(fault);
  const { status, headers, body } = encode(asked, result);
  remember({ query: asked.query, token: asked.token, compressed: asked.compressed, status });
  if (fault.kind !== 'cut') return void response.writeHead(status, headers).end(body);
  // Without a length the answer is sent in chunks, and one that is never finished is a broken one.
  const { 'Content-Length': _, ...chunked } = headers;
  response.writeHead(status, chunked).flushHeaders();
  response.write(Buffer.concat([body, Buffer.from('\n')]).subarray(0, body.length / 2 + 1), () => response.destroy());
}

/** @param {import('node:http').IncomingMessage} request */
function isKnown({ headers }) {
  const { CLICKHOUSE_USER: user = 'default', CLICKHOUSE_PASSWORD: password = '' } = process.env;
  return headers.authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** @param {import('./request.mjs').AskedQuery} asked @param {import('./engine.mjs').Result} result */
function encode(asked, result) {
  const common = {
    'X-ClickHouse-Server-Display-Name': 'embedded',
    'X-ClickHouse-Query-Id': asked.queryId || randomUUID(),
    'X-ClickHouse-Timezone': 'UTC',
  };
  if (result.exception !== undefined) {
    const { code, status, text } = describeException(result.exception);
    const headers = { ...common, 'Content-Type': 'text/plain; charset=UTF-8', 'X-ClickHouse-Exception-Code': code };
    return { status, ...compress(asked, headers, Buffer.from(text)) };
  }
  const headers = {
    ...common,
    'Content-Type': result.format.startsWith('JSON') ? 'application/json; charset=UTF-8' : 'text/plain; charset=UTF-8',
    'X-ClickHouse-Format': result.format,
    'X-ClickHouse-Summary': JSON.stringify(result.summary),
  };
  return { status: 200, ...compress(asked, headers, result.body) };
}

/** @param {import('./request.mjs').AskedQuery} asked @param {Record<string, string | number>} headers @param {Buffer} plain */
function compress({ acceptsGzip }, headers, plain) {
  const body = acceptsGzip ? gzipSync(plain) : plain;
  const encoding = acceptsGzip ? { 'Content-Encoding': 'gzip' } : {};
  return { headers: { ...headers, ...encoding, 'Content-Length': body.length }, body };
}

/** @param {(typeof requests)[number]} request */
function remember(request) {
  requests.push(request);
  if (requests.length > MAX_REMEMBERED_REQUESTS) requests.shift();
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`);
});
