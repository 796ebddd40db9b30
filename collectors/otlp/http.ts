import type { FastifyError, FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { type Clock, errorMessage, LeewayError } from '../../src/model/index.js';
import type { BatchSink } from '../outcomes.js';
import type { Rejected, RowBatch } from '../row-batch.js';
import type { Encoding, Signal } from './draft.js';
import { encodeExportResponse, encodeRpcStatus, RPC_CODES } from './encode.js';
import { CONTENT_ENCODINGS, inflate } from './inflate.js';
import type { Receiver } from './receive.js';

/** Bytes of a body as it is sent; inflated, `MAX_DECODED_BYTES` hold. */
const MAX_ENCODED_BYTES = 64 * 1024 ** 2;

/** Bytes of bodies that are being received and read at once; beyond it exporters come back later. */
const MAX_IN_FLIGHT_BYTES = 256 * 1024 ** 2;

/** What a body of undeclared length counts for. */
const UNDECLARED_BYTES = 1024 ** 2;

/** When an exporter should send again what could not be taken now, in seconds. */
const RETRY_AFTER_SECONDS = 5;

const METRICS_DROPPED = 'Leeway takes traces and logs; metrics are accepted and dropped. Stop exporting them here.';
const NOTHING_REJECTED: Rejected = { count: 0, message: '' };

type HttpSignal = Signal | 'metrics';

/** Turns bodies into rows; the same one for every transport. */
export type OtlpReceiver = Pick<Receiver, 'traces' | 'logs' | 'notStored'>;

/** Hears of every request that was answered; for counters. */
export interface OtlpRequestReport {
  readonly signal: HttpSignal;
  readonly encoding: Encoding | 'unknown';
  readonly status: number;
  /** Bytes as they were sent. */
  readonly bytes: number;
  readonly items: number;
  readonly rejectedItems: number;
  readonly generations: number;
}

export interface OtlpHttpSettings {
  readonly receiver: OtlpReceiver;
  readonly sink: BatchSink;
  readonly clock: Clock;
  readonly report?: (report: OtlpRequestReport) => void;
  /** One line for the service's log. */
  readonly log: (message: string) => void;
}

/** What one request added, as far as it is known when it is answered. */
interface Tally {
  readonly bytes: number;
  readonly items: number;
  readonly rejected: Rejected;
  readonly generations: number;
}

/**
 * OTLP/HTTP: POST /v1/traces, /v1/logs and /v1/metrics, protobuf and JSON, answered in the encoding of the request.
 * A request is answered once its rows are durable. Encapsulated: errors, parsers and limits are its own.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function otlpHttp(settings: OtlpHttpSettings): FastifyPluginAsync {
  return async (server) => {
    takeRawBodies(server);
    boundBytesInFlight(server);
    server.setErrorHandler<FastifyError | LeewayError>((error, request, reply) =>
      fail(settings, error, request, reply),
    );
    for (const signal of ['traces', 'logs', 'metrics'] as const) {
      const url = `/v1/${signal}`;
      server.post(url, { schema: { hide: true }, bodyLimit: MAX_ENCODED_BYTES }, async (request, reply) => {
        const tally = await take(settings, signal, request);
        const encoding = encodingOf(request);
        settings.report?.({ signal, encoding, status: 200, ...counted(tally) });
        return answer(reply, encoding, 200, encodeExportResponse(signal, tally.rejected, encoding));
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

/** Bodies are held in memory whole: however many exporters come at once, they find a limit and not the end of memory. */
function boundBytesInFlight(server: FastifyInstance): void {
  const admitted = new WeakMap<FastifyRequest, number>();
  let inFlight = 0;
  server.addHook('onRequest', async (request) => {
    const bytes = declaredBytes(request) ?? UNDECLARED_BYTES;
    // A body that is too large by itself is refused for that, before any of it is read.
    if (bytes <= MAX_ENCODED_BYTES && inFlight + bytes > MAX_IN_FLIGHT_BYTES)
      throw new LeewayError('LEEWAY_BUSY', `${inFlight} bytes are being received already; send the request again`);
    admitted.set(request, bytes <= MAX_ENCODED_BYTES ? bytes : 0);
    inFlight += admitted.get(request) ?? 0;
  });
  // Also called for connections that break.
  server.addHook('onResponse', async (request) => {
    inFlight -= admitted.get(request) ?? 0;
    admitted.delete(request);
  });
}

function declaredBytes(request: FastifyRequest): number | null {
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  return Number.isSafeInteger(length) ? length : null;
}

async function take(settings: OtlpHttpSettings, signal: HttpSignal, request: FastifyRequest): Promise<Tally> {
  const sent = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const nothing = { bytes: sent.length, items: 0, rejected: NOTHING_REJECTED, generations: 0 };
  if (sent.length === 0) return nothing;
  if (signal === 'metrics') return { ...nothing, rejected: { count: 0, message: METRICS_DROPPED } };
  const inflated = await inflate(sent, request.headers['content-encoding'] ?? '');
  if (!inflated.ok) throw inflated.error;
  const nowMs = settings.clock.now();
  const received = settings.receiver[signal](inflated.body, encodingOf(request), nowMs);
  if (!received.ok) throw received.error;
  const { batch, rejected } = received;
  await append(settings, batch);
  const items = signal === 'traces' ? batch.spans.length : batch.logs.length;
  return { bytes: sent.length, items, rejected, generations: batch.generations.length };
}

/** Whatever keeps rows from being written is the service's trouble: the exporter keeps them and tries again. */
async function append({ sink, receiver }: OtlpHttpSettings, batch: RowBatch): Promise<void> {
  try {
    await sink.append(batch);
  } catch (error) {
    receiver.notStored(batch);
    if (error instanceof LeewayError) throw error;
    throw new LeewayError('LEEWAY_STORE_UNAVAILABLE', 'the spool could not be written; send the request again', {
      cause: error,
    });
  }
}

function fail(
  settings: OtlpHttpSettings,
  error: FastifyError | LeewayError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { status, message } = describe(error);
  // A full spool is told to every exporter that comes, and shown in the metrics.
  if (status >= 500 && !(error instanceof LeewayError && error.cause === undefined))
    settings.log(`OTLP request of ${signalOf(request)}: ${causeOf(error)}`);
  const signal = signalOf(request);
  settings.report?.({
    signal,
    encoding: isKnownType(request) ? encodingOf(request) : 'unknown',
    status,
    ...counted({ bytes: declaredBytes(request) ?? 0, items: 0, rejected: NOTHING_REJECTED, generations: 0 }),
  });
  if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
  if (status === 415) reply.header('accept-encoding', CONTENT_ENCODINGS.join(', '));
  const encoding = encodingOf(request);
  return answer(reply, encoding, status, encodeRpcStatus(rpcCode(status), message, encoding));
}

function describe(error: FastifyError | LeewayError): { status: number; message: string } {
  if (error instanceof LeewayError) return { status: error.status, message: `${error.title}: ${error.message}` };
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return { status: 415, message: 'Content-Type must be application/x-protobuf or application/json' };
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return {
      status: 413,
      message: `the body is larger than ${MAX_ENCODED_BYTES} bytes: lower the exporter's batch size`,
    };
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return { status, message: error.message };
  return { status: 500, message: "the request could not be processed; Leeway's log says why" };
}

/** What happened beneath: an answer names the spool, the log the disk. */
function causeOf(error: Error): string {
  return error.cause === undefined ? error.message : `${error.message}: ${errorMessage(error.cause)}`;
}

function refuseMethod(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('allow', 'POST');
  const message = `${request.method} is not allowed here: OTLP is sent with POST`;
  return answer(
    reply,
    encodingOf(request),
    405,
    encodeRpcStatus(RPC_CODES.unimplemented, message, encodingOf(request)),
  );
}

function answer(reply: FastifyReply, encoding: Encoding, status: number, body: Uint8Array): FastifyReply {
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  return reply.code(status).header('content-type', type).send(Buffer.from(body));
}

/** JSON for JSON, protobuf for everything else: it is OTLP's default. */
function encodingOf(request: FastifyRequest): Encoding {
  return mediaType(request) === 'application/json' ? 'json' : 'protobuf';
}

function isKnownType(request: FastifyRequest): boolean {
  return ['application/json', 'application/x-protobuf'].includes(mediaType(request));
}

function mediaType(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function signalOf(request: FastifyRequest): HttpSignal {
  const path = request.routeOptions.url;
  if (path === '/v1/metrics') return 'metrics';
  return path === '/v1/logs' ? 'logs' : 'traces';
}

function counted({ bytes, items, rejected, generations }: Tally) {
  return { bytes, items, rejectedItems: rejected.count, generations };
}

function rpcCode(status: number): number {
  if (status === 413) return RPC_CODES.resourceExhausted;
  if (status === 503) return RPC_CODES.unavailable;
  return status >= 500 ? RPC_CODES.internal : RPC_CODES.invalidArgument;
}
