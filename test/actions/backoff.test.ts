import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BACKOFF_BASE_MS, BACKOFF_CAP_MS, backoffMs, MAX_ATTEMPTS } from '../../src/actions/index.js';
import { MAX_RETRY_AFTER_SECONDS } from '../../src/actions/retry-after.js';
import { afterDelivery, firstRevision } from '../../src/actions/revision.js';

const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const anyAttempts = fc.integer({ min: 1, max: 1000 });
const action = firstRevision(
  {
    incident: { id: 'inc_1', rolloutId: 'rol_1' },
    kind: 'rollback',
    destination: 'r',
    occasion: 'opened',
    status: 'pending',
  },
  1000,
);

describe('backoff', () => {
  it('lies between nothing and the doubled base, and never beyond the cap', () => {
    fc.assert(
      fc.property(anyAttempts, anyRandom, (attempts, random) => {
        const wait = backoffMs(attempts, () => random);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThan(Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (attempts - 1)));
      }),
    );
  });

  it('uses the whole range', () => {
    expect(backoffMs(4, () => 0)).toBe(0);
    expect(backoffMs(4, () => 0.5)).toBe(4000);
    expect(backoffMs(30, () => 0.999999)).toBe(59_999);
  });

  it('is never shorter than asked for, nor longer than an hour and a second', () => {
    fc.assert(
      fc.property(anyAttempts, anyRandom, fc.integer({ min: 0, max: 1e9 }), (attempts, random, asked) => {
        const wait = backoffMs(attempts, () => random, asked);
        expect(wait).toBeGreaterThanOrEqual(Math.min(asked, MAX_RETRY_AFTER_SECONDS) * 1000);
        expect(wait).toBeLessThan((MAX_RETRY_AFTER_SECONDS + 1) * 1000);
      }),
    );
  });
});

describe('an action after an attempt', () => {
  const retry = { kind: 'retry', detail: 'registry answered 503', payloadDigest: 'd' } as const;

  it('is tried again later, a bounded number of times', () => {
    let current = action;
    for (let attempt = 1; attempt < MAX_ATTEMPTS.rollback; attempt++) {
      current = afterDelivery(current, retry, 5000, () => 0.5);
      expect(current).toMatchObject({ status: 'pending', attempts: attempt, revision: attempt + 1 });
      expect(current.nextAttemptAt).toBeGreaterThan(5000);
    }
    expect(afterDelivery(current, retry, 5000, () => 0.5)).toMatchObject({
      status: 'failed',
      attempts: MAX_ATTEMPTS.rollback,
      nextAttemptAt: 0,
      detail: `given up after ${MAX_ATTEMPTS.rollback} attempts; the last: registry answered 503`,
    });
  });

  it('keeps what was sent when a later attempt sends nothing', () => {
    const tried = afterDelivery(action, retry, 1, () => 0);
    expect(afterDelivery(tried, { ...retry, payloadDigest: '' }, 2, () => 0).payloadDigest).toBe('d');
  });
});
