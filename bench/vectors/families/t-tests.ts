import {
  cohensD,
  type Moments,
  meanDifference,
  meanZTest,
  momentsOf,
  momentsOfProportion,
  momentsOfSums,
  studentTest,
  welchTest,
} from '../../../detectors/statistics/reference/t-test.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

function ofSamples(input: CaseInput): Answer {
  const x = momentsOf(input.numbers('x'));
  const y = momentsOf(input.numbers('y'));
  return quantities({
    student_t: () => studentTest(x, y).statistic,
    student_p: () => studentTest(x, y).p,
    student_df: () => studentTest(x, y).degreesOfFreedom,
    welch_t: () => welchTest(x, y).statistic,
    welch_p: () => welchTest(x, y).p,
    welch_df: () => welchTest(x, y).degreesOfFreedom,
    cohens_d: () => cohensD(x, y),
    cohens_d_abs: () => Math.abs(cohensD(x, y)),
  });
}

function withKnownVariance(input: CaseInput): Answer {
  const x = { ...momentsOf(input.numbers('x')), variance: input.number('var_x') };
  const y = { ...momentsOf(input.numbers('y')), variance: input.number('var_y') };
  const test = meanZTest(x, y, 1 - input.number('conf', 0.95));
  return quantities({
    z: () => test.difference / test.standardError,
    p: () => test.p,
    ci_low: () => test.lower,
    ci_high: () => test.upper,
  });
}

function difference(input: CaseInput, baseline: Moments, candidate: Moments): Answer {
  const test = meanDifference(baseline, candidate, input.number('alpha', 0.05), input.flag('relative'));
  return quantities({
    diff: () => test.difference,
    se: () => test.standardError,
    df: () => test.degreesOfFreedom,
    ci95_low: () => test.lower,
    ci95_high: () => test.upper,
    p: () => test.p,
  });
}

/** Moments of an arm from n, Σ x and Σ x², by the arm's letter. */
export function momentsFromSums(input: CaseInput, arm: 'a' | 'b'): Moments {
  return momentsOfSums(input.number(`n_${arm}`), input.number(`sum_${arm}`), input.number(`sumsq_${arm}`));
}

export const tTests: Family = {
  name: 't_tests',
  kinds: [
    { needs: ['x', 'y', 'var_x', 'var_y'], answer: withKnownVariance },
    { needs: ['x', 'y'], answer: ofSamples },
    {
      needs: ['n_a', 'sum_a', 'sumsq_a', 'n_b', 'sum_b', 'sumsq_b'],
      answer: (input) => difference(input, momentsFromSums(input, 'a'), momentsFromSums(input, 'b')),
    },
    {
      needs: ['n_a', 'k_a', 'n_b', 'k_b'],
      answer: (input) =>
        difference(
          input,
          momentsOfProportion(input.number('n_a'), input.number('k_a')),
          momentsOfProportion(input.number('n_b'), input.number('k_b')),
        ),
    },
  ],
};
