import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eBenjaminiHochberg } from '../../../detectors/statistics/multiplicity/e-benjamini-hochberg.js';
import { startELond, testNextRelease } from '../../../detectors/statistics/multiplicity/e-lond.js';
import {
  falseAlarmBudget,
  silentDriftThreshold,
} from '../../../detectors/statistics/multiplicity/false-alarm-budget.js';
import { meanE, meanLogE } from '../../../detectors/statistics/multiplicity/mean-e-value.js';
import { adjustedForSupremum } from '../../../detectors/statistics/multiplicity/sup-adjuster.js';
import { blamedGuardrails, weightedThreshold } from '../../../detectors/statistics/multiplicity/weighted-bonferroni.js';

const anyLogE = fc.double({ min: -20, max: 40, noNaN: true });

describe('weighted Bonferroni', () => {
  test('a guardrail with a third of the budget needs three times the evidence', () => {
    const third = weightedThreshold(0.01, 1 / 3);
    expect(third).toBeCloseTo(Math.log(300), 12);
    expect(blamedGuardrails([{ maxLogE: third, weight: 1 / 3 }], 0.01)).toEqual([0]);
    expect(blamedGuardrails([{ maxLogE: third - 1e-9, weight: 1 / 3 }], 0.01)).toEqual([]);
  });

  test('refuses to spend more than there is', () => {
    const evidence = [0.7, 0.4].map((weight) => ({ maxLogE: 0, weight }));
    expect(() => blamedGuardrails(evidence, 0.01)).toThrow('weights must sum to at most 1');
    expect(() => weightedThreshold(0.01, 0)).toThrow('weight');
    expect(() => weightedThreshold(Number.NaN, 0.5)).toThrow('alpha');
  });
});

describe('the mean e-value', () => {
  test('lies between the smallest and the largest, and what is not spent counts as 1', () => {
    fc.assert(
      fc.property(fc.array(anyLogE, { minLength: 1, maxLength: 9 }), (values) => {
        const mean = meanLogE(values.map((logE) => ({ logE, weight: 1 / values.length })));
        expect(mean).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        expect(mean).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
      }),
    );
    expect(meanLogE([{ logE: Math.log(5), weight: 0.25 }])).toBeCloseTo(Math.log(2), 12);
    expect(meanE([1, 3])).toBe(2);
  });

  test('refuses weights that are none', () => {
    expect(() => meanLogE([{ logE: 0, weight: 1.5 }])).toThrow('at most 1');
    expect(() => meanLogE([{ logE: 0, weight: -0.5 }])).toThrow('negative');
    expect(() => meanE([1, Number.NaN])).toThrow('e[1]');
  });
});

describe('e-BH', () => {
  test('more evidence never unmarks a row', () => {
    fc.assert(
      fc.property(fc.array(anyLogE, { minLength: 1, maxLength: 12 }), fc.nat(), (values, pick) => {
        const before = eBenjaminiHochberg(values, 0.05);
        const raised = values.map((value, index) => (index === pick % values.length ? value + 5 : value));
        expect(eBenjaminiHochberg(raised, 0.05)).toEqual(expect.arrayContaining(before));
      }),
    );
  });

  test('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyLogE, { minLength: 1, maxLength: 12 }), (values) => {
        const marked = (list: readonly number[]) => eBenjaminiHochberg(list, 0.1).map((index) => list[index]);
        expect(marked([...values].reverse()).sort()).toEqual(marked(values).sort());
      }),
    );
  });

  test('finds at least what Bonferroni finds', () => {
    fc.assert(
      fc.property(fc.array(anyLogE, { minLength: 1, maxLength: 12 }), (values) => {
        const bonferroni = blamedGuardrails(
          values.map((maxLogE) => ({ maxLogE, weight: 1 / values.length })),
          0.05,
        );
        expect(eBenjaminiHochberg(values, 0.05)).toEqual(expect.arrayContaining(bonferroni));
      }),
    );
  });

  test('refuses weights without mean 1', () => {
    expect(() => eBenjaminiHochberg([1, 2], 0.05, [1, 2])).toThrow('mean 1');
    expect(() => eBenjaminiHochberg([1, 2], 0.05, [2])).toThrow('as many');
    expect(() => eBenjaminiHochberg([Number.NaN], 0.05)).toThrow('logE');
  });
});

