import {
  bestPrecision,
  logBayesFactor,
  normalRadius,
  studentRadius,
} from '../../../detectors/statistics/reference/anytime-linear-model.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

function testOf(input: CaseInput, residualDegrees: number) {
  return { residualDegrees, n: input.number('n'), precision: input.number('g') };
}

function degreesOf(input: CaseInput): number {
  return input.number('n') - input.number('coefs');
}

function ofEstimate(input: CaseInput): Answer {
  const [estimate, error] = [input.number('estimate'), input.number('se')];
  const test = testOf(input, degreesOf(input));
  const half = (): number => studentRadius(test, input.number('alpha', 0.05)) * error;
  return quantities({
    ci95: () => [estimate - half(), estimate + half()],
    p: () => Math.min(1, Math.exp(-logBayesFactor((estimate / error) ** 2, test))),
  });
}

function ofBayesFactor(input: CaseInput, statistic: string, coefficients: number): Answer {
  const logE = logBayesFactor(input.number(statistic), testOf(input, input.number('nu')), coefficients);
  return quantities({ log_bf: () => logE, p: () => Math.min(1, Math.exp(-logE)) });
}

function ofBestPrecision(input: CaseInput): Answer {
  const [n, alpha] = [input.number('n'), input.number('alpha', 0.05)];
  const precision = bestPrecision(n, degreesOf(input), alpha);
  return quantities({
    g: () => precision,
    radius: () => studentRadius({ n, residualDegrees: degreesOf(input), precision }, alpha),
  });
}

export const anytimeLinearModels: Family = {
  name: 'anytime_linear_models',
  kinds: [
    { needs: ['estimate', 'se', 'g'], answer: ofEstimate },
    { needs: ['t2', 'nu', 'g'], answer: (input) => ofBayesFactor(input, 't2', 1) },
    { needs: ['f', 'd', 'nu', 'g'], answer: (input) => ofBayesFactor(input, 'f', input.number('d')) },
    {
      needs: ['n', 'coefs', 'g'],
      answer: (input) =>
        quantities({ radius: () => studentRadius(testOf(input, degreesOf(input)), input.number('alpha', 0.05)) }),
    },
    { needs: ['n', 'coefs'], answer: ofBestPrecision },
    {
      needs: ['n', 'g'],
      answer: (input) =>
        quantities({ radius: () => normalRadius(input.number('n'), input.number('g'), input.number('alpha', 0.05)) }),
    },
  ],
};
