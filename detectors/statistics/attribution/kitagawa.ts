import { requireProbability } from '../counts.js';

/** Shares of strata in each arm (weights sum to 1) and their rates. */
export interface StratifiedRates {
  readonly baselineShares: readonly number[];
  readonly baselineRates: readonly number[];
  readonly candidateShares: readonly number[];
  readonly candidateRates: readonly number[];
}

/** A change of a rate, split into what kind of requests came and how they were answered. */
export interface KitagawaSplit {
  /** Candidate minus baseline; mix + behaviour. */
  readonly total: number;
  /** From a different mix of requests. */
  readonly mix: number;
  /** From different behaviour on the same requests. */
  readonly behaviour: number;
  readonly mixByStratum: readonly number[];
  readonly behaviourByStratum: readonly number[];
  /** Change of behaviour weighted by the baseline's mix. */
  readonly standardisedByBaseline: number;
}

const SHARE_ROUNDING = 1e-6;

/**
 * Mix or behaviour? total = Σ (w1-w0)(p0+p1)/2 [mix] + Σ (p1-p0)(w0+w1)/2 [behaviour].
 * Source: Kitagawa, Journal of the American Statistical Association 1955.
 * @throws RangeError naming a share or rate outside [0, 1], lists of unequal length, or shares that do not sum to 1.
 */
export function kitagawa(strata: StratifiedRates): KitagawaSplit {
  requireStrata(strata);
  const mixByStratum: number[] = [];
  const behaviourByStratum: number[] = [];
  let total = 0;
  let standardisedByBaseline = 0;
  for (const [index, w0] of strata.baselineShares.entries()) {
    const w1 = strata.candidateShares[index] ?? 0;
    const p0 = strata.baselineRates[index] ?? 0;
    const p1 = strata.candidateRates[index] ?? 0;
    mixByStratum.push(((w1 - w0) * (p0 + p1)) / 2);
    behaviourByStratum.push(((p1 - p0) * (w0 + w1)) / 2);
    total += w1 * p1 - w0 * p0;
    standardisedByBaseline += w0 * (p1 - p0);
  }
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  return {
    total,
    mix: sum(mixByStratum),
    behaviour: sum(behaviourByStratum),
    mixByStratum,
    behaviourByStratum,
    standardisedByBaseline,
  };
}

function requireStrata(strata: StratifiedRates): void {
  const count = strata.baselineShares.length;
  for (const [name, values] of Object.entries<readonly number[]>({ ...strata })) {
    if (values.length !== count) throw new RangeError(`${name} must hold one number for each stratum`);
    for (const [index, value] of values.entries()) requireProbability(`${name}[${index}]`, value);
    const sum = values.reduce((a, b) => a + b, 0);
    if (name.endsWith('Shares') && Math.abs(sum - 1) > SHARE_ROUNDING) {
      throw new RangeError(`${name} must sum to 1, got ${sum}`);
    }
  }
}
