import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  miettinenNurminenDifference,
  scoreZ,
  type TwoProportions,
} from '../../../detectors/statistics/reference/proportion-difference.js';
import {
  clopperPearson,
  upperFailureRate,
  wilson,
} from '../../../detectors/statistics/reference/proportion-intervals.js';

function arms(k1: number, n1: number, k0: number, n0: number): TwoProportions {
  return { candidate: { n: n1, successes: k1 }, baseline: { n: n0, successes: k0 } };
}

const anyArms = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.nat(), fc.integer({ min: 1, max: 60 }), fc.nat())
  .map(([n1, a, n0, b]) => arms(a % (n1 + 1), n1, b % (n0 + 1), n0));

describe("Miettinen and Nurminen's interval", () => {
  // Newcombe, Statistics in Medicine 1998;17:873, table II, method 6 (Miettinen-Nurminen) of examples (a) and (b).
  test.each([
    [arms(56, 70, 48, 80), 0.0528, 0.3382],
    [arms(9, 10, 3, 10), 0.17, 0.8406],
  ])('agrees with the published one: %j', (two, lower, upper) => {
    const interval = miettinenNurminenDifference(two, 0.05);
    expect(interval.lower).toBeCloseTo(lower, 4);
    expect(interval.upper).toBeCloseTo(upper, 4);
  });

  test('holds the difference, ends where the score test rejects, and turns round with the arms', () => {
    fc.assert(
      fc.property(anyArms, (two) => {
        const difference = two.candidate.successes / two.candidate.n - two.baseline.successes / two.baseline.n;
        const { lower, upper } = miettinenNurminenDifference(two, 0.05);
        expect(lower).toBeLessThanOrEqual(difference + 1e-9);
        expect(upper).toBeGreaterThanOrEqual(difference - 1e-9);
        if (upper < 0.999) expect(Math.abs(scoreZ(two, upper))).toBeCloseTo(1.959964, 4);
        const swapped = miettinenNurminenDifference({ candidate: two.baseline, baseline: two.candidate }, 0.05);
        expect(swapped.lower).toBeCloseTo(-upper, 6);
        expect(swapped.upper).toBeCloseTo(-lower, 6);
      }),
    );
  });

  test.each([
    [arms(3, 2, 1, 5), 'candidate.successes'],
    [arms(1, 2, 1, 0), 'baseline.n'],
    [arms(1, 2, -1, 5), 'baseline.successes'],
    [arms(1.5, 2, 1, 5), 'candidate.successes'],
  ])('refuses %j and names %s', (two, name) => {
    expect(() => miettinenNurminenDifference(two, 0.05)).toThrow(name);
  });
});

test("Clopper and Pearson's interval holds Wilson's estimate, and its side is one-sided", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(), (n, pick) => {
      const k = pick % (n + 1);
      const exact = clopperPearson(k, n, 0.02);
      expect(exact.lower).toBeLessThanOrEqual(k / n);
      expect(exact.upper).toBeGreaterThanOrEqual(wilson(k, n, 0.9).lower);
      expect(upperFailureRate({ n, failures: k }, 0.99)).toBeCloseTo(exact.upper, 9);
    }),
  );
  expect(upperFailureRate({ n: 0, failures: 0 }, 0.99)).toBe(1);
});
