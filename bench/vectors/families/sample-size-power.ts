import { unitsForMeans, unitsForRates } from '../../../detectors/statistics/reference/sample-size.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

/** Equal arms, R's power.prop.test. */
function balanced(input: CaseInput): Answer {
  const units = (sides: 1 | 2): number =>
    unitsForRates(input.number('p0'), input.number('p1'), {
      alpha: input.number('alpha', 0.05),
      power: input.number('power', 0.8),
      sides,
    });
  return quantities({ n_per_group_one_sided: () => units(1), n_per_group_two_sided: () => units(2) });
}

/** One-sided, `ratio_n0_over_n1` baseline units a candidate unit. */
function unbalanced(input: CaseInput): Answer {
  const units = (changed: { alpha?: number; power?: number }): number =>
    unitsForRates(
      input.number('p0'),
      input.number('p1'),
      { alpha: input.number('alpha', 0.05), power: input.number('power', 0.8), sides: 1, ...changed },
      input.number('ratio_n0_over_n1'),
    );
  return quantities({
    n1: () => units({}),
    n1_alpha01: () => units({ alpha: 0.01 }),
    n1_power90: () => units({ power: 0.9 }),
  });
}

/** A relative change of a mean (ClickHouse's minSampleSizeContinuous). */
function continuous(input: CaseInput): Answer {
  const difference = input.has('mde_relative')
    ? input.number('baseline') * input.number('mde_relative')
    : input.number('mde');
  const units = (sides: 1 | 2): number =>
    unitsForMeans(difference, input.number('sigma'), {
      alpha: input.number('alpha', 0.05),
      power: input.number('power', 0.8),
      sides,
    });
  return quantities({ n_per_group_one_sided: () => units(1), n_per_group_two_sided: () => units(2) });
}

/** An absolute change of a rate (ClickHouse's minSampleSizeConversion). */
function conversion(input: CaseInput): Answer {
  const baseline = input.number('baseline');
  const units = (sides: 1 | 2): number =>
    unitsForRates(baseline, baseline + input.number('mde'), {
      alpha: input.number('alpha', 0.05),
      power: input.number('power', 0.8),
      sides,
    });
  return quantities({ n_per_group_one_sided: () => units(1), n_per_group_two_sided: () => units(2) });
}

export const sampleSizePower: Family = {
  name: 'sample_size_power',
  kinds: [
    { needs: ['sigma'], answer: continuous },
    { needs: ['baseline', 'mde'], answer: conversion },
    { needs: ['p0', 'p1', 'ratio_n0_over_n1'], answer: unbalanced },
    { needs: ['p0', 'p1'], answer: balanced },
  ],
};
