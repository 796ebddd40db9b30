import { betaQuantile, logBeta, regularisedBeta } from '../../../detectors/statistics/special/beta.js';
import { chiSquaredSurvival } from '../../../detectors/statistics/special/chi-squared.js';
import { logGamma, regularisedGamma } from '../../../detectors/statistics/special/gamma.js';
import {
  normalCdf,
  normalLogCdf,
  normalQuantile,
  normalSurvival,
} from '../../../detectors/statistics/special/normal.js';
import { studentCdf, studentQuantile, studentSurvival } from '../../../detectors/statistics/special/student-t.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

const FUNCTIONS: Readonly<Record<string, (input: CaseInput) => Answer>> = {
  normal: (input) => {
    const x = input.number('x');
    return quantities({
      cdf: () => normalCdf(x),
      sf: () => normalSurvival(x),
      logcdf: () => normalLogCdf(x),
      logsf: () => normalLogCdf(-x),
    });
  },
  normal_quantile: (input) => quantities({ x: () => normalQuantile(input.number('p')) }),
  betainc: (input) => {
    const value = regularisedBeta(input.number('a'), input.number('b'), input.number('x'));
    return quantities({ I: () => value.lower, complement: () => value.upper });
  },
  beta_quantile: (input) =>
    quantities({ x: () => betaQuantile(input.number('a'), input.number('b'), input.number('p')) }),
  log_beta: (input) => quantities({ value: () => logBeta(input.number('a'), input.number('b')) }),
  gammainc: (input) => quantities({ P: () => regularisedGamma(input.number('a'), input.number('x')).lower }),
  gammaincc: (input) => quantities({ Q: () => regularisedGamma(input.number('a'), input.number('x')).upper }),
  chi2_sf: (input) => quantities({ sf: () => chiSquaredSurvival(input.number('x'), input.number('df')) }),
  t_cdf: (input) => {
    const x = input.number('x');
    const degreesOfFreedom = input.number('df');
    return quantities({
      cdf: () => studentCdf(x, degreesOfFreedom),
      sf: () => studentSurvival(x, degreesOfFreedom),
    });
  },
  t_quantile: (input) => quantities({ x: () => studentQuantile(input.number('p'), input.number('df')) }),
  lgamma: (input) => quantities({ lgamma: () => logGamma(input.number('x')) }),
};

function answer(input: CaseInput): Answer {
  const name = input.text('f');
  const compute = FUNCTIONS[name];
  if (compute === undefined) throw new Error(`no special function is called ${name}`);
  return compute(input);
}

export const specialFunctions: Family = { name: 'special_functions', kinds: [{ needs: ['f'], answer }] };
