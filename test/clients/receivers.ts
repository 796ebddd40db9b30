import Fastify from 'fastify';
import { AdmissionControl } from '../../collectors/otlp/admission-control.js';
import { startOtlpGrpc } from '../../collectors/otlp/grpc.js';
import { otlpHttp } from '../../collectors/otlp/http.js';
import { createReceiver } from '../../collectors/otlp/receive.js';
import type { OtlpRequestReport } from '../../collectors/otlp/take-export.js';
import type { RowBatch } from '../../collectors/row-batch.js';
import { OUTPUT_READER } from '../../detectors/index.js';
import type { Generation } from '../../src/model/index.js';
import { cleanUp } from '../support/cleanup.js';

const SETTINGS = { userSalt: 'salt', promptFlag: '', outputReader: OUTPUT_READER, outputSchema: () => null };

/** Both of Leeway's transports with the real receiver behind them, and memory instead of a spool. */
export interface Receivers {
  /** `http://127.0.0.1:…`, without a path. */
  readonly httpUrl: string;
  readonly grpcUrl: string;
  readonly batches: readonly RowBatch[];
  readonly reports: readonly OtlpRequestReport[];
  /** The next batches are refused with this. */
  refuse(times: number, problem: Error): void;
}

export async function startReceivers(nowMs: () => number = Date.now): Promise<Receivers> {
  const batches: RowBatch[] = [];
  const reports: OtlpRequestReport[] = [];
  const refusals: Error[] = [];
  const settings = {
    receiver: createReceiver(SETTINGS),
    sink: {
      append: async (batch: RowBatch) => {
        const problem = refusals.shift();
        if (problem) throw problem;
        batches.push(batch);
      },
    },
    clock: { now: nowMs },
    admissionControl: new AdmissionControl(),
    report: (report: OtlpRequestReport) => reports.push(report),
    log: () => {},
  };
  const http = Fastify();
  await http.register(otlpHttp(settings));
  const httpUrl = await http.listen({ host: '127.0.0.1', port: 0 });
  cleanUp(() => http.close());
  const grpc = await startOtlpGrpc(settings, '127.0.0.1', 0);
  cleanUp(() => grpc.stop());
  return {
    httpUrl,
    grpcUrl: `http://127.0.0.1:${grpc.port}`,
    batches,
    reports,
    refuse: (times, problem) => refusals.push(...Array.from({ length: times }, () => problem)),
  };
}

/** The newest revision of every generation, in the order in which they began. */
export function generationsOf(batches: readonly RowBatch[]): Generation[] {
  const newest = new Map<string, Generation>();
  for (const { generation } of batches.flatMap((batch) => batch.generations)) newest.set(generation.spanId, generation);
  return [...newest.values()].sort((a, b) => (a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : 0));
}
