import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  conditionalLogE,
  HARM_GRID,
  mergeConditionalEProcesses,
  startConditionalEProcess,
  updateConditionalEProcess,
} from '../../../detectors/statistics/conditional-e-process.js';
import { logChoose } from '../../../detectors/statistics/log-combinatorics.js';
import {
  marginLogE,
  marginLogRatio,
  projectOntoMargin,
  startMarginEProcess,
  updateMarginEProcess,
} from '../../../detectors/statistics/margin-e-value.js';
import conditionalCases from '../../fixtures/statistics/conditional.json' with { type: 'json' };
import marginCases from '../../fixtures/statistics/margin.json' with { type: 'json' };
import { counts, evidenceOf } from './blocks.js';

/** Any block of up to 60 units an arm. */
const anyBlock = fc
  .record({
    n0: fc.nat(60),
    n1: fc.nat(60),
    r0: fc.double({ min: 0, max: 1, noNaN: true }),
    r1: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ n0, n1, r0, r1 }) => counts(n0, Math.round(n0 * r0), n1, Math.round(n1 * r1)));
const anyBlocks = fc.array(anyBlock, { maxLength: 12 });

describe('kernel A, the conditional e-process', () => {
  test.each(conditionalCases)('agrees with the non-central hypergeometric oracle: $name', (expected) => {
    let process = startConditionalEProcess(expected.grid, Math.log(expected.nullOddsRatio));
    let maxLogE = Number.NEGATIVE_INFINITY;
    for (const [n0 = 0, f0 = 0, n1 = 0, f1 = 0] of expected.blocks) {
      process = updateConditionalEProcess(process, counts(n0, f0, n1, f1));
      maxLogE = Math.max(maxLogE, conditionalLogE(process));
    }
    expect(conditionalLogE(process)).toBeCloseTo(expected.logE, 9);
    expect(maxLogE).toBeCloseTo(expected.maxLogE, 9);
  });

  test('gives the same evidence in any order and any split', () => {
    fc.assert(
      fc.property(anyBlocks, fc.nat(), (blocks, cut) => {
        const at = blocks.length === 0 ? 0 : cut % blocks.length;
        const merged = mergeConditionalEProcesses(
          evidenceOf([...blocks.slice(at)].reverse()),
          evidenceOf(blocks.slice(0, at)),
        );
        expect(conditionalLogE(merged)).toBeCloseTo(conditionalLogE(evidenceOf(blocks)), 8);
      }),
    );
  });

  test('swapping the arms flips the sign of the log odds ratio', () => {
    const negative = HARM_GRID.map((g) => -g);
    fc.assert(
      fc.property(anyBlocks, (blocks) => {
        const swapped = blocks.map(({ baseline, candidate }) => ({ baseline: candidate, candidate: baseline }));
        expect(conditionalLogE(evidenceOf(swapped, negative))).toBeCloseTo(conditionalLogE(evidenceOf(blocks)), 8);
      }),
    );
  });

  test('learns nothing from an empty, a one-armed or an all-equal block', () => {
    const silent = [counts(0, 0, 0, 0), counts(9, 3, 0, 0), counts(0, 0, 9, 3), counts(9, 0, 4, 0), counts(9, 9, 4, 4)];
    fc.assert(
      fc.property(anyBlocks, (blocks) => {
        expect(evidenceOf([...blocks, ...silent]).logRatios).toEqual(evidenceOf(blocks).logRatios);
      }),
    );
  });

  test('the expected e-value of a block is exactly 1 at the null odds ratio and less below it', () => {
    for (const [n0, n1] of [
      [3, 2],
      [6, 1],
      [1, 6],
      [4, 4],
    ] as const) {
      expect(expectedConditionalE(n0, n1, 0)).toBeCloseTo(1, 10);
      expect(expectedConditionalE(n0, n1, -0.5)).toBeLessThan(1);
      expect(expectedConditionalE(n0, n1, 0.5)).toBeGreaterThan(1);
    }
  });

  test.each([
    [counts(Number.NaN, 0, 1, 0), 'baseline.n'],
    [counts(1, -1, 1, 0), 'baseline.failures'],
    [counts(1, 0, 1.5, 0), 'candidate.n'],
    [counts(1, 0, 1, 2), 'candidate.failures'],
    [counts(1, 0, Number.POSITIVE_INFINITY, 2), 'candidate.n'],
  ])('refuses %j and names %s', (block, name) => {
    expect(() => updateConditionalEProcess(startConditionalEProcess(), block)).toThrow(RangeError);
    expect(() => updateConditionalEProcess(startConditionalEProcess(), block)).toThrow(name);
  });

  test('refuses to merge answers to different questions', () => {
    expect(() => mergeConditionalEProcesses(startConditionalEProcess([1]), startConditionalEProcess([2]))).toThrow(
      RangeError,
    );
  });

  test('stays finite and exact in blocks of a million units', () => {
    const logE = conditionalLogE(evidenceOf([counts(1_000_000, 20_000, 10_000, 500)]));
    expect(logE).toBeGreaterThan(100);
    expect(Number.isFinite(logE)).toBe(true);
  });
});

