import { Agent, request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { type Batch, encodeBatch, SPANS_A_BATCH } from './batches.js';
import type { Workload } from './options.js';

/** The process that sends: it encodes everything before, so that while it sends it does nothing else. */
export type GeneratorQuestion =
  | { readonly prepare: Workload }
  | {
      readonly send: {
        readonly url: string;
        /** Of the prepared batches, the first ones. */
        readonly from: number;
        readonly count: number;
        /** Spans a second; `null` for as fast as they are taken. */
        readonly rate: number | null;
      };
    };

export interface Prepared {
  readonly bytesPerSpan: number;
  readonly sentBytesPerSpan: number;
}

export interface Sent {
  /** From the first request to the last acknowledgement. */
  readonly seconds: number;
  /** A trace of the request that was acknowledged last: what came before it can be read before it. */
  readonly lastTraceId: string;
  /** 503, sent again. */
  readonly refused: number;
  /** Of each request, from when it was due to its acknowledgement, sorted. */
  readonly latenciesMs: readonly number[];
}

/** A Collector in front, or a few services. */
const CONNECTIONS = 8;
const RETRY_MS = 200;

let batches: Batch[] = [];
let gzip = false;

process.on('message', (question: GeneratorQuestion) => {
  void answer(question).then((reply) => process.send?.(reply));
});

function answer(question: GeneratorQuestion): Promise<Prepared | Sent> {
  return 'prepare' in question ? Promise.resolve(prepare(question.prepare)) : send(question.send);
}

function prepare(workload: Workload): Prepared {
  gzip = workload.gzip;
  const endMs = Date.now();
  batches = Array.from({ length: workload.batches }, () =>
    encodeBatch({ kind: workload.kind, gzip, endMs, uniform: Math.random }),
  );
  const [first] = batches;
  const plainBytes = first === undefined ? 0 : gzip ? gunzipSync(first.body).length : first.body.length;
  const sentBytes = batches.reduce((sum, { body }) => sum + body.length, 0) / batches.length;
  return { bytesPerSpan: plainBytes / SPANS_A_BATCH, sentBytesPerSpan: sentBytes / SPANS_A_BATCH };
}

async function send({ url, from, count, rate }: Extract<GeneratorQuestion, { send: object }>['send']): Promise<Sent> {
  const chosen = batches.slice(from, from + count);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let lastTraceId = '';
  const latenciesMs: number[] = [];
  const started = performance.now();
  let next = 0;
  let refused = 0;
  const connection = async (): Promise<void> => {
    while (next < chosen.length) {
      const index = next++;
      const batch = chosen[index];
      if (batch === undefined) break;
      const dueMs = rate === null ? performance.now() : started + (index * SPANS_A_BATCH * 1000) / rate;
      await sleep(dueMs - performance.now());
      while ((await post(url, agent, batch.body)) === 503) {
        refused++;
        await sleep(RETRY_MS);
      }
      latenciesMs.push(performance.now() - dueMs);
      lastTraceId = batch.lastTraceId;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  agent.destroy();
  const seconds = (performance.now() - started) / 1000;
  latenciesMs.sort((a, b) => a - b);
  return { seconds, lastTraceId, refused, latenciesMs };
}

async function sleep(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function post(url: string, agent: Agent, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-protobuf',
      'content-length': body.length,
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    };
    const sent = request(`${url}/v1/traces`, { method: 'POST', agent, headers }, (response) => {
      const status = response.statusCode ?? 0;
      response.resume().once('end', () => {
        if (status === 200 || status === 503) resolve(status);
        else reject(new Error(`answered ${status}`));
      });
    });
    sent.once('error', reject).end(body);
  });
}
