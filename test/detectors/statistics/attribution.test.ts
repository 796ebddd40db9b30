import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupedLogistic, likelihoodRatioTest } from '../../../detectors/statistics/attribution/grouped-logistic.js';
import { kitagawa } from '../../../detectors/statistics/attribution/kitagawa.js';
import {
  blamedSurfaces,
  startRevertOne,
  updateRevertOne,
} from '../../../detectors/statistics/attribution/revert-one.js';
import { shapley } from '../../../detectors/statistics/attribution/shapley.js';
import { attributeToSurfaces, type SurfaceCell } from '../../../detectors/statistics/attribution/surface-model.js';
import { breslowDay } from '../../../detectors/statistics/breslow-day.js';
import { mantelHaenszelOddsRatio } from '../../../detectors/statistics/mantel-haenszel-odds-ratio.js';
import { uniform } from '../../support/uniform.js';
import { counts } from './blocks.js';

const anyRate = fc.double({ min: 0, max: 1, noNaN: true });

describe('mix or behaviour', () => {
  test('the two parts sum to the whole, and swapping the arms flips their signs', () => {
    fc.assert(
      fc.property(anyRate, anyRate, anyRate, anyRate, anyRate, anyRate, (w0, w1, a, b, c, d) => {
        const forth = kitagawa({
          baselineShares: [w0, 1 - w0],
          baselineRates: [a, b],
          candidateShares: [w1, 1 - w1],
          candidateRates: [c, d],
        });
        const back = kitagawa({
          baselineShares: [w1, 1 - w1],
          baselineRates: [c, d],
          candidateShares: [w0, 1 - w0],
          candidateRates: [a, b],
        });
        expect(forth.mix + forth.behaviour).toBeCloseTo(forth.total, 9);
        expect(back.mix).toBeCloseTo(-forth.mix, 9);
        expect(back.behaviour).toBeCloseTo(-forth.behaviour, 9);
      }),
    );
  });

  test('refuses shares that are none', () => {
    const strata = {
      baselineShares: [0.5, 0.4],
      baselineRates: [1, 1],
      candidateShares: [0.5, 0.5],
      candidateRates: [1, 1],
    };
    expect(() => kitagawa(strata)).toThrow('baselineShares must sum to 1');
    expect(() => kitagawa({ ...strata, baselineShares: [1] })).toThrow('one number for each stratum');
  });
});

describe('Shapley values', () => {
  test('sum to the whole change, and who changes nothing gets nothing', () => {
    fc.assert(
      fc.property(fc.array(anyRate, { minLength: 8, maxLength: 8 }), (values) => {
        const worth = (changed: readonly string[]) =>
          values[(changed.includes('a') ? 1 : 0) + (changed.includes('b') ? 2 : 0) + (changed.includes('c') ? 4 : 0)] ??
          0;
        const shares = shapley(['a', 'b', 'c', 'idle'], worth);
        const sum = [...shares.values()].reduce((total, share) => total + share, 0);
        expect(sum).toBeCloseTo((values[7] ?? 0) - (values[0] ?? 0), 9);
        expect(shares.get('idle')).toBe(0);
      }),
    );
  });

  test('refuses what cannot be summed', () => {
    expect(() => shapley(['a'], () => Number.NaN)).toThrow('value of');
    expect(() =>
      shapley(
        Array.from({ length: 13 }, (_, index) => index),
        () => 0,
      ),
    ).toThrow('at most 12');
  });
});

describe('grouped logistic', () => {
  test('an estimate that runs away says so, and a ridge holds it', () => {
    const cells = [
      { row: [1, 0], n: 100, failures: 0 },
      { row: [1, 1], n: 120, failures: 15 },
    ];
    expect(groupedLogistic(cells)).toMatchObject({ kind: 'fitted', converged: false });
    expect(groupedLogistic(cells, [0, 1e-3])).toMatchObject({ kind: 'fitted', converged: true });
  });

  test('columns that depend on each other are not identifiable, ridge or not', () => {
    const cells = [0, 1].map((x) => ({ row: [1, x, 2 * x], n: 50, failures: 5 + x }));
    expect(groupedLogistic(cells).kind).toBe('not_identifiable');
    expect(groupedLogistic(cells, 1).kind).toBe('not_identifiable');
  });

  test('an interaction is found by the likelihood ratio', () => {
    const cells = [
      [0, 0, 20],
      [1, 0, 22],
      [0, 1, 19],
      [1, 1, 90],
    ].map(([a = 0, b = 0, failures = 0]) => ({ row: [1, a, b], n: 1000, failures }));
    const smaller = groupedLogistic(cells);
    const larger = groupedLogistic(
      cells.map((cell) => ({ ...cell, row: [...cell.row, (cell.row[1] ?? 0) * (cell.row[2] ?? 0)] })),
    );
    if (smaller.kind !== 'fitted' || larger.kind !== 'fitted') throw new Error('both are identifiable');
    expect(likelihoodRatioTest(smaller, larger)).toMatchObject({ degreesOfFreedom: 1 });
    expect(likelihoodRatioTest(smaller, larger).p).toBeLessThan(0.001);
  });

  test('refuses bad cells by name', () => {
    expect(() => groupedLogistic([{ row: [1], n: 5, failures: 6 }])).toThrow('cells[0].failures');
    expect(() => groupedLogistic([{ row: [Number.NaN], n: 5, failures: 1 }])).toThrow('cells[0].row[0]');
    expect(() => groupedLogistic([])).toThrow('cells');
  });
});

