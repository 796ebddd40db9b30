import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logChoose, logFactorial } from '../../../detectors/statistics/log-combinatorics.js';
import { addStratum, mantelHaenszelRates, NO_STRATA } from '../../../detectors/statistics/mantel-haenszel.js';
import { logNormaliser, logTilts } from '../../../detectors/statistics/noncentral-hypergeometric.js';
import { OddsRatioSequence, riskDifferenceAt } from '../../../detectors/statistics/odds-ratio-sequence.js';
import { proportionConfidenceSequence } from '../../../detectors/statistics/proportion-confidence-sequence.js';
import mantelHaenszelCases from '../../fixtures/statistics/mantel-haenszel.json' with { type: 'json' };
import { uniform } from '../../support/uniform.js';
import { counts } from './blocks.js';

describe('log combinatorics', () => {
  test('ln n! agrees with lgamma(n + 1) of an independent library', () => {
    for (const [n, expected] of [
      [170, 706.5730622457875],
      [999_999_999, 19723265827.503716],
      [0, 0],
      [1, 0],
    ] as const) {
      expect(Math.abs(logFactorial(n) - expected)).toBeLessThanOrEqual(1e-13 * expected);
    }
  });

  test('ln C(n, k) agrees with exact integer arithmetic', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 900 }), fc.nat(), (n, pick) => {
        const k = pick % (n + 1);
        const exact = logOfBigInt(chooseExactly(n, k));
        expect(Math.abs(logChoose(n, k) - exact)).toBeLessThanOrEqual(1e-12 * Math.max(1, exact));
      }),
    );
  });

  test('stays accurate where subtracting factorials would not', () => {
    expect(logChoose(1_000_000_000, 1)).toBeCloseTo(Math.log(1e9), 12);
    expect(logChoose(1_000_000, 2)).toBeCloseTo(Math.log((1e6 * 999_999) / 2), 12);
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (n) => {
    expect(() => logFactorial(n)).toThrow(RangeError);
    expect(() => logChoose(n, 1)).toThrow('n must be a count');
    expect(() => logChoose(5, n)).toThrow('k must be a count');
  });
});

test('the log normaliser agrees with the plain sum over all tables', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(40), fc.nat(), fc.double({ min: -7, max: 7, noNaN: true }), (n0, n1, pick, t) => {
      const failures = pick % (n0 + n1 + 1);
      let sum = 0;
      for (let x = Math.max(0, failures - n0); x <= Math.min(n1, failures); x++) {
        sum += Math.exp(logChoose(n1, x) + logChoose(n0, failures - x) + t * x);
      }
      expect(logNormaliser({ baselineN: n0, candidateN: n1, failures }, t)).toBeCloseTo(Math.log(sum), 10);
    }),
  );
});

test('tilts summed together agree with the log normaliser of each, on small and large supports', () => {
  const anySize = fc.oneof(fc.nat(70), fc.nat(5_000_000));
  const tilts = [-2.2, -0.4, 0.2, 1, 2.2];
  fc.assert(
    fc.property(anySize, anySize, fc.nat(), fc.double({ min: -5, max: 5, noNaN: true }), (n0, n1, pick, t) => {
      const margins = { baselineN: n0, candidateN: n1, failures: pick % (n0 + n1 + 1) };
      const together = logTilts(margins, t, tilts);
      for (const [index, tilt] of tilts.entries()) {
        const apart = logNormaliser(margins, t + tilt) - logNormaliser(margins, t);
        expect(Math.abs((together[index] ?? Number.NaN) - apart)).toBeLessThanOrEqual(
          1e-9 * Math.max(1, Math.abs(apart)) + 1e-12 * (n0 + n1),
        );
      }
    }),
  );
});

test('the log normaliser stays finite, and convex in the log odds ratio, for millions of units', () => {
  for (const [baselineN, candidateN, failures] of [
    [1_000_000, 1_000_000, 1_000_000],
    [5_000_000, 50_000, 100_000],
    [3, 2_000_000, 1_999_999],
  ] as const) {
    const at = (t: number): number => logNormaliser({ baselineN, candidateN, failures }, t);
    for (let t = -7; t <= 7; t += 0.5) {
      const bend = at(t - 0.1) + at(t + 0.1) - 2 * at(t);
      expect(bend).toBeGreaterThan(-1e-6);
      expect(Number.isFinite(bend)).toBe(true);
    }
  }
});

describe('Mantel-Haenszel', () => {
  test.each(mantelHaenszelCases)('risk difference: $name', ({ strata, difference }) => {
    expect(mantelHaenszelRates(strata.reduce(addStratum, NO_STRATA))?.difference).toBeCloseTo(difference, 12);
  });

  test('has no answer before a stratum holds both arms', () => {
    expect(mantelHaenszelRates(addStratum(NO_STRATA, counts(10, 1, 0, 0)))).toBeNull();
  });
});

