import {
  hodgesLehmann,
  hodgesLehmannAsymptotic,
  hodgesLehmannExactInterval,
} from '../../../detectors/statistics/reference/hodges-lehmann.js';
import {
  cliffsDelta,
  commonLanguageEffect,
  mannWhitneyAsymptotic,
  mannWhitneyExact,
  mannWhitneyU,
  type RankTest,
} from '../../../detectors/statistics/reference/mann-whitney.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

function answer(input: CaseInput): Answer {
  const x = input.numbers('x');
  const y = input.numbers('y');
  const alpha = 1 - input.number('conf', 0.95);
  const p = (alternative: RankTest['alternative'], continuityCorrection: boolean) => () =>
    mannWhitneyAsymptotic(x, y, { alternative, continuityCorrection });
  return quantities({
    U_x: () => mannWhitneyU(x, y),
    p_two_sided_asymp_cc: p('two-sided', true),
    p_two_sided_asymp_nocc: p('two-sided', false),
    p_greater_asymp_cc: p('greater', true),
    p_greater_asymp_nocc: p('greater', false),
    p_less_asymp_cc: p('less', true),
    p_less_asymp_nocc: p('less', false),
    p_two_sided_exact: () => mannWhitneyExact(x, y),
    cliffs_delta: () => cliffsDelta(x, y),
    cles: () => commonLanguageEffect(x, y),
    hodges_lehmann: () => hodgesLehmann(x, y),
    hl_ci95_low: () => hodgesLehmannExactInterval(x, y, 0.05).lower,
    hl_ci95_high: () => hodgesLehmannExactInterval(x, y, 0.05).upper,
    hl_ci_low_asymp: () => hodgesLehmannAsymptotic(x, y, alpha).lower,
    hl_ci_high_asymp: () => hodgesLehmannAsymptotic(x, y, alpha).upper,
    hl_estimate_asymp: () => hodgesLehmannAsymptotic(x, y, alpha).estimate,
  });
}

export const rankTests: Family = { name: 'rank_tests', kinds: [{ needs: ['x', 'y'], answer }] };