describe('which surface did it', () => {
  type Surface = 'model' | 'prompt' | 'tools';
  const surfaces: readonly Surface[] = ['model', 'prompt', 'tools'];
  const cell = <Changed extends Surface>(
    changed: readonly Changed[],
    failures: number,
    stratum = 'short',
  ): SurfaceCell<Changed> => ({
    stratum,
    changed,
    n: 2000,
    failures,
  });

  test('two arms cannot tell: it says so, and which arms could', () => {
    const answer = attributeToSurfaces(surfaces, [cell([], 40), cell(['model', 'prompt'], 100), cell(['tools'], 41)]);
    expect(answer).toEqual({
      kind: 'not_identifiable',
      confounded: ['model', 'prompt'],
      revertOneArms: [
        { reverted: 'model', changed: ['prompt', 'tools'] },
        { reverted: 'prompt', changed: ['model', 'tools'] },
      ],
    });
  });

  test('a surface that never changed is named too', () => {
    const answer = attributeToSurfaces(surfaces, [cell([], 40), cell(['model'], 100), cell(['prompt'], 41)]);
    expect(answer).toMatchObject({ kind: 'not_identifiable', confounded: ['tools'] });
  });

  test('with the combinations there, the guilty surface gets the change and strata do not confuse', () => {
    const answer = attributeToSurfaces(surfaces, [
      cell([], 20),
      cell(['prompt'], 21),
      cell(['model', 'tools'], 100),
      cell(['tools'], 200, 'long'),
      cell(['model'], 620, 'long'),
      cell(['model', 'prompt', 'tools'], 98),
    ]);
    if (answer.kind !== 'attributed') throw new Error('all surfaces can be told apart');
    const sum = [...answer.bySurface.values()].reduce((total, share) => total + share, 0);
    expect(sum).toBeCloseTo(answer.total, 9);
    expect(answer.bySurface.get('model')).toBeGreaterThan(0.8 * answer.total);
    expect(answer.logOddsRatios.get('prompt')).toBeCloseTo(0, 1);
  });

  test('harm that needs two surfaces together is shared between them', () => {
    const both = attributeToSurfaces(['model', 'prompt'] as const, [
      cell([], 20),
      cell(['model'], 20),
      cell(['prompt'], 20),
      cell(['model', 'prompt'], 200),
    ]);
    if (both.kind !== 'attributed') throw new Error('all combinations are there');
    expect(both.interactions?.p).toBeLessThan(0.01);
    expect(both.total).toBeCloseTo(0.09, 3);
    expect(both.bySurface.get('model')).toBeCloseTo(0.045, 3);
    expect(both.bySurface.get('prompt')).toBeCloseTo(0.045, 3);
  });

  test('arms that revert one surface each blame the guilty one only', () => {
    const next = uniform(21);
    const failures = (n: number, rate: number) =>
      Array.from({ length: n }, next).filter((value) => value < rate).length;
    let arms = startRevertOne(surfaces);
    for (let block = 0; block < 150; block++) {
      for (const surface of surfaces) {
        const reverted = failures(10, surface === 'model' ? 0.02 : 0.08);
        arms = updateRevertOne(arms, surface, counts(10, reverted, 10, failures(10, 0.08)));
      }
    }
    expect(blamedSurfaces(arms, 0.05)).toEqual(['model']);
    expect(blamedSurfaces(startRevertOne(surfaces), 0.05)).toEqual([]);
    expect(() => updateRevertOne(startRevertOne<string>(['model']), 'prompt', counts(1, 0, 1, 0))).toThrow('prompt');
  });
});

describe('odds ratios over strata', () => {
  const strata = [counts(300, 30, 100, 20), counts(50, 1, 500, 60)];

  test('swapping the arms inverts the odds ratio', () => {
    const swapped = strata.map(({ baseline, candidate }) => ({ baseline: candidate, candidate: baseline }));
    const forth = mantelHaenszelOddsRatio(strata);
    const back = mantelHaenszelOddsRatio(swapped);
    expect((forth?.oddsRatio ?? 0) * (back?.oddsRatio ?? 0)).toBeCloseTo(1, 12);
    expect(forth?.standardErrorOfLog).toBeCloseTo(back?.standardErrorOfLog ?? 0, 12);
  });

  test('harm in one stratum only is heterogeneous, the same harm everywhere is not', () => {
    expect(breslowDay([counts(1000, 50, 1000, 50), counts(1000, 50, 1000, 200)])?.p).toBeLessThan(1e-6);
    expect(breslowDay([counts(1000, 50, 1000, 100), counts(1000, 50, 1000, 100)])?.p).toBeCloseTo(1, 6);
    expect(breslowDay([counts(10, 0, 10, 0)])).toBeNull();
    expect(mantelHaenszelOddsRatio([])).toBeNull();
  });
});
