import {
  bernoulliSequence,
  betaBinomialMixture,
  boundaryAt,
  gammaExponentialMixture,
  gammaPoissonMixture,
  type MixtureBoundary,
  normalMixture,
  type Tuning,
} from '../../../detectors/statistics/mixture-boundary.js';
import { quantileLogE } from '../../../detectors/statistics/quantile-e-value.js';
import {
  distributionBand,
  doubleStitching,
  polynomialStitching,
} from '../../../detectors/statistics/stitched-boundary.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

/** A mixture for a number of sides; those that have one side only ignore it. */
type Mixture = (input: CaseInput, tuning: Tuning, sides: 1 | 2) => MixtureBoundary;

const MIXTURES: Readonly<Record<string, Mixture>> = {
  normal: (_, tuning, sides) => normalMixture(tuning, sides),
  gamma_exponential: (input, tuning) => gammaExponentialMixture(tuning, input.number('c')),
  gamma_poisson: (input, tuning) => gammaPoissonMixture(tuning, input.number('c')),
  beta_binomial: (input, tuning, sides) => betaBinomialMixture(tuning, input.number('g'), input.number('h'), sides),
};

/** Bound and log mixture under every name and side that the quantities may ask for. */
function ofMixture(input: CaseInput, mixture: Mixture, valueIs: 'bound' | 'log_mixture' | null): Answer {
  const tuning = { tightestAt: input.number('v_opt'), alpha: input.number('alpha_opt', 0.05) };
  const asked = input.flag('one_sided', true) ? 1 : 2;
  const bound = (sides: 1 | 2): number =>
    boundaryAt(mixture(input, tuning, sides), input.number('v'), input.number('alpha', 0.05));
  const logValue = (sides: 1 | 2): number =>
    mixture(input, tuning, sides).logValue(input.number('s'), input.number('v'));
  return (quantity) => {
    const sides = /two_sided/.test(quantity) ? 2 : /one_sided/.test(quantity) ? 1 : asked;
    if (/log_mixture/.test(quantity)) return logValue(sides);
    if (/bound/.test(quantity)) return bound(sides);
    if (!/^(value|one_sided|two_sided)$/.test(quantity)) return undefined;
    return valueIs === 'log_mixture' ? logValue(sides) : bound(sides);
  };
}

const OTHERS: Readonly<Record<string, (input: CaseInput) => Answer>> = {
  poly_stitching_bound: (input) =>
    quantities({
      value: () =>
        polynomialStitching(input.number('v'), input.number('alpha'), input.number('v_min'), input.number('c', 0)),
    }),
  double_stitching_bound: (input) =>
    quantities({
      value: () =>
        doubleStitching(
          input.number('quantile_p'),
          input.number('t'),
          input.number('alpha'),
          input.number('t_opt'),
          input.number('delta', 0.5),
        ),
    }),
  empirical_process_lil_bound: (input) =>
    quantities({
      value: () =>
        distributionBand(input.number('t'), input.number('alpha'), input.number('t_min'), input.number('A', 0.85)),
    }),
  quantile_ab_p_value: (input) =>
    quantities({
      value: () =>
        Math.min(
          1,
          Math.exp(
            -quantileLogE(
              input.numbers('a'),
              input.numbers('b'),
              input.number('quantile_p'),
              input.number('t_opt'),
              input.number('alpha_opt', 0.05),
            ),
          ),
        ),
    }),
  bernoulli_confidence_interval: (input) => {
    const interval = bernoulliSequence(
      input.number('successes'),
      input.number('trials'),
      input.number('alpha'),
      input.number('t_opt'),
      input.number('alpha_opt', 0.05),
    );
    return quantities({ low: () => interval.lower, high: () => interval.upper });
  },
};

function answer(input: CaseInput): Answer {
  const name = input.text('f');
  const other = OTHERS[name];
  if (other !== undefined) return other(input);
  const [, stem = '', kind] = /^(.*?)(?:_(log_mixture|mixture_bound))?$/.exec(name) ?? [];
  const mixture = MIXTURES[stem];
  if (mixture === undefined) throw new Error(`no boundary is called ${name}`);
  return ofMixture(input, mixture, kind === 'log_mixture' ? 'log_mixture' : 'bound');
}

export const confseqBoundaries: Family = { name: 'confseq_boundaries', kinds: [{ needs: ['f'], answer }] };
