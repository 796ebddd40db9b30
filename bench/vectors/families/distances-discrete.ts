import { entropy } from '../../../detectors/statistics/distances/entropy.js';
import { hellinger } from '../../../detectors/statistics/distances/hellinger.js';
import {
  jensenShannonDistance,
  jensenShannonDivergence,
} from '../../../detectors/statistics/distances/jensen-shannon.js';
import { kullbackLeibler } from '../../../detectors/statistics/distances/kullback-leibler.js';
import { largestDifference } from '../../../detectors/statistics/distances/largest-difference.js';
import {
  filledStabilityIndex,
  populationStabilityIndex,
} from '../../../detectors/statistics/distances/population-stability-index.js';
import { totalVariation } from '../../../detectors/statistics/distances/total-variation.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

/** Directions: ref is the reference; `kl_cur_ref` is Σ cur ln(cur / ref). */
function answer(input: CaseInput): Answer {
  const counts = { reference: input.numbers('ref'), current: input.numbers('cur') };
  const swapped = { reference: counts.current, current: counts.reference };
  return quantities({
    psi: () => populationStabilityIndex(counts),
    psi_zeroFill_evidently: () => filledStabilityIndex(counts),
    js_distance: () => jensenShannonDistance(counts, input.number('base', Math.E)),
    js_distance_base2: () => jensenShannonDistance(counts, 2),
    js_divergence_nats: () => jensenShannonDivergence(counts),
    js_divergence_bits: () => jensenShannonDivergence(counts) / Math.LN2,
    hellinger: () => hellinger(counts),
    kl_cur_ref: () => kullbackLeibler(counts),
    kl_ref_cur: () => kullbackLeibler(swapped),
    tvd: () => totalVariation(counts),
    l_inf: () => largestDifference(counts),
    entropy_ref_nats: () => entropy(counts.reference),
    entropy_cur_nats: () => entropy(counts.current),
    entropy_ref_bits: () => entropy(counts.reference, 2),
    entropy_cur_bits: () => entropy(counts.current, 2),
  });
}

export const distancesDiscrete: Family = { name: 'distances_discrete', kinds: [{ needs: ['ref', 'cur'], answer }] };
