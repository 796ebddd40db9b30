import { setTimeout } from 'node:timers/promises';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { createReceiver, otlpHttp } from '../../../collectors/index.js';
import {
  AdmissionControl,
  FEW_BYTES,
  MAX_HOLD_MS,
  MAX_IN_FLIGHT_BYTES,
  MAX_WAIT_MS,
} from '../../../collectors/otlp/admission-control.js';
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
    const admissionControl = new AdmissionControl();
    const all = admissionControl.admit(MAX_IN_FLIGHT_BYTES);
    expect(caught(() => admissionControl.admit(1))).toMatchObject(BUSY);
    expect(caught(() => all.grow(1))).toMatchObject(BUSY);
    all.release();
    all.release();
    admissionControl.admit(MAX_IN_FLIGHT_BYTES).release();
  });

  it('are as many as were done lately, a few always, and one request whatever its size', () => {
    let now = 0;
    const admissionControl = new AdmissionControl({ now: () => now });
    const [few, many] = [FEW_BYTES, 3 * FEW_BYTES];
    const alone = admissionControl.admit(many);
    expect(caught(() => admissionControl.admit(1))).toMatchObject(BUSY);
    alone.release();
    const first = admissionControl.admit(few);
    const others = [admissionControl.admit(few), admissionControl.admit(few)];
    expect(caught(() => admissionControl.admit(1))).toMatchObject(BUSY);
    now = MAX_WAIT_MS + 1;
    for (const other of others) other.release();
    now += MAX_WAIT_MS;
    admissionControl.admit(few).release();
    now += MAX_WAIT_MS + 1;
    expect(caught(() => admissionControl.admit(1))).toMatchObject(BUSY);
    first.release();
    admissionControl.admit(few).release();
  });

  it('are not read at all while nothing could be kept, however small', () => {
    let refusal: LeewayError | null = new LeewayError('LEEWAY_SPOOL_FULL', 'full');
    const admissionControl = new AdmissionControl({ refusal: () => refusal });
    expect(caught(() => admissionControl.check())).toBe(refusal);
    expect(caught(() => admissionControl.admit(0))).toBe(refusal);
    refusal = null;
    admissionControl.check();
    admissionControl.admit(MAX_IN_FLIGHT_BYTES).release();
  });

  it('are not added to by a request that is over', () => {
    const admissionControl = new AdmissionControl({ limitBytes: 10 });
    const gone = admissionControl.admit(4);
    gone.release();
    expect(caught(() => gone.grow(1))).toMatchObject(BUSY);
    admissionControl.admit(10).release();
  });

  it('are held back for a while when there is no room, and taken when there is', async () => {
    const admissionControl = new AdmissionControl({ limitBytes: 10 });
    const first = admissionControl.admit(10);
    const second = admissionControl.admitOrHold(10, () => false);
    await expect(Promise.race([second, setTimeout(500, 'held')])).resolves.toBe('held');
    first.release();
    (await second).release();
    admissionControl.admit(10).release();
  });

  it('are taken in the order in which they came, however little there is room for', async () => {
    const admissionControl = new AdmissionControl({ limitBytes: 10 });
    const first = admissionControl.admit(8);
    const order: string[] = [];
    const large = admissionControl
      .admitOrHold(10, () => false)
      .then((admission) => {
        order.push('large');
        admission.release();
      });
    const small = admissionControl.admitOrHold(1, () => false).then(() => order.push('small'));
    first.release();
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
  });

  it('are held back no longer than said, and not for clients that have gone', async () => {
    let now = 0;
    const admissionControl = new AdmissionControl({ limitBytes: 10, now: () => now });
    admissionControl.admit(10);
    await expect(admissionControl.admitOrHold(1, () => true)).rejects.toMatchObject(BUSY);
    const held = admissionControl.admitOrHold(1, () => false);
    now = MAX_HOLD_MS;
    await expect(held).rejects.toMatchObject(BUSY);
  });

  it('are given back by clients that leave while their spans are written', async () => {
    const admissionControl = new AdmissionControl();
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
        admissionControl,
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
    await expect.poll(() => caught(() => admissionControl.admit(MAX_IN_FLIGHT_BYTES).release())).toBeNull();
    wrote();
    await expect.poll(() => answered).toBe(1);
    await server.close();
  });
});
