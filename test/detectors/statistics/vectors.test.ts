import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  conditionalLogE,
  startConditionalEProcess,
  updateConditionalEProcess,
} from '../../../detectors/statistics/conditional-e-process.js';
import { logFactorial } from '../../../detectors/statistics/log-combinatorics.js';
import { addStratum, mantelHaenszelRates, NO_STRATA } from '../../../detectors/statistics/mantel-haenszel.js';
import { marginLogRatio, projectOntoMargin } from '../../../detectors/statistics/margin-e-value.js';
import { counts } from './blocks.js';

/** The published vectors are larger than what belongs in this repository; without them only the fixtures are checked. */
const shared = process.env['LEEWAY_SHARED'] ?? path.resolve(import.meta.dirname, '../../../../shared');
const folder = path.join(shared, 'vectors');

interface Case<Input, Expected> {
  readonly name: string;
  readonly input: Input;
  readonly expected: Expected;
  readonly tolerance: { readonly abs: number; readonly rel: number };
}

function family<Input, Expected>(file: string): readonly Case<Input, Expected>[] {
  return JSON.parse(readFileSync(path.join(folder, file), 'utf8')).cases;
}

function expectWithin(got: number, expected: number, { tolerance }: Pick<Case<unknown, unknown>, 'tolerance'>): void {
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(tolerance.abs + tolerance.rel * Math.abs(expected));
}

type Quadruple = readonly [number, number, number, number];

/** ln E after every block. */
function trajectory(blocks: readonly Quadruple[], grid: readonly number[], nullOddsRatio: number): number[] {
  let process = startConditionalEProcess(grid, Math.log(nullOddsRatio));
  return blocks.map((block) => {
    process = updateConditionalEProcess(process, counts(...block));
    return conditionalLogE(process);
  });
}

describe.skipIf(!existsSync(folder))('published vectors', () => {
  test('11: every trajectory of the conditional e-process', () => {
    type Input = { blocks: Quadruple[]; grid: number[]; psi0: number };
    const cases = family<Input, { log_e_trajectory: number[] }>('11_conditional_block_eprocess.json');
    expect(cases.length).toBeGreaterThan(0);
    for (const one of cases) {
      const got = trajectory(one.input.blocks, one.input.grid, one.input.psi0);
      for (const [index, expected] of one.expected.log_e_trajectory.entries()) {
        expectWithin(got[index] ?? Number.NaN, expected, one);
      }
    }
  });

  test('10: every projection onto a margin', () => {
    type Input = Record<'theta_a' | 'theta_b' | 'na' | 'nb' | 'delta' | 'k_a' | 'k_b', number>;
    const cases = family<Input, { projected_theta_a: number; log_e: number }>('10_safe_two_proportions.json');
    const projections = cases.filter(({ expected }) => expected.projected_theta_a !== undefined);
    expect(projections.length).toBeGreaterThan(0);
    for (const one of projections) {
      const { theta_a, theta_b, na, nb, delta, k_a, k_b } = one.input;
      const alternative = { baselineRate: theta_a, candidateRate: theta_b, margin: delta };
      const block = { baseline: { n: na, scoreSum: k_a }, candidate: { n: nb, scoreSum: k_b } };
      expectWithin(projectOntoMargin(na, nb, alternative), one.expected.projected_theta_a, one);
      expectWithin(marginLogRatio(block, alternative), one.expected.log_e, one);
    }
  });

  test('24: the block of the rollback and the metrics to blame', () => {
    type Metrics = Record<string, { weight: number; blocks: Quadruple[] }>;
    type Input = { alpha_R: number; grid: number[]; metrics: Metrics };
    type Expected = { rollback_block: number | null; blamed: string[]; log_e_at_stop: Record<string, number> };
    for (const one of family<Input, Expected>('24_canary_decisions.json')) {
      const lines = Object.entries(one.input.metrics).map(([name, { weight, blocks }]) => ({
        name,
        threshold: Math.log(1 / (one.input.alpha_R * weight)),
        logE: trajectory(blocks, one.input.grid, 1),
      }));
      const fired = lines
        .map(({ logE, threshold }) => logE.findIndex((value) => value >= threshold))
        .filter((at) => at >= 0);
      const stop = fired.length > 0 ? Math.min(...fired) : null;
      const blamed = lines.filter(
        ({ logE, threshold }) => stop !== null && Math.max(...logE.slice(0, stop + 1)) >= threshold,
      );
      expect(stop).toBe(one.expected.rollback_block);
      expect(blamed.map(({ name }) => name).sort()).toEqual([...one.expected.blamed].sort());
      for (const { name, logE } of lines) {
        expectWithin(logE.at(stop ?? -1) ?? Number.NaN, one.expected.log_e_at_stop[name] ?? Number.NaN, one);
      }
    }
  });

  test('08: every Mantel-Haenszel risk difference', () => {
    type Table = readonly [readonly [number, number], readonly [number, number]];
    for (const one of family<{ tables: Table[] }, { mh_risk_difference: number }>('08_mantel_haenszel.json')) {
      const strata = one.input.tables.map(([[a, b], [c, d]]) => counts(c + d, c, a + b, a));
      expectWithin(
        mantelHaenszelRates(strata.reduce(addStratum, NO_STRATA))?.difference ?? Number.NaN,
        one.expected.mh_risk_difference,
        one,
      );
    }
  });

  test('19: lgamma at whole numbers is the log factorial', () => {
    const cases = family<{ f: string; x: number }, { lgamma: number }>('19_special_functions.json');
    const whole = cases.filter(({ input }) => input.f === 'lgamma' && Number.isInteger(input.x));
    expect(whole.length).toBeGreaterThan(0);
    for (const one of whole) expectWithin(logFactorial(one.input.x - 1), one.expected.lgamma, one);
  });
});
