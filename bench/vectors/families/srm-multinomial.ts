import { goodnessOfFit } from '../../../detectors/statistics/reference/contingency-table.js';
import { sampleRatioLogE } from '../../../detectors/statistics/sample-ratio.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

function ofCounts(input: CaseInput): Answer {
  const counts = input.numbers('counts');
  const shares = input.numbers('expected_share');
  const logE = (): number => sampleRatioLogE(counts, shares, input.number('k', 100));
  return quantities({
    log_bayes_factor: logE,
    bayes_factor: () => Math.exp(logE()),
    chi2: () => goodnessOfFit(counts, shares).statistic,
    srm_p: () => goodnessOfFit(counts, shares).p,
  });
}

/** Units one by one, by the index of their arm: where the evidence first reaches 1/α. */
function ofStream(input: CaseInput, name: string): Answer {
  const shares = input.numbers('expected_share');
  const counts = shares.map(() => 0);
  const threshold = Math.log(1 / input.number('alpha', 0.05));
  let largest = 0;
  let stop: number | null = null;
  for (const [index, arm] of input.numbers(name).entries()) {
    counts[arm] = (counts[arm] ?? 0) + 1;
    const logE = sampleRatioLogE(counts, shares, input.number('k', 100));
    largest = Math.max(largest, logE);
    if (stop === null && logE >= threshold) stop = index + 1;
  }
  return (quantity) => {
    if (/stop|n_reject/.test(quantity)) return stop;
    return /anytime_p|^p$/.test(quantity) ? Math.min(1, Math.exp(-largest)) : undefined;
  };
}

export const srmMultinomial: Family = {
  name: 'srm_multinomial',
  kinds: [
    { needs: ['counts', 'expected_share'], answer: ofCounts },
    { needs: ['stream', 'expected_share'], answer: (input) => ofStream(input, 'stream') },
    { needs: ['assignments', 'expected_share'], answer: (input) => ofStream(input, 'assignments') },
  ],
};
