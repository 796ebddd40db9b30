import { describe, expect, it } from 'vitest';
import { type TrafficBucket, type VerificationInput, verifyRollback } from '../../src/incidents/index.js';

const ACCEPTED_AT = 1_000_000_003_000;
/** The first bucket that starts after the acceptance. */
const FIRST = 1_000_000_010;

const bucket = (index: number, baseline: number, candidate: number, failures = 0): TrafficBucket => ({
  bucket: FIRST + index * 10,
  baseline,
  candidate,
  metrics: [{ metric: 'compliance', n: baseline + candidate, failures }],
});

const verify = (buckets: TrafficBucket[], overrides: Partial<VerificationInput> = {}) =>
  verifyRollback({
    acceptedAt: ACCEPTED_AT,
    shareBefore: 0.1,
    buckets,
    closedUntil: FIRST + 30,
    now: ACCEPTED_AT + 40_000,
    propagationSeconds: 60,
    ...overrides,
  });

const OVER = { closedUntil: FIRST + 60, now: ACCEPTED_AT + 80_000 };

describe('verification of a rollback', () => {
  it('waits while no bucket after the acceptance is closed', () => {
    expect(verify([])).toEqual({ kind: 'waiting' });
    expect(verify([bucket(-1, 500, 0), bucket(-2, 500, 0)])).toEqual({ kind: 'waiting' });
  });

  it('follows the share while it falls', () => {
    expect(verify([bucket(0, 90, 10), bucket(1, 95, 5)])).toEqual({ kind: 'moving', share: 0.05 });
  });

  it('confirms when two buckets in a row are free of the candidate, and says how the metric fares', () => {
    expect(verify([bucket(2, 200, 0, 1), bucket(0, 90, 10), bucket(1, 200, 0, 0)])).toEqual({
      kind: 'confirmed',
      buckets: [FIRST + 10, FIRST + 20],
      share: 0,
      baseline: 400,
      metrics: [{ metric: 'compliance', n: 400, failures: 1, rate: 1 / 400 }],
    });
  });

  it('does not confirm on one bucket, however large', () => {
    expect(verify([bucket(0, 10_000, 0)])).toEqual({ kind: 'moving', share: 0 });
  });

  it('lets a straggler pass, but not a share', () => {
    expect(verify([bucket(0, 999, 1), bucket(1, 1000, 0)]).kind).toBe('confirmed');
    expect(verify([bucket(0, 990, 10), bucket(1, 1000, 0)]).kind).toBe('moving');
  });

  it('starts over when the candidate comes back', () => {
    expect(verify([bucket(0, 200, 0), bucket(1, 200, 0), bucket(2, 180, 20)])).toEqual({ kind: 'moving', share: 0.1 });
  });

  it('does not take the chance absence of a small canary for a rollback', () => {
    const quiet = [bucket(0, 60, 0), bucket(1, 60, 0)];
    expect(verify(quiet, { shareBefore: 0.01 }).kind).toBe('moving');
    expect(verify(quiet, { shareBefore: 0.1 }).kind).toBe('confirmed');
  });

  it('collects buckets of a slow target until there are enough generations', () => {
    const slow = Array.from({ length: 5 }, (_, index) => bucket(index, 3, 0));
    expect(verify(slow.slice(0, 3), { shareBefore: 0.9 }).kind).toBe('moving');
    expect(verify(slow, { shareBefore: 0.9 }).kind).toBe('confirmed');
  });

  it('is unconfirmed when the window passes with share left, without traffic, or with too little', () => {
    expect(verify([bucket(4, 90, 10)], OVER)).toEqual({ kind: 'unconfirmed', reason: 'share_left', share: 0.1 });
    expect(verify([], OVER)).toEqual({ kind: 'unconfirmed', reason: 'no_traffic', share: null });
    expect(verify([bucket(4, 0, 0)], OVER)).toEqual({ kind: 'unconfirmed', reason: 'no_traffic', share: null });
    expect(verify([bucket(4, 5, 0)], OVER)).toEqual({ kind: 'unconfirmed', reason: 'too_little_traffic', share: 0 });
  });

  it('judges by what is closed, and gives up waiting for closing in the end', () => {
    const late = { now: ACCEPTED_AT + 100_000 };
    expect(verify([], late).kind).toBe('waiting');
    expect(verify([], { now: ACCEPTED_AT + 181_000 }).kind).toBe('unconfirmed');
  });

  it('still confirms after the window', () => {
    expect(verify([bucket(9, 100, 0), bucket(10, 100, 0)], { ...OVER, closedUntil: FIRST + 110 }).kind).toBe(
      'confirmed',
    );
  });
});
