import {
  exactPermutationP,
  gaussianKernel,
  maximumMeanDiscrepancy,
} from '../../../detectors/statistics/reference/maximum-mean-discrepancy.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

function answer(input: CaseInput): Answer {
  const x = input.rows('x');
  const y = input.rows('y');
  const sigma = input.number('sigma');
  return quantities({
    k: () => gaussianKernel(x[0] ?? [], y[0] ?? [], sigma),
    mmd2_unbiased: () => maximumMeanDiscrepancy(x, y, sigma),
    exact_permutation_p: () => exactPermutationP(x, y, sigma).p,
    n_permutations: () => exactPermutationP(x, y, sigma).splits,
  });
}

export const mmdKernel: Family = { name: 'mmd_kernel', kinds: [{ needs: ['x', 'y', 'sigma'], answer }] };
