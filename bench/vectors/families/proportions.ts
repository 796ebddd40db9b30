import {
  agrestiCaffoDifference,
  cohensH,
  newcombeDifference,
  pooledZ,
  type TwoProportions,
  unpooledZ,
  waldDifference,
} from '../../../detectors/statistics/reference/proportion-difference.js';
import {
  agrestiCoull,
  clopperPearson,
  jeffreys,
  type ProportionInterval,
  wilson,
} from '../../../detectors/statistics/reference/proportion-intervals.js';
import { normalCdf, normalSurvival } from '../../../detectors/statistics/special/normal.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, numberInName, pair, quantities } from '../family.js';
import { statsmodelsScoreInterval, statsmodelsScoreZ } from './statsmodels-score.js';

const ONE_SAMPLE: Readonly<Record<string, ProportionInterval>> = {
  wilson,
  clopper_pearson: clopperPearson,
  agresti_coull: agrestiCoull,
  jeffreys,
};

/** Quantities such as `wilson_0.05`: the method and the two-sided error. */
function oneSample(input: CaseInput): Answer {
  return (quantity) => {
    const named = numberInName(quantity);
    const method = named === null ? undefined : ONE_SAMPLE[named.stem];
    return named === null || method === undefined
      ? undefined
      : pair(method(input.number('k'), input.number('n'), named.value));
  };
}

/** k1 of n1 is the candidate, k0 of n0 the baseline; margins stand at the end of a quantity's name. */
function twoSamples(input: CaseInput): Answer {
  const arms: TwoProportions = {
    baseline: { n: input.number('n0'), successes: input.number('k0') },
    candidate: { n: input.number('n1'), successes: input.number('k1') },
  };
  const alpha = input.has('conf') ? 1 - input.number('conf') : input.number('alpha', 0.05);
  return (quantity) => withMargin(arms, quantity) ?? withoutMargin(arms, alpha, quantity);
}

function withMargin(arms: TwoProportions, quantity: string): number | undefined {
  const { stem, value: margin } = numberInName(quantity) ?? { stem: '', value: 0 };
  switch (stem) {
    case 'noninferiority_z_unpooled_margin':
      return unpooledZ(arms, margin);
    case 'noninferiority_p_unpooled_margin':
      return normalSurvival(unpooledZ(arms, margin));
    case 'noninferiority_score_z_margin':
      return statsmodelsScoreZ(arms, -margin);
    case 'noninferiority_score_p_margin':
      return normalSurvival(statsmodelsScoreZ(arms, -margin));
    default:
      return undefined;
  }
}

function withoutMargin(arms: TwoProportions, alpha: number, quantity: string): unknown {
  switch (quantity) {
    case 'diff_ci_wald':
      return pair(waldDifference(arms, alpha));
    case 'diff_ci_agresti_caffo':
      return pair(agrestiCaffoDifference(arms, alpha));
    case 'diff_ci_newcombe':
      return pair(newcombeDifference(arms, alpha));
    case 'diff_ci_miettinen_nurminen':
      return statsmodelsScoreInterval(arms, alpha);
    case 'z_pooled':
      return pooledZ(arms);
    case 'p_two_sided_pooled':
      return 2 * normalSurvival(Math.abs(pooledZ(arms)));
    case 'p_less_pooled':
      return normalCdf(pooledZ(arms));
    case 'p_greater_pooled':
      return normalSurvival(pooledZ(arms));
    case 'z_unpooled':
      return unpooledZ(arms);
    case 'p_two_sided_unpooled':
      return 2 * normalSurvival(Math.abs(unpooledZ(arms)));
    case 'cohens_h':
      return cohensH(arms);
    default:
      return undefined;
  }
}

/** ClickHouse's proportionsZTest: x minus y, Wald's interval. */
function zTest(input: CaseInput): Answer {
  const arms: TwoProportions = {
    baseline: { n: input.number('trials_y'), successes: input.number('successes_y') },
    candidate: { n: input.number('trials_x'), successes: input.number('successes_x') },
  };
  const z = input.text('pooling', 'unpooled') === 'pooled' ? pooledZ(arms) : unpooledZ(arms);
  const interval = waldDifference(arms, 1 - input.number('conf', 0.95));
  return quantities({
    z: () => z,
    p: () => 2 * normalSurvival(Math.abs(z)),
    ci_low: () => interval.lower,
    ci_high: () => interval.upper,
  });
}

export const proportions: Family = {
  name: 'proportions',
  kinds: [
    { needs: ['k', 'n'], answer: oneSample },
    { needs: ['k1', 'n1', 'k0', 'n0'], answer: twoSamples },
    { needs: ['successes_x', 'successes_y', 'trials_x', 'trials_y'], answer: zTest },
  ],
};
