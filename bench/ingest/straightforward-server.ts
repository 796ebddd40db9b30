import { createServer, type IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { createJoin } from '../../collectors/join.js';
import { decodeTraces } from '../../collectors/otlp/decode.js';
import type { Attributes, Span } from '../../collectors/otlp/types.js';
import { attributeText } from '../../collectors/spool/row-binary.js';
import { wholly } from '../../collectors/steps.js';
import { createVersionSettling } from '../../collectors/version-settling.js';
import { OUTPUT_READER } from '../../detectors/index.js';
import { type JsonRow, migrate, openEmbedded } from '../../src/store/index.js';
import { dateTime, generationRow } from './json-rows.js';

/**
 * What one writes first: protobufjs makes objects of a request, the objects become rows, and the client inserts them as
 * JSONEachRow; then the request is acknowledged. With `traces` the rows are those of otel_traces only; with `all` also the
 * generations and artifacts that Leeway makes of them, by the same code. No spool, no evaluation.
 */
const [directory = '', rows = 'all'] = process.argv.slice(2);
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

const join = createJoin(
  { userSalt: 'bench', promptFlag: '', outputReader: OUTPUT_READER, outputSchema: () => null },
  createVersionSettling(),
);
const storedArtifacts = new Set<string>();

async function store(spans: readonly Span[]): Promise<void> {
  await database.insert('otel_traces', spans.map(rowOf));
  if (rows !== 'all') return;
  const nowMs = Date.now();
  const { generations, artifacts } = wholly(join.accept(spans, [], nowMs));
  await database.insert(
    'generations',
    generations.map((generation) => generationRow(generation, nowMs)),
  );
  const added = artifacts.filter(({ digest }) => !storedArtifacts.has(digest));
  for (const { digest } of added) storedArtifacts.add(digest);
  await database.insert(
    'artifacts',
    added.map(({ digest, kind, content }) => ({ digest, kind, content })),
  );
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
      await store(decoded.items);
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
