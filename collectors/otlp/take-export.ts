import { type Clock, LeewayError } from '../../src/model/index.js';
import type { BatchSink } from '../outcomes.js';
import type { Received, Rejected, RowBatch } from '../row-batch.js';
import type { Steps } from '../steps.js';
import type { AdmissionControl } from './admission-control.js';
import type { Encoding, Signal } from './draft.js';
import { countDataPoints } from './metric-points.js';
import type { Receiver } from './receive.js';
import { inSlices } from './slices.js';

export type ExportSignal = Signal | 'metrics';

/** Turns bodies into rows; the same one for every transport. */
export type OtlpReceiver = Pick<Receiver, 'read' | 'notStored'>;

/** Hears of every request that was answered; for counters. */
export interface OtlpRequestReport {
  readonly protocol: 'http' | 'grpc';
  readonly signal: ExportSignal;
  readonly encoding: Encoding | 'unknown';
  /** As HTTP has it, over gRPC too: one alert watches both. */
  readonly status: number;
  /** Bytes of the body: as they were sent over HTTP, after decompression over gRPC. */
  readonly bytes: number;
  readonly items: number;
  readonly rejectedItems: number;
  readonly generations: number;
}

/** What every transport of OTLP works with. */
export interface OtlpSettings {
  readonly receiver: OtlpReceiver;
  readonly sink: BatchSink;
  readonly clock: Clock;
  /** Shared by the transports: memory is one. */
  readonly admissionControl: AdmissionControl;
  readonly report?: (report: OtlpRequestReport) => void;
  /** One line for the service's log. */
  readonly log: (message: string) => void;
}

/** One Export…ServiceRequest. */
export interface ExportRequest {
  readonly signal: ExportSignal;
  /** Decompressed. */
  readonly body: Uint8Array;
  readonly encoding: Encoding;
  /** Nobody is there to hear the answer any more: the client sends the same again, and once is enough. */
  readonly isGone: () => boolean;
}

/** What one request added. */
export interface Taken {
  readonly items: number;
  readonly rejected: Rejected;
  readonly generations: number;
}

export const NOTHING_TAKEN: Taken = { items: 0, rejected: { count: 0, message: '' }, generations: 0 };

const METRICS_DROPPED = 'Leeway takes traces and logs; metrics are accepted and dropped. Stop exporting them here.';

/**
 * Takes one request in; resolves once its rows are durable. An empty one is a success.
 * @throws LeewayError LEEWAY_MALFORMED, LEEWAY_TOO_LARGE, LEEWAY_SPOOL_FULL, LEEWAY_STORE_UNAVAILABLE, LEEWAY_BUSY
 */
export async function takeExport(settings: OtlpSettings, request: ExportRequest): Promise<Taken> {
  const { signal, body, encoding } = request;
  if (body.length === 0) return NOTHING_TAKEN;
  if (signal === 'metrics') return dropMetrics(body, encoding);
  const { batch, rejected } = await inSlices(read(settings, signal, request));
  await append(settings, batch);
  const items = signal === 'traces' ? batch.spans.length : batch.logs.length;
  return { items, rejected, generations: batch.generations.length };
}

function* read(
  { receiver, clock }: OtlpSettings,
  signal: Signal,
  { body, encoding, isGone }: ExportRequest,
): Steps<Extract<Received, { ok: true }>> {
  if (isGone()) throw clientHasGone();
  const received = yield* receiver.read(signal, body, encoding, clock.now());
  if (!received.ok) throw received.error;
  return received;
}

function dropMetrics(body: Uint8Array, encoding: Encoding): Taken {
  return { ...NOTHING_TAKEN, rejected: { count: countDataPoints(body, encoding), message: METRICS_DROPPED } };
}

export function clientHasGone(): LeewayError {
  return new LeewayError('LEEWAY_BUSY', 'the client has gone');
}

/** Whatever keeps rows from being written is the service's trouble: the exporter keeps them and tries again. */
async function append({ sink, receiver }: OtlpSettings, batch: RowBatch): Promise<void> {
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