describe('kernel B, the margin e-value', () => {
  test.each(marginCases)('agrees with numerical projection: $name', (expected) => {
    const { baseline, candidate } = expected;
    expect(projectOntoMargin(baseline.n, candidate.n, expected)).toBeCloseTo(expected.projected, 7);
    expect(marginLogRatio({ baseline, candidate }, expected)).toBeCloseTo(expected.logRatio, 7);
  });

  test('the expected e-value is at most 1 everywhere on the edge of the null', () => {
    const alternatives = [
      { baselineRate: 0.9, candidateRate: 0.91, margin: 0.02 },
      { baselineRate: 0.5, candidateRate: 0.45, margin: 0.1 },
      { baselineRate: 0.9, candidateRate: 0.6, margin: 0 },
    ];
    for (const alternative of alternatives) {
      for (let p0 = alternative.margin + 0.01; p0 < 1; p0 += 0.01) {
        expect(expectedMarginE(3, 2, p0, p0 - alternative.margin, alternative)).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  });

  test('grows when the arms are equal and shrinks when the candidate is worse by twice the margin', () => {
    const equal = { baseline: { n: 100, scoreSum: 98 }, candidate: { n: 100, scoreSum: 98 } };
    const worse = { baseline: { n: 100, scoreSum: 98 }, candidate: { n: 100, scoreSum: 94 } };
    expect(marginLogE([repeated(30, equal)])).toBeGreaterThan(Math.log(20));
    expect(marginLogE([repeated(30, worse)])).toBeLessThan(0);
  });

  test('asked for harm, it grows when the candidate is worse by more than the margin and not when by less', () => {
    const evidence = (candidateSum: number) => {
      let process = startMarginEProcess(0.02, 'harm');
      const block = { baseline: { n: 100, scoreSum: 98 }, candidate: { n: 100, scoreSum: candidateSum } };
      for (let time = 0; time < 30; time++) process = updateMarginEProcess(process, block);
      return marginLogE([process]);
    };
    expect(evidence(90)).toBeGreaterThan(Math.log(100));
    expect(evidence(97)).toBeLessThan(0);
  });

  test('asked for harm, the expected e-value after any past is at most 1 on the edge of the null', () => {
    const past = updateMarginEProcess(startMarginEProcess(0.1, 'harm'), {
      baseline: { n: 20, scoreSum: 15 },
      candidate: { n: 4, scoreSum: 3 },
    });
    for (let p0 = 0.11; p0 < 1; p0 += 0.02) {
      let expected = 0;
      for (let k0 = 0; k0 <= 3; k0++) {
        for (let k1 = 0; k1 <= 2; k1++) {
          const block = { baseline: { n: 3, scoreSum: k0 }, candidate: { n: 2, scoreSum: k1 } };
          const probability = binomial(3, k0, p0) * binomial(2, k1, p0 - 0.1);
          expected += probability * Math.exp(marginLogE([updateMarginEProcess(past, block)]));
        }
      }
      expect(expected / Math.exp(marginLogE([past]))).toBeLessThanOrEqual(1 + 1e-9);
    }
    expect(() => startMarginEProcess(0)).toThrow('margin');
    expect(startMarginEProcess(0, 'harm').margin).toBe(0);
  });

  test('a block without candidate units gives no evidence', () => {
    const process = repeated(5, { baseline: { n: 40, scoreSum: 39 }, candidate: { n: 0, scoreSum: 0 } });
    expect(marginLogE([process])).toBeCloseTo(0, 12);
    expect(process.baselineSeen.n).toBe(200);
  });

  test('with graded scores the expected e-value is at most 1 as well', () => {
    const alternative = { baselineRate: 0.8, candidateRate: 0.85, margin: 0.1 };
    for (const mean of [0.3, 0.5, 0.8]) {
      let expected = 0;
      for (const [s0, p0] of gradedScores(mean)) {
        for (const [s1, p1] of gradedScores(mean - alternative.margin)) {
          const block = { baseline: { n: 1, scoreSum: s0 }, candidate: { n: 1, scoreSum: s1 } };
          expected += p0 * p1 * Math.exp(marginLogRatio(block, alternative));
        }
      }
      expect(expected).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  test('takes graded scores and refuses impossible ones by name', () => {
    const graded = { baseline: { n: 10, scoreSum: 8.25 }, candidate: { n: 4, scoreSum: 3.5 } };
    expect(Number.isFinite(marginLogE([repeated(3, graded)]))).toBe(true);
    for (const scoreSum of [-1, 5, Number.NaN]) {
      const block = { ...graded, candidate: { n: 4, scoreSum } };
      expect(() => repeated(1, block)).toThrow('candidate.scoreSum');
    }
  });
});

/** Scores 0, ½ and 1 with their probabilities, half of the mass on ½ as far as the mean allows. */
function gradedScores(mean: number): readonly (readonly [number, number])[] {
  const middle = Math.min(mean, 1 - mean);
  const top = mean - middle / 2;
  return [
    [0, 1 - middle - top],
    [0.5, middle],
    [1, top],
  ];
}

function repeated(times: number, block: Parameters<typeof updateMarginEProcess>[1]) {
  let process = startMarginEProcess(0.02);
  for (let time = 0; time < times; time++) process = updateMarginEProcess(process, block);
  return process;
}

/** Σ over the candidate's failures of P(f1 | m; OR) · E(f1), the worst over m. */
function expectedConditionalE(n0: number, n1: number, logOddsRatio: number): number {
  const all: number[] = [];
  for (let failures = 1; failures < n0 + n1; failures++) {
    let mass = 0;
    let expected = 0;
    for (let f1 = Math.max(0, failures - n0); f1 <= Math.min(n1, failures); f1++) {
      const weight = Math.exp(logChoose(n1, f1) + logChoose(n0, failures - f1) + logOddsRatio * f1);
      mass += weight;
      expected += weight * Math.exp(conditionalLogE(evidenceOf([counts(n0, failures - f1, n1, f1)])));
    }
    all.push(expected / mass);
  }
  return logOddsRatio > 0 ? Math.min(...all) : Math.max(...all);
}

function expectedMarginE(
  n0: number,
  n1: number,
  p0: number,
  p1: number,
  alternative: Parameters<typeof marginLogRatio>[1],
): number {
  let expected = 0;
  for (let k0 = 0; k0 <= n0; k0++) {
    for (let k1 = 0; k1 <= n1; k1++) {
      const block = { baseline: { n: n0, scoreSum: k0 }, candidate: { n: n1, scoreSum: k1 } };
      expected += binomial(n0, k0, p0) * binomial(n1, k1, p1) * Math.exp(marginLogRatio(block, alternative));
    }
  }
  return expected;
}

function binomial(n: number, k: number, p: number): number {
  return Math.exp(logChoose(n, k)) * p ** k * (1 - p) ** (n - k);
}
