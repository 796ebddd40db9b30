import { createServer, type IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { decodeTraces } from '../../collectors/otlp/decode.js';
import type { Attributes, Span } from '../../collectors/otlp/types.js';
import { attributeText } from '../../collectors/spool/row-binary.js';
import { type JsonRow, migrate, openEmbedded } from '../../src/store/index.js';

/**
 * What one writes first: protobufjs makes objects of a request, the objects become rows of otel_traces, and the client
 * inserts them as JSONEachRow; then the request is acknowledged. No generations, no spool, nothing else.
 */
const [directory = ''] = process.argv.slice(2);
const database = await openEmbedded(directory);
await migrate(database, () => {});
// The Collector's table as it is: Leeway's codecs save a third of the disk and cost time.
await database.command(`ALTER TABLE otel_traces
  MODIFY COLUMN SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  MODIFY COLUMN \`Events.Attributes\` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1))`);
await database.command(
  'ALTER TABLE otel_traces MODIFY COLUMN SpanAttributes RESET SETTING min_compress_block_size, max_compress_block_size',
);

const inflate = promisify(gunzip);

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? inflate(body) : body;
}

function textMap(attributes: Attributes): Record<string, string> {
  return Object.fromEntries([...attributes].map(([name, value]) => [name, attributeText(value)]));
}

function rowOf(span: Span): JsonRow {
  return {
    Timestamp: dateTime(span.startNs),
    TraceId: span.traceId,
    SpanId: span.spanId,
    ParentSpanId: span.parentSpanId,
    TraceState: span.traceState,
    SpanName: span.name,
    SpanKind: span.kind,
    ServiceName: attributeText(span.resource.get('service.name') ?? ''),
    ResourceAttributes: textMap(span.resource),
    ScopeName: span.scope.name,
    ScopeVersion: span.scope.version,
    SpanAttributes: textMap(span.attributes),
    Duration: String(span.endNs - span.startNs),
    StatusCode: span.statusCode,
    StatusMessage: span.statusMessage,
    'Events.Timestamp': span.events.map((event) => dateTime(event.timeNs)),
    'Events.Name': span.events.map((event) => event.name),
    'Events.Attributes': span.events.map((event) => textMap(event.attributes)),
    'Links.TraceId': span.links.map((link) => link.traceId),
    'Links.SpanId': span.links.map((link) => link.spanId),
    'Links.TraceState': span.links.map((link) => link.traceState),
    'Links.Attributes': span.links.map((link) => textMap(link.attributes)),
  };
}

/** Seconds and nanoseconds, as DateTime64(9) is read from a number in text. */
function dateTime(ns: bigint): string {
  const digits = String(ns).padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

const server = createServer((request, response) => {
  const fail = (error: unknown) => response.writeHead(500).end(String(error));
  if (request.method === 'GET') {
    const traceId = request.url?.split('/').at(-1) ?? '';
    const sql = 'SELECT count() AS n FROM otel_traces WHERE TraceId = {traceId:String}';
    database
      .query<{ n: number }>(sql, { traceId })
      .then(([row]) => response.writeHead((row?.n ?? 0) > 0 ? 200 : 404).end(), fail);
    return;
  }
  bodyOf(request)
    .then(async (body) => {
      const decoded = decodeTraces(body, 'protobuf', 0n);
      if (!decoded.ok) throw decoded.error;
      await database.insert('otel_traces', decoded.items.map(rowOf));
      response.writeHead(200).end();
    })
    .catch(fail);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
process.once('SIGTERM', () => {
  server.close(() => void database.close().then(() => process.exit(0)));
});
