import { energyDistance } from '../../../detectors/statistics/distances/energy-distance.js';
import {
  kolmogorovSmirnov,
  kolmogorovSmirnovAsymptotic,
  kolmogorovSmirnovExact,
} from '../../../detectors/statistics/distances/kolmogorov-smirnov.js';
import { normedWasserstein, wasserstein } from '../../../detectors/statistics/distances/wasserstein.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

function answer(input: CaseInput): Answer {
  const reference = input.numbers('ref');
  const current = input.numbers('cur');
  const distance = kolmogorovSmirnov(reference, current);
  return quantities({
    wasserstein: () => wasserstein(reference, current),
    wasserstein_norm_refstd_ddof0: () => normedWasserstein(reference, current),
    energy_distance: () => energyDistance(reference, current),
    ks_stat: () => distance,
    ks_p_exact: () => kolmogorovSmirnovExact(distance, reference.length, current.length),
    ks_p_asymp: () => kolmogorovSmirnovAsymptotic(distance, reference.length, current.length),
  });
}

export const distancesSamples: Family = { name: 'distances_samples', kinds: [{ needs: ['ref', 'cur'], answer }] };