describe('the confidence sequence of a rate', () => {
  test('covers the rate, narrows with n, and knows nothing of an empty arm', () => {
    expect(proportionConfidenceSequence({ n: 0, failures: 0 }, 0.05)).toEqual({ lower: 0, upper: 1 });
    const few = proportionConfidenceSequence({ n: 50, failures: 5 }, 0.05);
    const many = proportionConfidenceSequence({ n: 5000, failures: 500 }, 0.05);
    expect(few.lower).toBeLessThan(0.1);
    expect(few.upper).toBeGreaterThan(0.1);
    expect(many.upper - many.lower).toBeLessThan((few.upper - few.lower) / 5);
  });

  test('mirrors when failures and successes are swapped', () => {
    const failed = proportionConfidenceSequence({ n: 80, failures: 7 }, 0.05);
    const succeeded = proportionConfidenceSequence({ n: 80, failures: 73 }, 0.05);
    expect(failed.lower).toBeCloseTo(1 - succeeded.upper, 9);
    expect(failed.upper).toBeCloseTo(1 - succeeded.lower, 9);
  });

  test('holds the true rate at all of 2,000 looks in at least 95 % of sequences', () => {
    const runs = 300;
    let broken = 0;
    const random = uniform(7);
    for (let run = 0; run < runs; run++) {
      let failures = 0;
      for (let n = 1; n <= 2000; n++) {
        failures += random() < 0.1 ? 1 : 0;
        if (n % 20 !== 0) continue;
        const { lower, upper } = proportionConfidenceSequence({ n, failures }, 0.05);
        if (lower > 0.1 || upper < 0.1) {
          broken++;
          break;
        }
      }
    }
    expect(broken / runs).toBeLessThanOrEqual(0.05);
  });

  test('refuses by name', () => {
    expect(() => proportionConfidenceSequence({ n: 3, failures: 4 }, 0.05)).toThrow('counts.failures');
    expect(() => proportionConfidenceSequence({ n: 3, failures: 1 }, 0)).toThrow('alpha');
  });
});

describe('the confidence sequence of the odds ratio', () => {
  test('is unbounded without data and closes in on the truth from both sides', () => {
    const sequence = new OddsRatioSequence();
    expect(sequence.interval(0.05)).toEqual({ lower: 0, upper: Number.POSITIVE_INFINITY });
    for (let block = 0; block < 40; block++) sequence.add(counts(900, 18, 100, 5));
    const { lower, upper } = sequence.interval(0.05);
    const truth = 5 / 95 / (18 / 882);
    expect(lower).toBeGreaterThan(0.65 * truth);
    expect(lower).toBeLessThan(truth);
    expect(upper).toBeGreaterThan(truth);
    expect(upper).toBeLessThan(1.5 * truth);
  });

  test('swapping the arms inverts it', () => {
    const sequence = new OddsRatioSequence();
    const swapped = new OddsRatioSequence();
    for (const [n0, f0, n1, f1] of [
      [90, 4, 30, 5],
      [50, 3, 50, 9],
      [20, 0, 5, 1],
    ] as const) {
      sequence.add(counts(n0, f0, n1, f1));
      swapped.add(counts(n1, f1, n0, f0));
    }
    const { lower, upper } = sequence.interval(0.1);
    expect(swapped.interval(0.1).lower).toBeCloseTo(1 / upper, 6);
    expect(swapped.interval(0.1).upper).toBeCloseTo(1 / lower, 6);
  });

  test('holds an odds ratio of 1 at every look in at least 95 % of runs with a drifting base rate', () => {
    const runs = 100;
    const random = uniform(11);
    let broken = 0;
    for (let run = 0; run < runs; run++) {
      const sequence = new OddsRatioSequence();
      for (let block = 0; block < 150; block++) {
        const rate = 0.02 + (0.2 * block) / 150;
        const draw = (n: number): number => Array.from({ length: n }, random).filter((u) => u < rate).length;
        sequence.add(counts(20, draw(20), 5, draw(5)));
        const { lower, upper } = sequence.interval(0.05);
        if (lower > 1 || upper < 1) {
          broken++;
          break;
        }
      }
    }
    expect(broken / runs).toBeLessThanOrEqual(0.08);
  });

  test('an odds ratio becomes a risk difference at the baseline rate', () => {
    expect(riskDifferenceAt(0.02, 1)).toBe(0);
    expect(riskDifferenceAt(0.5, 3)).toBeCloseTo(0.25, 12);
    expect(riskDifferenceAt(0.2, Number.POSITIVE_INFINITY)).toBeCloseTo(0.8, 12);
    expect(riskDifferenceAt(0.2, 0)).toBeCloseTo(-0.2, 12);
  });
});

function chooseExactly(n: number, k: number): bigint {
  let result = 1n;
  for (let i = 1n; i <= BigInt(k); i++) result = (result * (BigInt(n) - BigInt(k) + i)) / i;
  return result;
}

/** ln of a positive big integer: its leading 15 digits and its length. */
function logOfBigInt(value: bigint): number {
  const digits = value.toString();
  const lead = digits.slice(0, 15);
  return Math.log(Number(lead)) + (digits.length - lead.length) * Math.LN10;
}
