import { Readable } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { LeewayError } from '../../src/model/index.js';
import type { Admission } from './admission-control.js';
import type { Encoding } from './draft.js';
import { encodeExportResponse, encodeRpcStatus, RPC_CODES } from './encode.js';
import { type Failure, failureOf, isRetryable, RETRY_AFTER_SECONDS, rpcCodeOf } from './failure.js';
import { CONTENT_ENCODINGS, inflate } from './inflate.js';
import { MAX_ENCODED_BYTES } from './limits.js';
import {
  clientHasGone,
  type ExportSignal,
  NOTHING_TAKEN,
  type OtlpSettings,
  type Taken,
  takeExport,
} from './take-export.js';
import type { Upload } from './upload.js';

const SIGNALS = ['traces', 'logs', 'metrics'] as const;

/** OTLP's own paths, and where Langfuse's SDKs send traces when their `baseUrl` is Leeway's. */
const PATHS = {
  traces: ['/v1/traces', '/api/public/otel/v1/traces'],
  logs: ['/v1/logs'],
  metrics: ['/v1/metrics'],
} as const satisfies Record<ExportSignal, readonly string[]>;
const ROUTES = SIGNALS.flatMap((signal) => PATHS[signal].map((url) => ({ signal, url })));

/**
 * OTLP/HTTP: POST /v1/traces, /v1/logs and /v1/metrics, protobuf and JSON, answered in the encoding of the request.
 * A request is answered once its rows are durable. Encapsulated: errors, parsers and limits are its own.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function otlpHttp(settings: OtlpSettings): FastifyPluginAsync {
  return async (server) => {
    takeRawBodies(server);
    const admissions = admitRequests(server, settings);
    server.setErrorHandler<FastifyError | LeewayError>((error, request, reply) =>
      fail(settings, error, request, reply),
    );
    for (const { signal, url } of ROUTES) {
      server.post(url, { schema: { hide: true }, bodyLimit: MAX_ENCODED_BYTES }, async (request, reply) => {
        const encoding = encodingOf(request);
        const body = await bodyOf(request, admissions.get(request));
        const isGone = () => request.raw.socket.destroyed;
        const taken = await takeExport(settings, { signal, body, encoding, isGone });
        settings.report?.({ ...reportOf(request, taken), signal, status: 200 });
        return answer(reply, encoding, 200, encodeExportResponse(signal, taken.rejected, encoding));
      });
      server.route({ method: ['GET', 'PUT', 'PATCH', 'DELETE'], url, schema: { hide: true }, handler: refuseMethod });
    }
  };
}

function takeRawBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  const raw = { parseAs: 'buffer' as const, bodyLimit: MAX_ENCODED_BYTES };
  for (const type of ['application/x-protobuf', 'application/json'])
    server.addContentTypeParser(type, raw, (_request, body, done) => done(null, body));
}

/** Counts a body by its declared length before any of it is read, or as it comes when it declares none. */
function admitRequests(
  server: FastifyInstance,
  { admissionControl }: OtlpSettings,
): WeakMap<FastifyRequest, Admission> {
  const admissions = new WeakMap<FastifyRequest, Admission>();
  server.addHook('onRequest', async (request, reply) => {
    const upload = uploadOf(request);
    if (upload.isGone()) throw clientHasGone();
    const admission = await admissionControl.admitOrHold(upload);
    if (upload.isGone()) {
      admission.release();
      throw clientHasGone();
    }
    admissions.set(request, admission);
    // Also when the client went before it was answered: then there is no onResponse.
    reply.raw.once('close', admission.release);
  });
  server.addHook('preParsing', async (request, _reply, payload) => {
    const admission = admissions.get(request);
    return admission && declaredBytes(request) === null ? Readable.from(counted(payload, admission)) : payload;
  });
  return admissions;
}

function uploadOf(request: FastifyRequest): Upload {
  const { raw } = request;
  const { socket } = raw;
  const bytes = declaredBytes(request) ?? 0;
  const before = socket.bytesRead;
  return {
    // A body that is too large by itself is refused for that, before any of it is read.
    bytes: bytes <= MAX_ENCODED_BYTES ? bytes : 0,
    arrivedBytes: () => (raw.complete ? bytes : Math.min(bytes, socket.bytesRead - before)),
    isGone: () => socket.destroyed,
    cut: () => socket.destroy(),
  };
}

async function* counted(payload: AsyncIterable<Buffer>, admission: Admission): AsyncGenerator<Buffer> {
  for await (const chunk of payload) {
    admission.grow(chunk.length);
    yield chunk;
  }
}

function declaredBytes(request: FastifyRequest): number | null {
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  return Number.isSafeInteger(length) ? length : null;
}

/** The body without its content encoding. What it grows to is counted as well: a bomb finds the limit of all requests. */
async function bodyOf(request: FastifyRequest, admission: Admission | undefined): Promise<Uint8Array> {
  const sent = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  if (sent.length === 0) return sent;
  const inflated = await inflate(sent, request.headers['content-encoding'] ?? '', (bytes) => admission?.grow(bytes));
  if (!inflated.ok) throw inflated.error;
  return inflated.body;
}

function fail(
  settings: OtlpSettings,
  error: FastifyError | LeewayError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { status, message, logged } = describe(error);
  const signal = signalOf(request);
  if (logged !== null) settings.log(`OTLP request of ${signal}: ${logged}`);
  settings.report?.({ ...reportOf(request, NOTHING_TAKEN), signal, status });
  if (isRetryable(status)) reply.header('retry-after', RETRY_AFTER_SECONDS);
  if (status === 415) reply.header('accept-encoding', CONTENT_ENCODINGS.join(', '));
  const encoding = encodingOf(request);
  return answer(reply, encoding, status, encodeRpcStatus(rpcCodeOf(status), message, encoding));
}

function describe(error: FastifyError | LeewayError): Failure {
  if (error instanceof LeewayError) return failureOf(error);
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500 ? { status, message: explain(error), logged: null } : failureOf(error);
}

function explain(error: FastifyError): string {
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return 'Content-Type must be application/x-protobuf or application/json';
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return `the body is larger than ${MAX_ENCODED_BYTES} bytes: lower the exporter's batch size`;
  return error.message;
}

function refuseMethod(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('allow', 'POST');
  const message = `${request.method} is not allowed here: OTLP is sent with POST`;
  const encoding = encodingOf(request);
  return answer(reply, encoding, 405, encodeRpcStatus(RPC_CODES.unimplemented, message, encoding));
}

function answer(reply: FastifyReply, encoding: Encoding, status: number, body: Uint8Array): FastifyReply {
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  return reply.code(status).header('content-type', type).send(Buffer.from(body));
}

/** JSON for JSON, protobuf for everything else: it is OTLP's default. */
function encodingOf(request: FastifyRequest): Encoding {
  return mediaType(request) === 'application/json' ? 'json' : 'protobuf';
}

function mediaType(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function signalOf(request: FastifyRequest): ExportSignal {
  return ROUTES.find(({ url }) => request.routeOptions.url === url)?.signal ?? 'traces';
}

function reportOf(request: FastifyRequest, { items, rejected, generations }: Taken) {
  const isKnown = ['application/json', 'application/x-protobuf'].includes(mediaType(request));
  return {
    protocol: 'http' as const,
    encoding: isKnown ? encodingOf(request) : ('unknown' as const),
    bytes: Buffer.isBuffer(request.body) ? request.body.length : (declaredBytes(request) ?? 0),
    items,
    rejectedItems: rejected.count,
    generations,
  };
}
