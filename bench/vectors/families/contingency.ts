import {
  cramersV,
  goodnessOfFit,
  logLikelihoodRatio,
  mutualInformation,
  pearsonChiSquared,
  sampleOddsRatio,
  theilsU,
  yatesChiSquared,
} from '../../../detectors/statistics/reference/contingency-table.js';
import { fisherExact } from '../../../detectors/statistics/reference/fisher-exact.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type CaseKind, type Family, quantities } from '../family.js';

function ofTable(input: CaseInput): Answer {
  const table = input.rows('table');
  const [[a = 0, b = 0] = [], [c = 0, d = 0] = []] = table;
  return quantities({
    chi2: () => pearsonChiSquared(table).statistic,
    chi2_p: () => pearsonChiSquared(table).p,
    df: () => pearsonChiSquared(table).degreesOfFreedom,
    g: () => logLikelihoodRatio(table).statistic,
    g_p: () => logLikelihoodRatio(table).p,
    cramers_v: () => cramersV(table),
    mutual_information_nats: () => mutualInformation(table),
    theils_u_row_given_col: () => theilsU(table, 'row'),
    theils_u_col_given_row: () => theilsU(table, 'column'),
    yates: () => yatesChiSquared(table).statistic,
    yates_chi2: () => yatesChiSquared(table).statistic,
    yates_p: () => yatesChiSquared(table).p,
    'fisher_p_two-sided': () => fisherExact(a, b, c, d).twoSided,
    fisher_p_less: () => fisherExact(a, b, c, d).less,
    fisher_p_greater: () => fisherExact(a, b, c, d).greater,
    odds_ratio_sample: () => sampleOddsRatio(table),
  });
}

/** Counts against expected counts or shares, under whichever names the file gives them. */
function goodnessOfFitKind(countsName: string, expectedName: string): CaseKind {
  return {
    needs: [countsName, expectedName],
    answer: (input) => {
      const test = goodnessOfFit(input.numbers(countsName), input.numbers(expectedName));
      return (quantity) => {
        if (/(^|_)p$|p_value/.test(quantity)) return test.p;
        if (/df$/.test(quantity)) return test.degreesOfFreedom;
        return /chi2|stat/.test(quantity) ? test.statistic : undefined;
      };
    },
  };
}

export const contingency: Family = {
  name: 'contingency',
  kinds: [
    { needs: ['table'], answer: ofTable },
    goodnessOfFitKind('observed', 'expected'),
    goodnessOfFitKind('observed', 'expected_share'),
    goodnessOfFitKind('counts', 'expected_share'),
    goodnessOfFitKind('counts', 'expected'),
    goodnessOfFitKind('cur', 'ref'),
  ],
};
