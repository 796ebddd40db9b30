import { eBenjaminiHochberg } from '../../../detectors/statistics/multiplicity/e-benjamini-hochberg.js';
import { startELond, testNextRelease } from '../../../detectors/statistics/multiplicity/e-lond.js';
import { meanE } from '../../../detectors/statistics/multiplicity/mean-e-value.js';
import { adjustedForSupremum } from '../../../detectors/statistics/multiplicity/sup-adjuster.js';
import { blamedGuardrails } from '../../../detectors/statistics/multiplicity/weighted-bonferroni.js';
import {
  type Adjustment,
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  holm,
} from '../../../detectors/statistics/reference/adjusted-p-values.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

function ofPValues(input: CaseInput): Answer {
  const p = input.numbers('p');
  const alpha = input.number('alpha', 0.05);
  const isRejected = (adjust: Adjustment) => () => adjust(p).map((value) => value <= alpha);
  const rejected = (adjust: Adjustment) => () => indicesOf(isRejected(adjust)());
  return quantities({
    bh_adjusted: () => benjaminiHochberg(p),
    by_adjusted: () => benjaminiYekutieli(p),
    holm_adjusted: () => holm(p),
    bonferroni_adjusted: () => bonferroni(p),
    bh_reject: isRejected(benjaminiHochberg),
    by_reject: isRejected(benjaminiYekutieli),
    holm_reject: isRejected(holm),
    bonferroni_reject: isRejected(bonferroni),
    bh_rejected: rejected(benjaminiHochberg),
    by_rejected: rejected(benjaminiYekutieli),
    holm_rejected: rejected(holm),
    bonferroni_rejected: rejected(bonferroni),
  });
}

function ofEValues(input: CaseInput, weightsName?: string): Answer {
  const logE = input.numbers('e').map(Math.log);
  const alpha = input.number('alpha', 0.05);
  const weights = weightsName === undefined ? undefined : input.numbers(weightsName);
  const equal = 1 / logE.length;
  return quantities({
    rejected_indices: () => eBenjaminiHochberg(logE, alpha, weights),
    k_star: () => eBenjaminiHochberg(logE, alpha, weights).length,
    mean_e: () => meanE(input.numbers('e')),
    bonferroni_e_rejected: () =>
      blamedGuardrails(
        logE.map((value) => ({ maxLogE: value, weight: equal })),
        alpha,
      ),
  });
}

function ofStream(input: CaseInput): Answer {
  return quantities({
    reject: () => {
      let state = startELond(input.number('alpha', 0.05));
      return input.numbers('e_stream').map((e) => {
        const tested = testNextRelease(state, Math.log(e));
        state = tested.state;
        return tested.rejected;
      });
    },
  });
}

function ofSupremum(input: CaseInput): Answer {
  return quantities({ adjusted_e: () => Math.exp(adjustedForSupremum(Math.log(input.number('running_sup')))) });
}

function indicesOf(flags: readonly boolean[]): number[] {
  return flags.flatMap((flag, index) => (flag ? [index] : []));
}

export const multipleTesting: Family = {
  name: 'multiple_testing',
  kinds: [
    { needs: ['p'], answer: ofPValues },
    { needs: ['e', 'weights'], answer: (input) => ofEValues(input, 'weights') },
    { needs: ['e', 'w'], answer: (input) => ofEValues(input, 'w') },
    { needs: ['e'], answer: (input) => ofEValues(input) },
    { needs: ['e_stream'], answer: ofStream },
    { needs: ['running_sup'], answer: ofSupremum },
  ],
};
