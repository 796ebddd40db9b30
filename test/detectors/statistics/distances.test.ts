import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hellinger } from '../../../detectors/statistics/distances/hellinger.js';
import { jensenShannonDistance } from '../../../detectors/statistics/distances/jensen-shannon.js';
import {
  kolmogorovSmirnov,
  kolmogorovSmirnovExact,
} from '../../../detectors/statistics/distances/kolmogorov-smirnov.js';
import { largestDifference } from '../../../detectors/statistics/distances/largest-difference.js';
import { populationStabilityIndex } from '../../../detectors/statistics/distances/population-stability-index.js';
import { totalVariation } from '../../../detectors/statistics/distances/total-variation.js';
import { wasserstein } from '../../../detectors/statistics/distances/wasserstein.js';
import {
  bucketOf,
  bucketsOf,
  countAbove,
  histogramOf,
  mergeHistograms,
  quantileBucket,
  sizeOf,
  valueOfBucket,
} from '../../../detectors/statistics/log-histogram.js';

const DISTANCES = [
  ['PSI', populationStabilityIndex],
  ['Jensen-Shannon', (counts: Parameters<typeof hellinger>[0]) => jensenShannonDistance(counts, 2)],
  ['Hellinger', hellinger],
  ['total variation', totalVariation],
  ['L∞', largestDifference],
] as const;

const anyCounts = fc
  .array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 2, maxLength: 6 })
  .map((rows) => ({ reference: rows.map(([a]) => a + 1), current: rows.map(([, b]) => b + 1) }));

describe.each(DISTANCES)('%s', (_, distance) => {
  test('is 0 for equal shares, symmetric, and not negative', () => {
    fc.assert(
      fc.property(anyCounts, ({ reference, current }) => {
        expect(distance({ reference, current: reference.map((count) => 3 * count) })).toBeCloseTo(0, 7);
        expect(distance({ reference, current })).toBeCloseTo(distance({ reference: current, current: reference }), 9);
        expect(distance({ reference, current })).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test.each([
    [{ reference: [1, 2], current: [1, -2] }, 'current[1]'],
    [{ reference: [1, 2], current: [1, 0.5] }, 'current[1]'],
    [{ reference: [1, Number.NaN], current: [1, 2] }, 'reference[1]'],
    [{ reference: [1, 2], current: [1] }, 'same categories'],
    [{ reference: [0, 0], current: [1, 2] }, 'reference must count'],
  ])('refuses %j and names %s', (counts, name) => {
    expect(() => distance(counts)).toThrow(name);
  });
});

test('distances that end at 1 reach it when nothing is shared', () => {
  const apart = { reference: [5, 0], current: [0, 3] };
  for (const distance of [hellinger, totalVariation, largestDifference]) expect(distance(apart)).toBe(1);
  expect(jensenShannonDistance(apart, 2)).toBeCloseTo(1, 12);
  expect(populationStabilityIndex(apart)).toBe(Number.POSITIVE_INFINITY);
});

test('moving everything by c moves it by c', () => {
  const anyValues = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(anyValues, fc.double({ min: 0, max: 100, noNaN: true }), (values, shift) => {
      const moved = values.map((value) => value + shift);
      expect(wasserstein(values, moved)).toBeCloseTo(shift, 6);
      expect(kolmogorovSmirnov(values, values)).toBe(0);
    }),
  );
});

test('the exact Kolmogorov-Smirnov p is the share of orders that lie as far apart', () => {
  // 3 and 2 values: of the 10 orders only AAABB and BBAAA are at distance 1.
  expect(kolmogorovSmirnovExact(1, 3, 2)).toBeCloseTo(0.2, 12);
  expect(kolmogorovSmirnovExact(0, 3, 2)).toBe(1);
  expect(() => wasserstein([1, Number.NaN], [1])).toThrow('reference[1]');
  expect(() => kolmogorovSmirnov([], [1])).toThrow('reference');
});

describe('the log histogram', () => {
  const anyValues = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 60 });

  test('keeps every value and every quantile to 1 %', () => {
    fc.assert(
      fc.property(anyValues, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        for (const value of values) expect(Math.abs(valueOfBucket(bucketOf(value)) / value - 1)).toBeLessThan(0.0101);
        const exact = [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? 0;
        const bucket = quantileBucket(histogramOf(values), q);
        expect(Math.abs(valueOfBucket(bucket ?? 0) / exact - 1)).toBeLessThan(0.0101);
      }),
    );
  });

  test('merges in any order and any split', () => {
    fc.assert(
      fc.property(anyValues, fc.nat(), (values, cut) => {
        const at = cut % values.length;
        const merged = mergeHistograms(histogramOf(values.slice(at)), histogramOf(values.slice(0, at)));
        const sorted = (histogram: ReadonlyMap<number, number>) => [...histogram].sort(([a], [b]) => a - b);
        expect(sorted(merged)).toEqual(sorted(histogramOf(values)));
        expect(sizeOf(merged)).toBe(values.length);
      }),
    );
  });

  test('10 % are 5 buckets, and zeros lie below everything', () => {
    expect(bucketsOf(0.1)).toBe(5);
    expect(countAbove(histogramOf([0, 0, 1e-6]), bucketOf(0))).toBe(1);
    expect(valueOfBucket(bucketOf(0))).toBe(0);
    expect(quantileBucket(histogramOf([]), 0.5)).toBeNull();
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (value) => {
    expect(() => bucketOf(value)).toThrow('value must be at least 0');
  });
});
