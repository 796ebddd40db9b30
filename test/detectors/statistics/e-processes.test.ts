import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  conditionalLogE,
  EXCEEDANCE_GRID,
  HARM_GRID,
  logNullOddsRatioAtFloor,
  startConditionalEProcess,
  TWO_SIDED_GRID,
  updateConditionalEProcess,
  WITNESS_GRID,
} from '../../../detectors/statistics/conditional-e-process.js';
import {
  exceedanceLogE,
  exceedancesOf,
  freezeThresholds,
  startExceedance,
  updateExceedance,
} from '../../../detectors/statistics/exceedance.js';
import { logChoose } from '../../../detectors/statistics/log-combinatorics.js';
import { histogramOf } from '../../../detectors/statistics/log-histogram.js';
import {
  type CategoryBlock,
  movedCategories,
  multinomialLogE,
  startMultinomial,
  updateMultinomial,
} from '../../../detectors/statistics/multinomial-e-value.js';
import { startSampleRatio, updateSampleRatio } from '../../../detectors/statistics/sample-ratio.js';
import { uniform } from '../../support/uniform.js';
import { counts, evidenceOf } from './blocks.js';

const anyShare = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe('kernel A on two sides and above a floor', () => {
  test.each([
    ['harm', HARM_GRID],
    ['two-sided', TWO_SIDED_GRID],
    ['exceedance', EXCEEDANCE_GRID],
    ['witness', WITNESS_GRID],
  ])('%s grid: the expected e-value is 1 when the arms are exchangeable', (_, grid) => {
    for (const [n0, n1] of [
      [7, 3],
      [1, 1],
      [12, 1],
    ] as const) {
      for (let failures = 0; failures <= n0 + n1; failures++)
        expect(expectedE(n0, n1, failures, grid)).toBeCloseTo(1, 10);
    }
  });

  test('a two-sided grid sees a fall as well as a rise', () => {
    const fallen = counts(1000, 100, 1000, 20);
    expect(conditionalLogE(evidenceOf([fallen], TWO_SIDED_GRID))).toBeGreaterThan(10);
    expect(conditionalLogE(evidenceOf([fallen]))).toBeLessThan(0);
  });

  test('above a hard floor only what exceeds the tolerated rise is evidence', () => {
    const logNull = logNullOddsRatioAtFloor(0.02, 0.03);
    const evidence = (failures: number) =>
      conditionalLogE(
        updateConditionalEProcess(
          startConditionalEProcess(undefined, logNull),
          counts(100_000, 2000, 10_000, failures),
        ),
      );
    expect(Math.exp(logNull)).toBeCloseTo(0.05 / 0.95 / (0.02 / 0.98), 12);
    expect(evidence(450)).toBeLessThan(0);
    expect(evidence(800)).toBeGreaterThan(20);
  });

  test.each([
    [0, 0.1],
    [0.5, 0.5],
    [Number.NaN, 0.1],
  ])('has no floor at a reference of %s plus %s', (rate, rise) => {
    expect(() => logNullOddsRatioAtFloor(rate, rise)).toThrow('referenceFailureRate');
  });
});

