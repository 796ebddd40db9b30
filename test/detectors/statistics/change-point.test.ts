import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changePointLogE,
  logRatios,
  startChangePoint,
  updateChangePoint,
} from '../../../detectors/statistics/change-point.js';
import {
  addToReference,
  EMPTY_REFERENCE,
  hourOfWeek,
  nullFailureRate,
} from '../../../detectors/statistics/hour-of-week-reference.js';
import { logChoose } from '../../../detectors/statistics/log-combinatorics.js';
import { uniform } from '../../support/uniform.js';

const MONDAY_3_AM = Date.UTC(2026, 10, 23, 3, 30);
const HOUR_MS = 3_600_000;

describe('the e-SR change-point detector', () => {
  test('the expected likelihood ratio of a block is 1 at the null rate and less below it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        fc.double({ min: 0.05, max: 2.5, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        (nullRate, g, n) => {
          expect(expectedRatio(n, nullRate, g, nullRate)).toBeCloseTo(1, 9);
          expect(expectedRatio(n, nullRate / 2, g, nullRate)).toBeLessThan(1);
          expect(expectedRatio(n, nullRate / 2, -g, nullRate / 2)).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  test('an empty block only counts as one more moment at which the change may have begun', () => {
    const state = updateChangePoint(startChangePoint(), { n: 50, failures: 9 }, 0.05);
    const after = updateChangePoint(state, { n: 0, failures: 0 }, 0.05);
    expect(Math.exp(changePointLogE(after))).toBeCloseTo(Math.exp(changePointLogE(state)) + 1, 9);
  });

  test('runs longer than promised without a change, and ends soon after one', () => {
    const threshold = Math.log(200);
    const runs = Array.from({ length: 60 }, (_, seed) => runLength(seed, 0.02, 3000, threshold));
    const mean = runs.reduce((sum, length) => sum + length, 0) / runs.length;
    expect(mean).toBeGreaterThan(200);
    const delays = Array.from({ length: 60 }, (_, seed) => runLength(seed, 0.2, 3000, threshold));
    expect(Math.max(...delays)).toBeLessThan(40);
  });

  test.each([
    [{ n: 5, failures: 6 }, 0.1, 'block.failures'],
    [{ n: 5.5, failures: 1 }, 0.1, 'block.n'],
    [{ n: 5, failures: Number.NaN }, 0.1, 'block.failures'],
    [{ n: 5, failures: 1 }, 0, 'nullFailureRate'],
    [{ n: 5, failures: 1 }, Number.NaN, 'nullFailureRate'],
  ])('refuses %j at %s and names %s', (block, rate, name) => {
    expect(() => updateChangePoint(startChangePoint(), block, rate)).toThrow(name);
  });
});

describe('the hour-of-week reference', () => {
  test('begins the week on Monday at midnight UTC', () => {
    expect(hourOfWeek(Date.UTC(2026, 10, 23))).toBe(0);
    expect(hourOfWeek(MONDAY_3_AM)).toBe(3);
    expect(hourOfWeek(Date.UTC(2026, 10, 22, 23, 59))).toBe(167);
    expect(hourOfWeek(Date.UTC(1969, 11, 31, 23))).toBe(71);
  });

  test('compares an hour with its like, and with the whole week while it knows too little of it', () => {
    let reference = addToReference(EMPTY_REFERENCE, MONDAY_3_AM, { n: 1000, failures: 200 });
    reference = addToReference(reference, MONDAY_3_AM + HOUR_MS, { n: 100_000, failures: 1000 });
    reference = addToReference(reference, MONDAY_3_AM + 2 * HOUR_MS, { n: 10, failures: 9 });
    expect(nullFailureRate(reference, MONDAY_3_AM + 7 * 24 * HOUR_MS, 'rise')).toBeCloseTo(0.231, 3);
    expect(nullFailureRate(reference, MONDAY_3_AM + HOUR_MS, 'rise')).toBeCloseTo(0.0108, 4);
    expect(nullFailureRate(reference, MONDAY_3_AM + 2 * HOUR_MS, 'rise')).toBeCloseTo(0.0128, 4);
  });

  test('takes the side of the interval that respects the null hypothesis', () => {
    const reference = addToReference(EMPTY_REFERENCE, MONDAY_3_AM, { n: 1000, failures: 100 });
    expect(nullFailureRate(reference, MONDAY_3_AM, 'rise')).toBeGreaterThan(0.1);
    expect(nullFailureRate(reference, MONDAY_3_AM, 'fall')).toBeLessThan(0.1);
    expect(nullFailureRate(reference, MONDAY_3_AM, 'rise', 0.05)).toBeCloseTo(
      0.05 + (nullFailureRate(reference, MONDAY_3_AM, 'rise') ?? 0),
      12,
    );
  });

  test('has no rate without a reference, and never one of 0 or 1', () => {
    expect(nullFailureRate(EMPTY_REFERENCE, MONDAY_3_AM, 'rise')).toBeNull();
    const perfect = addToReference(EMPTY_REFERENCE, MONDAY_3_AM, { n: 300, failures: 0 });
    expect(nullFailureRate(perfect, MONDAY_3_AM, 'fall')).toBeGreaterThan(0);
    const broken = addToReference(EMPTY_REFERENCE, MONDAY_3_AM, { n: 300, failures: 300 });
    expect(nullFailureRate(broken, MONDAY_3_AM, 'rise')).toBeLessThan(1);
  });
});

/** Blocks until the alarm, at most `limit`; failures at `rate`, null rate 2 %. */
function runLength(seed: number, rate: number, limit: number, threshold: number): number {
  const next = uniform(seed);
  let state = startChangePoint();
  for (let block = 1; block <= limit; block++) {
    let failures = 0;
    for (let unit = 0; unit < 10; unit++) if (next() < rate) failures++;
    state = updateChangePoint(state, { n: 10, failures }, 0.02);
    if (changePointLogE(state) >= threshold) return block;
  }
  return limit;
}

function expectedRatio(n: number, rate: number, g: number, nullRate: number): number {
  let expected = 0;
  for (let failures = 0; failures <= n; failures++) {
    const [logRatio = Number.NaN] = logRatios([g], { n, failures }, nullRate);
    expected += Math.exp(logChoose(n, failures) + logRatio) * rate ** failures * (1 - rate) ** (n - failures);
  }
  return expected;
}
