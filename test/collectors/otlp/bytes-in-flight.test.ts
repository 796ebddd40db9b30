import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { createReceiver, otlpHttp } from '../../../collectors/index.js';
import {
  BytesInFlight,
  FEW_BYTES,
  MAX_IN_FLIGHT_BYTES,
  MAX_WAIT_MS,
} from '../../../collectors/otlp/bytes-in-flight.js';
import { LeewayError } from '../../../src/model/index.js';
import { spanId, TRACE_ID, tracesProtobuf } from '../support/bodies.js';
import { SETTINGS } from '../support/generations.js';

const BUSY = { code: 'LEEWAY_BUSY', status: 503 };
const caught = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
};

describe('bytes in flight', () => {
  it('are taken up to the limit, and not one more', () => {
    const inFlight = new BytesInFlight();
    const all = inFlight.admit(MAX_IN_FLIGHT_BYTES);
    expect(caught(() => inFlight.admit(1))).toMatchObject(BUSY);
    expect(caught(() => all.grow(1))).toMatchObject(BUSY);
    all.release();
    all.release();
    inFlight.admit(MAX_IN_FLIGHT_BYTES).release();
  });

  it('are not added to while the oldest has waited too long, but for the slow uploads of a few', () => {
    let now = 0;
    const inFlight = new BytesInFlight({ now: () => now });
    const oldest = inFlight.admit(FEW_BYTES);
    now = MAX_WAIT_MS + 1;
    const second = inFlight.admit(1);
    expect(caught(() => inFlight.admit(1))).toMatchObject(BUSY);
    now = MAX_WAIT_MS;
    inFlight.admit(1);
    now = MAX_WAIT_MS + 1;
    oldest.release();
    inFlight.admit(FEW_BYTES);
    second.release();
  });

  it('are not read at all while nothing could be kept, however small', () => {
    let refusal: LeewayError | null = new LeewayError('LEEWAY_SPOOL_FULL', 'full');
    const inFlight = new BytesInFlight({ refusal: () => refusal });
    expect(caught(() => inFlight.check())).toBe(refusal);
    expect(caught(() => inFlight.admit(0))).toBe(refusal);
    refusal = null;
    inFlight.check();
    inFlight.admit(MAX_IN_FLIGHT_BYTES).release();
  });

  it('are not added to by a request that is over', () => {
    const inFlight = new BytesInFlight({ limitBytes: 10 });
    const gone = inFlight.admit(4);
    gone.release();
    expect(caught(() => gone.grow(1))).toMatchObject(BUSY);
    inFlight.admit(10).release();
  });

  it('are given back by clients that leave while their spans are written', async () => {
    const inFlight = new BytesInFlight();
    let wrote = () => {};
    let [asked, answered] = [0, 0];
    const server = fastify();
    await server.register(
      otlpHttp({
        receiver: createReceiver(SETTINGS),
        sink: {
          append: () => {
            asked += 1;
            return new Promise((resolve) => {
              wrote = resolve;
            });
          },
        },
        clock: { now: () => 1_795_000_000_000 },
        inFlight,
        log: () => {},
        report: () => {
          answered += 1;
        },
      }),
    );
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const leaving = new AbortController();
    const body = tracesProtobuf([{ items: [{ traceId: TRACE_ID, spanId: spanId(1) }] }]);
    const headers = { 'content-type': 'application/x-protobuf' };
    const sent = fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers,
      body: Buffer.from(body),
      signal: leaving.signal,
    });
    await expect.poll(() => asked).toBe(1);
    leaving.abort();
    await expect(sent).rejects.toThrow();
    await expect.poll(() => caught(() => inFlight.admit(MAX_IN_FLIGHT_BYTES).release())).toBeNull();
    wrote();
    await expect.poll(() => answered).toBe(1);
    await server.close();
  });
});