describe('latched maxima', () => {
  test('are worth less than they show, and continuously so near 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 500, noNaN: true }), (maxLogE) => {
        expect(adjustedForSupremum(maxLogE)).toBeLessThan(maxLogE + 1e-12);
      }),
    );
    expect(adjustedForSupremum(0)).toBeCloseTo(Math.log(0.5), 12);
    expect(adjustedForSupremum(0.000999)).toBeCloseTo(adjustedForSupremum(0.001001), 5);
  });

  test('turn every e-process into an e-value: ∫ A(1/p) dp is 1', () => {
    let area = 0;
    const steps = 400_000;
    for (let step = 0; step < steps; step++) {
      const logP = (-40 * (step + 0.5)) / steps;
      area += (Math.exp(adjustedForSupremum(-logP) + logP) * 40) / steps;
    }
    // The tail beyond e^40 still holds 1/40 of it.
    expect(area).toBeCloseTo(1 - 1 / 40, 4);
  });

  test('cannot lie below where every e-process starts', () => {
    expect(() => adjustedForSupremum(-0.1)).toThrow('maxLogE');
  });
});

describe('e-LOND', () => {
  test('its levels sum to at most α while nothing is rejected', () => {
    let state = startELond(0.1);
    let spent = 0;
    for (let release = 1; release <= 2000; release++) {
      spent += (0.1 * 6) / (Math.PI * release) ** 2;
      state = testNextRelease(state, 0).state;
    }
    expect(state).toMatchObject({ tested: 2000, rejected: 0 });
    expect(spent).toBeLessThan(0.1);
  });

  test('a rejection makes the next one easier', () => {
    const logE = Math.log(300);
    const first = testNextRelease(testNextRelease(startELond(0.05), Math.log(50)).state, 0).state;
    const withRejection = testNextRelease(first, logE);
    const without = testNextRelease(testNextRelease(testNextRelease(startELond(0.05), 0).state, 0).state, logE);
    expect([withRejection.rejected, without.rejected]).toEqual([true, true]);
    expect(testNextRelease(first, Math.log(250)).rejected).toBe(true);
    expect(
      testNextRelease(testNextRelease(testNextRelease(startELond(0.05), 0).state, 0).state, Math.log(250)).rejected,
    ).toBe(false);
  });
});

describe('the false-alarm budget', () => {
  const policy = {
    alphaRollback: 0.01,
    alphaPromote: 0.05,
    silentDriftDays: 30,
    streams: 20,
    blockSeconds: 60,
    falseDiscoveryRate: 0.1,
  };

  test('is stated in words', () => {
    const { sentences } = falseAlarmBudget(policy);
    expect(sentences[0]).toContain('one false rollback in 100 rollouts');
    expect(sentences[1]).toContain('one in 20 promotion steps');
    expect(sentences[2]).toContain('one false silent-drift finding in 30 days over all 20 streams');
    expect(sentences[3]).toContain('10 %');
  });

  test('gives the threshold of the silent-drift detector', () => {
    expect(silentDriftThreshold(policy)).toBe(864_000);
    expect(falseAlarmBudget(policy).silentDriftLogThreshold).toBeCloseTo(13.67, 2);
  });

  test.each([
    [{ alphaRollback: 0 }, 'alphaRollback'],
    [{ streams: 1.5 }, 'streams'],
    [{ streams: 0 }, 'streams'],
    [{ blockSeconds: Number.NaN }, 'blockSeconds'],
    [{ silentDriftDays: -1 }, 'silentDriftDays'],
  ])('refuses %j and names %s', (change, name) => {
    expect(() => falseAlarmBudget({ ...policy, ...change })).toThrow(name);
  });
});
