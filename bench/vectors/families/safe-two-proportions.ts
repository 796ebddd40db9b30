import { logChoose } from '../../../detectors/statistics/log-combinatorics.js';
import {
  type MarginAlternative,
  marginLogRatio,
  projectOntoMargin,
} from '../../../detectors/statistics/margin-e-value.js';
import {
  restrictedTwoProportionsLogE,
  type SafeBlocks,
  safeTwoProportionsLogE,
} from '../../../detectors/statistics/reference/safe-two-proportions.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

/** Blocks of one size with a plug-in alternative, free or of a constant difference or odds ratio. */
function ofBlocks(input: CaseInput): Answer {
  const [a1 = 0, b1 = 0, a2 = 0, b2 = 0] = input.numbers('prior');
  const blocks: SafeBlocks = {
    sizeA: input.number('na'),
    sizeB: input.number('nb'),
    successesA: input.numbers('ya'),
    successesB: input.numbers('yb'),
  };
  const restriction = input.text('restriction', 'none');
  const logE = (): number => {
    const prior = { successes: a1, failures: a2 };
    if (restriction === 'none') return safeTwoProportionsLogE(blocks, { a: prior, b: { successes: b1, failures: b2 } });
    return restrictedTwoProportionsLogE(blocks, prior, {
      kind: restriction === 'difference' ? 'difference' : 'log-odds-ratio',
      value: input.number('delta'),
      gridSize: input.number('grid_size', 1000),
    });
  };
  return quantities({ e_value: () => Math.exp(logE()), log_e: logE });
}

function alternativeOf(input: CaseInput): MarginAlternative {
  return {
    baselineRate: input.number('theta_a'),
    candidateRate: input.number('theta_b'),
    margin: input.number('delta', 0),
  };
}

function ofOneBlock(input: CaseInput): Answer {
  const alternative = alternativeOf(input);
  const [na, nb] = [input.number('na'), input.number('nb')];
  const projected = projectOntoMargin(na, nb, alternative);
  return quantities({
    projected_theta_a: () => projected,
    projected_theta_b: () => projected - alternative.margin,
    log_e: () =>
      marginLogRatio(
        { baseline: { n: na, scoreSum: input.number('k_a') }, candidate: { n: nb, scoreSum: input.number('k_b') } },
        alternative,
      ),
  });
}

/** The largest expected e-value over a grid of the edge of the null, by enumeration. */
function ofValidity(input: CaseInput): Answer {
  const [, from, to, points] = /linspace\(([\d.]+), ?([\d.]+), ?(\d+)\)/.exec(input.text('p0_grid')) ?? [];
  if (from === undefined || to === undefined || points === undefined) throw new Error('p0_grid is not a linspace');
  const alternative = alternativeOf(input);
  const [na, nb] = [input.number('na'), input.number('nb')];
  let largest = 0;
  for (let index = 0; index < Number(points); index++) {
    const p0 = Number(from) + (index * (Number(to) - Number(from))) / (Number(points) - 1);
    const p1 = p0 - alternative.margin;
    if (p1 > 0 && p1 < 1) largest = Math.max(largest, expectedE(na, nb, p0, p1, alternative));
  }
  return quantities({ max_expected_e: () => largest, must_be_at_most: () => Math.max(largest, 1) });
}

function expectedE(na: number, nb: number, p0: number, p1: number, alternative: MarginAlternative): number {
  let expected = 0;
  for (let a = 0; a <= na; a++) {
    for (let b = 0; b <= nb; b++) {
      const block = { baseline: { n: na, scoreSum: a }, candidate: { n: nb, scoreSum: b } };
      expected += binomial(na, a, p0) * binomial(nb, b, p1) * Math.exp(marginLogRatio(block, alternative));
    }
  }
  return expected;
}

function binomial(n: number, k: number, p: number): number {
  return Math.exp(logChoose(n, k)) * p ** k * (1 - p) ** (n - k);
}

export const safeTwoProportions: Family = {
  name: 'safe_two_proportions',
  kinds: [
    { needs: ['ya', 'yb', 'na', 'nb'], answer: ofBlocks },
    { needs: ['theta_a', 'theta_b', 'p0_grid'], answer: ofValidity },
    { needs: ['theta_a', 'theta_b', 'k_a', 'k_b'], answer: ofOneBlock },
  ],
};
