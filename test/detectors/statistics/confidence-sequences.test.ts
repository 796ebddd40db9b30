import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asymptoticDifference } from '../../../detectors/statistics/asymptotic-confidence-sequence.js';
import {
  BettingSequence,
  empiricalBernsteinSequence,
  hoeffdingSequence,
  logBettingGain,
  PredictableBets,
} from '../../../detectors/statistics/betting-confidence-sequence.js';
import {
  betaBinomialMixture,
  boundaryAt,
  gammaExponentialMixture,
  normalMixture,
} from '../../../detectors/statistics/mixture-boundary.js';
import { quantileLogE } from '../../../detectors/statistics/quantile-e-value.js';
import { polynomialStitching } from '../../../detectors/statistics/stitched-boundary.js';
import { uniform } from '../../support/uniform.js';

describe('the betting sequence', () => {
  test('neither gambler can expect to win while the mean is what they bet against', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.02, max: 0.98, noNaN: true }), (mean) => {
        let up = 0;
        let down = 0;
        for (let outcome = 0; outcome < 2 ** 6; outcome++) {
          const scores = Array.from({ length: 6 }, (_, bit) => (outcome >> bit) & 1);
          const bets = new PredictableBets(0.05);
          let logUp = 0;
          let logDown = 0;
          let probability = 1;
          for (const score of scores) {
            const gain = logBettingGain(score, mean, bets.next);
            logUp += gain.up;
            logDown += gain.down;
            probability *= score === 1 ? mean : 1 - mean;
            bets.learn(score);
          }
          up += probability * Math.exp(logUp);
          down += probability * Math.exp(logDown);
        }
        expect(up).toBeCloseTo(1, 9);
        expect(down).toBeCloseTo(1, 9);
      }),
    );
  });

  test('holds the mean of graded scores at every look in at least 95 % of runs', () => {
    const next = uniform(11);
    let missed = 0;
    for (let run = 0; run < 60; run++) {
      const sequence = new BettingSequence(0.05);
      let out = false;
      for (let unit = 1; unit <= 150; unit++) {
        sequence.add(next() < 0.8 ? 1 : next());
        if (unit % 10 !== 0) continue;
        const { lower, upper } = sequence.interval();
        if (lower > 0.9 || upper < 0.9) out = true;
      }
      if (out) missed++;
    }
    expect(missed).toBeLessThanOrEqual(3);
  });

  test('is narrower than what knows less', () => {
    const next = uniform(3);
    const scores = Array.from({ length: 400 }, () => (next() < 0.97 ? 1 : 0));
    const sequence = new BettingSequence(0.05);
    for (const score of scores) sequence.add(score);
    const width = ({ lower, upper }: { lower: number; upper: number }) => upper - lower;
    expect(width(sequence.interval())).toBeLessThan(width(empiricalBernsteinSequence(scores, 0.05)));
    expect(width(empiricalBernsteinSequence(scores, 0.05))).toBeLessThan(width(hoeffdingSequence(scores, 0.05)));
  });

  test('knows nothing before the first unit and refuses what is no score', () => {
    const sequence = new BettingSequence(0.05);
    expect(sequence.interval()).toEqual({ lower: 0, upper: 1 });
    for (const score of [-0.1, 1.1, Number.NaN]) expect(() => sequence.add(score)).toThrow('score');
    expect(() => hoeffdingSequence([0.5, 2], 0.05)).toThrow('scores[1]');
    expect(() => new BettingSequence(0)).toThrow('alpha');
  });
});

describe('boundaries', () => {
  const tuning = { tightestAt: 100, alpha: 0.05 };
  const mixtures = [
    ['two-sided normal', normalMixture(tuning, 2)],
    ['one-sided normal', normalMixture(tuning, 1)],
    ['gamma-exponential', gammaExponentialMixture(tuning, 1)],
    ['beta-binomial', betaBinomialMixture(tuning, 0.3, 0.7, 2)],
  ] as const;

  test.each(mixtures)('%s: is where the mixture reaches 1/α', (_, mixture) => {
    for (const v of [5, 100, 3000]) {
      const boundary = boundaryAt(mixture, v, 0.01);
      if (boundary < mixture.largestSum(v)) expect(mixture.logValue(boundary, v)).toBeCloseTo(Math.log(100), 6);
      expect(boundaryAt(mixture, v, 0.05)).toBeLessThanOrEqual(boundary);
    }
  });

  test('are wider than one look needs', () => {
    for (const v of [50, 100, 1000]) {
      expect(boundaryAt(normalMixture(tuning, 2), v, 0.05)).toBeGreaterThan(1.96 * Math.sqrt(v));
      expect(polynomialStitching(v, 0.05, 10)).toBeGreaterThan(1.645 * Math.sqrt(v));
    }
  });

  test('refuse levels and times that are none', () => {
    expect(() => boundaryAt(normalMixture(tuning, 2), 10, 0)).toThrow('alpha');
    expect(() => boundaryAt(normalMixture(tuning, 2), -1, 0.05)).toThrow('v must');
    expect(() => normalMixture({ tightestAt: 0, alpha: 0.05 }, 2)).toThrow('tightestAt');
    expect(() => polynomialStitching(10, 0.05, 0)).toThrow('startsAt');
  });
});

describe('the asymptotic sequence', () => {
  const baseline = { n: 5000, mean: 10, variance: 25 };

  test('its p-value falls below α exactly when the interval leaves 0', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.constantFrom(1 as const, 2 as const),
        (shift, sides) => {
          const candidate = { n: 3000, mean: 10 + shift, variance: 20 };
          const { lower, upper, p } = asymptoticDifference(baseline, candidate, {
            alpha: 0.05,
            tightestAt: 5000,
            sides,
          });
          expect(p < 0.05).toBe(lower > 0 || upper < 0);
        },
      ),
    );
  });

  test('one side is open when it is one-sided', () => {
    const candidate = { n: 3000, mean: 11, variance: 20 };
    const sequence = { alpha: 0.05, tightestAt: 5000, sides: 1 as const };
    expect(asymptoticDifference(baseline, candidate, sequence).upper).toBe(Number.POSITIVE_INFINITY);
    expect(asymptoticDifference(baseline, candidate, sequence, false, 'upper').lower).toBe(Number.NEGATIVE_INFINITY);
  });
});

test('the quantile e-value sees a shifted quantile and not a common one', () => {
  const next = uniform(9);
  const sample = (shift: number) => Array.from({ length: 800 }, () => shift + next());
  expect(quantileLogE(sample(0), sample(0), 0.9, 400)).toBeLessThan(Math.log(20));
  expect(quantileLogE(sample(0), sample(0.3), 0.9, 400)).toBeGreaterThan(Math.log(1000));
});