describe('the multinomial e-value', () => {
  const names = ['stop', 'length', 'refusal'];
  const learned: CategoryBlock = { baseline: [80, 15, 5], candidate: [6, 3, 1] };
  const anyCounts = fc.array(fc.nat(40), { minLength: 3, maxLength: 3 });

  test('is expected to be at most 1 after any past, whatever the shares', () => {
    fc.assert(
      fc.property(anyShare, anyShare, anyCounts, anyCounts, (a, b, past0, past1) => {
        const shares = [a * b, a * (1 - b), 1 - a];
        const past = updateMultinomial(startMultinomial(names), { baseline: past0, candidate: past1 });
        const from = Math.exp(multinomialLogE(past));
        let expected = 0;
        for (const baseline of splitsOf(3)) {
          for (const candidate of splitsOf(2)) {
            const probability = multinomialMass(baseline, shares) * multinomialMass(candidate, shares);
            expected += probability * Math.exp(multinomialLogE(updateMultinomial(past, { baseline, candidate })));
          }
        }
        expect(expected / from).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  test('learns nothing from empty or one-armed blocks', () => {
    const before = updateMultinomial(startMultinomial(names), learned);
    for (const block of [
      { baseline: [0, 0, 0], candidate: [0, 0, 0] },
      { baseline: [0, 0, 0], candidate: [5, 1, 0] },
    ]) {
      expect(multinomialLogE(updateMultinomial(before, block))).toBeCloseTo(multinomialLogE(before), 12);
    }
  });

  test('names the category that moved, and which way', () => {
    let process = startMultinomial(names);
    for (let block = 0; block < 40; block++) {
      process = updateMultinomial(process, { baseline: [88, 10, 2], candidate: [6, 4, 0] });
    }
    const [first] = movedCategories(process);
    expect(multinomialLogE(process)).toBeGreaterThan(Math.log(100));
    expect(first).toMatchObject({ category: 'length', baselineShare: 0.1, candidateShare: 0.4 });
    expect(first?.logE).toBeGreaterThan(Math.log(100));
  });

  test.each([
    [{ baseline: [1, 2], candidate: [0, 0, 0] }, 'baseline'],
    [{ baseline: [1, 2, 3], candidate: [0, -1, 0] }, 'candidate[1]'],
    [{ baseline: [1, Number.NaN, 3], candidate: [0, 0, 0] }, 'baseline[1]'],
    [{ baseline: [1, 2, 3], candidate: [0, 0, 0.5] }, 'candidate[2]'],
  ])('refuses %j and names %s', (block, name) => {
    expect(() => updateMultinomial(startMultinomial(names), block)).toThrow(name);
  });

  test('refuses categories that cannot be told apart', () => {
    expect(() => startMultinomial(['stop'])).toThrow('at least two');
    expect(() => startMultinomial(['stop', 'stop'])).toThrow('names of their own');
  });
});

describe('sample ratio mismatch', () => {
  test('the e-value is expected to be exactly 1 when traffic is split as declared', () => {
    fc.assert(
      fc.property(anyShare, fc.integer({ min: 1, max: 12 }), (share, n) => {
        let expected = 0;
        for (const [a = 0, b = 0] of pairsOf(n)) {
          const { logE } = updateSampleRatio(startSampleRatio([share, 1 - share]), [a, b]);
          expected += multinomialMass([a, b], [share, 1 - share]) * Math.exp(logE);
        }
        expect(expected).toBeCloseTo(1, 9);
      }),
    );
  });

  test('is the same however the units are split into calls', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { maxLength: 8 }), (blocks) => {
        const stepwise = blocks.reduce(updateSampleRatio, startSampleRatio([0.9, 0.1]));
        const sums = [0, 1].map((arm) => blocks.reduce((sum, block) => sum + (block[arm] ?? 0), 0));
        const atOnce = updateSampleRatio(startSampleRatio([0.9, 0.1]), sums);
        expect(stepwise.logE).toBeCloseTo(atOnce.logE, 9);
        expect(stepwise.maxLogE).toBeGreaterThanOrEqual(atOnce.maxLogE - 1e-9);
      }),
    );
  });

  test('a stage that is off is found although the one before was long and right', () => {
    const longAndRight = updateSampleRatio(startSampleRatio([0.99, 0.01]), [990_000, 10_000]);
    expect(longAndRight.maxLogE).toBeLessThan(Math.log(1000));
    const next = updateSampleRatio(startSampleRatio([0.95, 0.05]), [9900, 100]);
    expect(next.logE).toBeGreaterThan(Math.log(1000));
  });

  test('refuses shares and counts by name', () => {
    expect(() => startSampleRatio([0.5, 0.4])).toThrow('shares');
    expect(() => startSampleRatio([1])).toThrow('shares');
    expect(() => updateSampleRatio(startSampleRatio([0.5, 0.5]), [1, -1])).toThrow('units[1]');
    expect(() => updateSampleRatio(startSampleRatio([0.5, 0.5]), [1])).toThrow('units');
  });
});

describe('exceedances of frozen quantiles', () => {
  const next = uniform(4);
  const latency = (): number => Math.exp(6 + 0.8 * (next() + next() + next() + next() - 2));
  const sample = (n: number, factor = 1) => histogramOf(Array.from({ length: n }, () => factor * latency()));
  const thresholds = freezeThresholds(sample(20_000));
  if (thresholds === null) throw new Error('the reference has units');

  /** ln E of 60 blocks of 99 baseline units beside 5 of a candidate that is slower by a factor. */
  const evidence = (factor: number, question: 'harm' | 'promotion'): number => {
    let process = startExceedance(thresholds, question);
    for (let block = 0; block < 60; block++) {
      process = updateExceedance(process, { baseline: sample(99), candidate: sample(5, factor) });
    }
    return exceedanceLogE(process);
  };

  test('no harm within the tolerated 10 %, harm beyond', () => {
    expect(evidence(1.05, 'harm')).toBeLessThan(Math.log(20));
    expect(evidence(2, 'harm')).toBeGreaterThan(Math.log(100));
  });

  test('promotion needs evidence that the candidate is not slower than tolerated', () => {
    expect(evidence(0.8, 'promotion')).toBeGreaterThan(Math.log(20));
    expect(evidence(1.3, 'promotion')).toBeLessThan(0);
  });

  test('the candidate is held against thresholds 5 buckets higher', () => {
    const at = (value: number) => histogramOf([value]);
    const frozen = { buckets: [100], shift: 5 };
    const counted = (value: number) => exceedancesOf({ baseline: at(value), candidate: at(value) }, frozen, 0);
    expect(counted(1.02 ** 101.5)).toMatchObject({ baseline: { failures: 1 }, candidate: { failures: 0 } });
    expect(counted(1.02 ** 105.5)).toMatchObject({ baseline: { failures: 1 }, candidate: { failures: 1 } });
  });

  test('there are no thresholds without a reference', () => {
    expect(freezeThresholds(histogramOf([]))).toBeNull();
  });
});

/** E over all ways to deal the failures to the two arms. */
function expectedE(n0: number, n1: number, failures: number, grid: readonly number[]): number {
  let expected = 0;
  for (let f1 = Math.max(0, failures - n0); f1 <= Math.min(n1, failures); f1++) {
    const probability = logChoose(n1, f1) + logChoose(n0, failures - f1) - logChoose(n0 + n1, failures);
    expected += Math.exp(probability + conditionalLogE(evidenceOf([counts(n0, failures - f1, n1, f1)], grid)));
  }
  return expected;
}

/** All counts of three categories that sum to n. */
function splitsOf(n: number): number[][] {
  const all: number[][] = [];
  for (let a = 0; a <= n; a++) for (let b = 0; a + b <= n; b++) all.push([a, b, n - a - b]);
  return all;
}

function pairsOf(n: number): number[][] {
  return Array.from({ length: n + 1 }, (_, a) => [a, n - a]);
}

function multinomialMass(units: readonly number[], shares: readonly number[]): number {
  let left = units.reduce((sum, count) => sum + count, 0);
  let mass = 1;
  for (const [index, count] of units.entries()) {
    for (let i = 0; i < count; i++) mass *= ((left - i) / (i + 1)) * (shares[index] ?? 0);
    left -= count;
  }
  return mass;
}
