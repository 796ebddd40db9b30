import { requireBetween, requirePositive } from './counts.js';
import { type Moments, meanDifference } from './reference/t-test.js';

/** For display of means (cost, tokens): only asymptotically valid, so it is never the sole reason for an action. */
export interface AsymptoticSequence {
  readonly alpha: number;
  /** Units at which the interval is to be as narrow as possible. */
  readonly tightestAt: number;
  readonly sides: 1 | 2;
}

/** ρ that makes the sequence tightest at the chosen number of units. */
export function mixtureScale({ alpha, tightestAt, sides }: AsymptoticSequence): number {
  requireBetween('alpha', alpha, 0, sides === 1 ? 0.5 : 1);
  requirePositive('tightestAt', tightestAt);
  const logAlpha = -2 * Math.log(sides === 1 ? 2 * alpha : alpha);
  return Math.sqrt((logAlpha + Math.log1p(logAlpha)) / tightestAt);
}

/**
 * Half-width of the confidence sequence of a mean of `units` units of the given variance.
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, arXiv 2103.06476, eq. 9 (two-sided) and 134 (one-sided).
 * @throws RangeError when a member is out of range.
 */
export function halfWidth(variance: number, units: number, sequence: AsymptoticSequence): number {
  return halfWidthAtScale(variance, units, mixtureScale(sequence), sequence);
}

/** {@link halfWidth} for another level, with ρ kept. */
export function halfWidthAtScale(
  variance: number,
  units: number,
  rho: number,
  { alpha, sides }: Pick<AsymptoticSequence, 'alpha' | 'sides'>,
): number {
  requirePositive('units', units);
  if (!(variance >= 0)) throw new RangeError(`variance must not be negative, got ${variance}`);
  const spread = units * rho * rho + 1;
  const excess = sides === 2 ? Math.log(Math.sqrt(spread) / alpha) : Math.log1p(Math.sqrt(spread) / (2 * alpha));
  return Math.sqrt((variance * 2 * spread * excess) / (units * rho) ** 2);
}

/** An estimated difference of means with its sequence; one side is open when it is one-sided. */
export interface SequentialDifference {
  readonly difference: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
  /** Anytime p-value: the level at which the interval would just touch 0. */
  readonly p: number;
}

/**
 * Difference of means, candidate minus baseline (or as a share of the baseline mean), with its confidence sequence.
 * Shown with at least 200 units an arm only: with few it covers much less than it says.
 * @param bounded which side of the difference is bounded when the sequence is one-sided
 */
export function asymptoticDifference(
  baseline: Moments,
  candidate: Moments,
  sequence: AsymptoticSequence,
  relative = false,
  bounded: 'lower' | 'upper' = 'lower',
): SequentialDifference {
  const { difference, standardError } = meanDifference(baseline, candidate, 0.5, relative);
  const units = baseline.n + candidate.n;
  const half = halfWidth(standardError ** 2 * units, units, sequence);
  const twoSided = sequence.sides === 2;
  return {
    difference,
    standardError,
    lower: twoSided || bounded === 'lower' ? difference - half : Number.NEGATIVE_INFINITY,
    upper: twoSided || bounded === 'upper' ? difference + half : Number.POSITIVE_INFINITY,
    p: anytimeP(difference / standardError, units, sequence, bounded),
  };
}

/** The α at which {@link halfWidth} equals the distance from 0, with ρ kept (2103.06476 eq. 155 and 161). */
function anytimeP(z: number, units: number, sequence: AsymptoticSequence, bounded: 'lower' | 'upper'): number {
  const rho = mixtureScale(sequence);
  const spread = units * rho * rho + 1;
  const exponent = (z * z * units * rho * rho) / (2 * spread);
  if (sequence.sides === 2) return Math.min(1, Math.sqrt(spread) * Math.exp(-exponent));
  const towards = bounded === 'lower' ? z : -z;
  if (towards <= 0) return 1;
  return Math.min(1, Math.sqrt(spread) / (2 * Math.expm1(exponent)));
}
