import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { createReceiver, otlpHttp } from '../../../collectors/index.js';
import {
  type Admission,
  AdmissionControl,
  FEW_BYTES,
  MAX_HOLD_MS,
  MAX_IN_FLIGHT_BYTES,
  MAX_WAIT_MS,
} from '../../../collectors/otlp/admission-control.js';
import { PACE_AFTER_MS, type Upload } from '../../../collectors/otlp/upload.js';
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

/** A body that is there as soon as it is let in. */
const upload = (bytes: number): Upload => ({
  bytes,
  arrivedBytes: () => bytes,
  isGone: () => false,
  cut: () => {
    throw new Error('it was not slow');
  },
});

/** A body that comes as it is told to. */
class SlowUpload implements Upload {
  arrived = 0;
  isCut = false;
  constructor(readonly bytes: number) {}
  arrivedBytes = () => this.arrived;
  isGone = () => this.isCut;
  cut = () => {
    this.isCut = true;
  };
}

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
    const second = admissionControl.admitOrHold(upload(10));
    await expect(Promise.race([second, setTimeout(500, 'held')])).resolves.toBe('held');
    first.release();
    (await second).release();
    admissionControl.admit(10).release();
  });

  it('are taken in the order in which they came, however little there is room for', async () => {
    const admissionControl = new AdmissionControl({ limitBytes: 10 });
    const first = admissionControl.admit(8);
    const order: string[] = [];
    const large = admissionControl.admitOrHold(upload(10)).then((admission) => {
      order.push('large');
      admission.release();
    });
    const small = admissionControl.admitOrHold(upload(1)).then(() => order.push('small'));
    first.release();
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
  });

  it('are held back no longer than said, and not for clients that have gone', async () => {
    let now = 0;
    const admissionControl = new AdmissionControl({ limitBytes: 10, now: () => now });
    admissionControl.admit(10);
    await expect(admissionControl.admitOrHold({ ...upload(1), isGone: () => true })).rejects.toMatchObject(BUSY);
    const held = admissionControl.admitOrHold(upload(1));
    now = MAX_HOLD_MS;
    await expect(held).rejects.toMatchObject(BUSY);
  });

  it('are those that will soon have come, not those that are promised', async () => {
    let now = 0;
    const admissionControl = new AdmissionControl({ now: () => now, holdMs: 0 });
    const slow = new SlowUpload(3 * FEW_BYTES);
    const admission = await admissionControl.admitOrHold(slow);
    await expect(admissionControl.admitOrHold(upload(1))).rejects.toMatchObject(BUSY);
    now = PACE_AFTER_MS;
    slow.arrived = FEW_BYTES / 2;
    await expect(admissionControl.admitOrHold(upload(1))).rejects.toMatchObject(BUSY);
    // All of it is some 17 s away, an eighth of that within the next two.
    now = 3_000;
    const other = await admissionControl.admitOrHold(upload(FEW_BYTES / 8));
    await expect(admissionControl.admitOrHold(upload(FEW_BYTES))).rejects.toMatchObject(BUSY);
    admission.release();
    (await admissionControl.admitOrHold(upload(FEW_BYTES / 2))).release();
    other.release();
  });

  it('of one large request are let in beside those that are slow', async () => {
    let now = 0;
    const admissionControl = new AdmissionControl({ now: () => now, holdMs: 0 });
    const slow = await admissionControl.admitOrHold(new SlowUpload(3 * FEW_BYTES));
    now = PACE_AFTER_MS;
    (await admissionControl.admitOrHold(upload(3 * FEW_BYTES))).release();
    slow.release();
  });

  it('that never came do not count as done', async () => {
    let now = 0;
    const admissionControl = new AdmissionControl({ now: () => now, holdMs: 0 });
    const gone = await admissionControl.admitOrHold(new SlowUpload(3 * FEW_BYTES));
    gone.release();
    now = 1;
    const few = await admissionControl.admitOrHold(upload(FEW_BYTES));
    await expect(admissionControl.admitOrHold(upload(1))).rejects.toMatchObject(BUSY);
    few.release();
  });

  it('never pass the limit however uploads hurry up, and are all given back', async () => {
    const pace = fc.record({
      bytes: fc.integer({ min: 1, max: 60 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(pace, { maxLength: 4 }), { maxLength: 30 }), async (steps) => {
        let now = 0;
        const admissionControl = new AdmissionControl({ limitBytes: 100, now: () => now, holdMs: 0 });
        const admitted: { readonly upload: SlowUpload; readonly admission: Admission }[] = [];
        for (const paces of steps) {
          for (const { bytes } of paces) {
            const upload = new SlowUpload(bytes);
            const admission = await admissionControl.admitOrHold(upload).catch(() => null);
            if (admission !== null) admitted.push({ upload, admission });
          }
          for (const [index, { upload }] of admitted.entries())
            upload.arrived = Math.min(
              upload.bytes,
              upload.arrived + Math.ceil(upload.bytes * (paces[index % 4]?.share ?? 0)),
            );
          now += PACE_AFTER_MS;
          caught(() => admissionControl.check());
          const held = admitted.filter(({ upload }) => !upload.isCut).map(({ upload }) => upload.arrived);
          expect(held.reduce((sum, arrived) => sum + arrived, 0)).toBeLessThanOrEqual(100);
        }
        for (const { admission } of admitted) admission.release();
        admissionControl.admit(100).release();
      }),
    );
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
