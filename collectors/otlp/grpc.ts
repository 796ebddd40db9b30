import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type StatusObject,
} from '@grpc/grpc-js';
import { encodeExportResponse } from './encode.js';
import { type Failure, failureOf } from './failure.js';
import { boundCalls } from './grpc-bounds.js';
import { statusOf } from './grpc-status.js';
import { MAX_DECODED_BYTES } from './limits.js';
import { type ExportSignal, NOTHING_TAKEN, type OtlpSettings, type Taken, takeExport } from './take-export.js';

/** The paths of opentelemetry-proto's services; each has one method. */
const PATHS = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
} as const satisfies Record<ExportSignal, string>;
const SIGNALS = ['traces', 'logs', 'metrics'] as const;

/** Calls at once over one connection. */
const MAX_STREAMS_PER_CONNECTION = 100;

/** Calls under way may take this long to end when the server stops. */
const DRAIN_TIMEOUT_MS = 10_000;

/** OTLP/gRPC, listening. */
export interface OtlpGrpcServer {
  readonly port: number;
  /** Takes no more calls, lets those under way end, and closes. */
  stop(): Promise<void>;
}

/**
 * OTLP/gRPC: the bytes of a message go undecoded to the same receiver and sink as over HTTP. Without TLS, as HTTP.
 * @param host what to bind, as for HTTP
 * @param port 0 takes a free one
 * @throws Error when the port cannot be bound
 * @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */
export async function startOtlpGrpc(settings: OtlpSettings, host: string, port: number): Promise<OtlpGrpcServer> {
  const refused = (path: string, failure: Failure) => {
    const signal = SIGNALS.find((candidate) => PATHS[candidate] === path) ?? 'traces';
    reportFailure(settings, signal, failure, 0);
  };
  const server = new Server({
    // For the message as it is sent and as it is decompressed; gRPC's own default is 4 MiB.
    'grpc.max_receive_message_length': MAX_DECODED_BYTES,
    'grpc.max_concurrent_streams': MAX_STREAMS_PER_CONNECTION,
    interceptors: [boundCalls(settings.admissionControl, refused)],
  });
  for (const signal of SIGNALS)
    server.addService(serviceOf(PATHS[signal]), { Export: exportHandler(settings, signal) });
  const boundPort = await bind(server, host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
  return { port: boundPort, stop: () => stop(server) };
}

/** Bytes in, bytes out: the library frames and decompresses, the receiver decodes. */
function serviceOf(path: string): ServiceDefinition {
  const same = (bytes: Buffer) => bytes;
  const streams = { requestStream: false, responseStream: false };
  const serialisers = {
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  return { Export: { path, ...streams, ...serialisers } };
}

function exportHandler(settings: OtlpSettings, signal: ExportSignal): handleUnaryCall<Buffer, Buffer> {
  return (call, respond) => {
    const body = call.request;
    takeExport(settings, { signal, body, encoding: 'protobuf', isGone: () => call.cancelled }).then(
      (taken) => {
        settings.report?.(reportOf(signal, 200, body.length, taken));
        respond(null, Buffer.from(encodeExportResponse(signal, taken.rejected, 'protobuf')));
      },
      (error: unknown) => respond(fail(settings, signal, error, body.length)),
    );
  };
}

function fail(settings: OtlpSettings, signal: ExportSignal, error: unknown, bytes: number): StatusObject {
  const failure = failureOf(error);
  if (failure.logged !== null) settings.log(`OTLP request of ${signal}: ${failure.logged}`);
  reportFailure(settings, signal, failure, bytes);
  return statusOf(failure);
}

function reportFailure(settings: OtlpSettings, signal: ExportSignal, { status }: Failure, bytes: number): void {
  settings.report?.(reportOf(signal, status, bytes, NOTHING_TAKEN));
}

function reportOf(signal: ExportSignal, status: number, bytes: number, { items, rejected, generations }: Taken) {
  const facts = { protocol: 'grpc', encoding: 'protobuf' } as const;
  return { ...facts, signal, status, bytes, items, rejectedItems: rejected.count, generations };
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

async function stop(server: Server): Promise<void> {
  const drained = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const timeout = setTimeout(() => server.forceShutdown(), DRAIN_TIMEOUT_MS);
  await drained;
  clearTimeout(timeout);
}
