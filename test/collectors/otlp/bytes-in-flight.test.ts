import { describe, expect, it } from 'vitest';
import {
  BytesInFlight,
  FEW_BYTES,
  MAX_IN_FLIGHT_BYTES,
  MAX_WAIT_MS,
} from '../../../collectors/otlp/bytes-in-flight.js';

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
    const inFlight = new BytesInFlight(MAX_IN_FLIGHT_BYTES, () => now);
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
});
