import { requireCount } from './counts.js';
import { logGamma } from './special/gamma.js';

/** a0 of the Dirichlet prior, spread over the arms like the declared shares. */
const PRIOR_UNITS = 100;

/** Evidence that traffic is not split as declared, within one stage of a rollout. */
export interface SampleRatio {
  /** Declared shares of the arms; they sum to 1. */
  readonly shares: readonly number[];
  /** Units of each arm since the stage began. */
  readonly counts: readonly number[];
  readonly logE: number;
  /** Largest ln E of this stage, 0 at its start: 1 / e^maxLogE is its anytime p-value. */
  readonly maxLogE: number;
}

const SHARE_ROUNDING = 1e-9;

/**
 * Starts a stage. Call it again whenever the declared shares change: the capital begins anew, so that a stage which went
 * well for long cannot hide that the next one is off.
 *
 * Guarantee: while units are split as declared, P(E ever reaches 1/α) <= α in each stage, however often one looks.
 * @throws RangeError unless the shares lie between 0 and 1 and sum to 1.
 */
export function startSampleRatio(shares: readonly number[]): SampleRatio {
  const sum = shares.reduce((total, share) => total + share, 0);
  if (shares.length < 2 || !shares.every((share) => share > 0) || Math.abs(sum - 1) > SHARE_ROUNDING) {
    throw new RangeError('shares must be at least two positive numbers that sum to 1');
  }
  return { shares, counts: shares.map(() => 0), logE: 0, maxLogE: 0 };
}

/**
 * Adds the units that each arm has received since the last call.
 * @throws RangeError naming a count that is not one, or when there is not one for each arm.
 */
export function updateSampleRatio(stage: SampleRatio, units: readonly number[]): SampleRatio {
  if (units.length !== stage.shares.length) throw new RangeError('units must hold one count for each arm');
  const counts = stage.counts.map((count, index) => {
    const added = units[index] ?? 0;
    requireCount(`units[${index}]`, added);
    return count + added;
  });
  const logE = sampleRatioLogE(counts, stage.shares);
  return { ...stage, counts, logE, maxLogE: Math.max(stage.maxLogE, logE) };
}

/**
 * ln of the Bayes factor of a Dirichlet mixture of shares against the declared ones:
 * B(a0 + c) / B(a0) / Π θ0^c, a0 = 100 θ0.
 * Source: Lindon & Malek, "Anytime-valid inference for multinomial count data" (2022).
 */
export function sampleRatioLogE(
  counts: readonly number[],
  shares: readonly number[],
  priorUnits = PRIOR_UNITS,
): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let logE = logGamma(priorUnits) - logGamma(priorUnits + total);
  for (const [index, count] of counts.entries()) {
    const share = shares[index] ?? 0;
    if (count === 0) continue;
    logE += logGamma(priorUnits * share + count) - logGamma(priorUnits * share) - count * Math.log(share);
  }
  return logE;
}
