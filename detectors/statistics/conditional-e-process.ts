import { type ComparedCounts, requireBetween, requireComparedCounts } from './counts.js';
import { logMeanExp } from './log-sum-exp.js';
import { candidateFailureRange, logTilts, type Margins } from './noncentral-hypergeometric.js';

/** Log odds ratios of harm: evidence grows only if the true log odds ratio exceeds about half of the smallest. */
export const HARM_GRID: readonly number[] = [0.4, 0.7, 1.0, 1.5, 2.2];

/** For rates that must not move either way: refusals, safety hits, shares of categories. */
export const TWO_SIDED_GRID: readonly number[] = [...HARM_GRID, ...HARM_GRID.map((g) => -g)];

/** For exceedances of frozen quantiles, which move less than failures do. */
export const EXCEEDANCE_GRID: readonly number[] = [0.2, 0.4, 0.8, 1.6];

/** For "the score of a witness learned from the past exceeds a quantile of the baseline". */
export const WITNESS_GRID: readonly number[] = [0.3, 0.6, 1.0, 1.6];

/**
 * Evidence that the candidate's odds of failing exceed ψ0 times the baseline's ("kernel A").
 *
 * State of the mixture e-process: one sum a grid point. Sums over blocks, so that they may be added in any order.
 */
export interface ConditionalEProcess {
  /** Log odds ratios relative to ψ0, with equal prior weights. */
  readonly grid: readonly number[];
  /** ln ψ0; 0 asks "is the candidate worse at all?". */
  readonly logNullOddsRatio: number;
  /** Σ over blocks of ln P(f1 | m; ψ0 e^g) - ln P(f1 | m; ψ0), in the order of the grid. */
  readonly logRatios: readonly number[];
}

/**
 * ln ψ0 of a hard floor: with the frozen reference failure rate q0, an absolute rise by up to d is no harm. Larger odds
 * ratios than [(q0+d)/(1-q0-d)] / [q0/(1-q0)] are.
 * @throws RangeError unless q0 and q0 + d lie between 0 and 1.
 */
export function logNullOddsRatioAtFloor(referenceFailureRate: number, toleratedRise: number): number {
  requireBetween('referenceFailureRate', referenceFailureRate, 0, 1);
  const tolerated = referenceFailureRate + toleratedRise;
  requireBetween('referenceFailureRate + toleratedRise', tolerated, 0, 1);
  return Math.log(tolerated / (1 - tolerated)) - Math.log(referenceFailureRate / (1 - referenceFailureRate));
}

/** @throws RangeError when the grid is empty or a number is not finite. */
export function startConditionalEProcess(
  grid: readonly number[] = HARM_GRID,
  logNullOddsRatio = 0,
): ConditionalEProcess {
  if (grid.length === 0 || !grid.every(Number.isFinite)) throw new RangeError('grid must hold finite log odds ratios');
  if (!Number.isFinite(logNullOddsRatio)) throw new RangeError('logNullOddsRatio must be finite');
  return { grid, logNullOddsRatio, logRatios: grid.map(() => 0) };
}

/**
 * Adds one block: both arms in one stratum and one bucket. Empty, one-armed and all-equal blocks add nothing.
 *
 * Guarantee: while in every block the odds ratio of failure, candidate to baseline, is at most ψ0 (for a grid of
 * positive numbers; at least ψ0 for negative ones), P(E ever reaches 1/α) <= α, whatever the base rates, the strata, the
 * moments of looking and the share of the candidate, as long as the share does not follow the outcomes. Exact at n = 1.
 * With ψ0 = 1 it is a randomisation test: arms need only be exchangeable within a block, so shared outages are harmless.
 * Source: likelihood ratio of Fisher's non-central hypergeometric distribution given both margins (Fisher 1935), mixed
 * over a grid of odds ratios; Ville's inequality.
 * @throws RangeError naming a count that is negative, not whole, not a number, or failures above n.
 */
export function updateConditionalEProcess(process: ConditionalEProcess, block: ComparedCounts): ConditionalEProcess {
  requireComparedCounts(block);
  const margins = marginsOf(block);
  const { fewest, most } = candidateFailureRange(margins);
  if (fewest === most) return process;
  const tilts = logTilts(margins, process.logNullOddsRatio, process.grid);
  const logRatios = process.grid.map((g, index) => {
    const gain = g * block.candidate.failures - (tilts[index] ?? 0);
    return (process.logRatios[index] ?? 0) + gain;
  });
  return { ...process, logRatios };
}

/**
 * The evidence of two disjoint sets of blocks together.
 * @throws RangeError when the two ask different questions.
 */
export function mergeConditionalEProcesses(a: ConditionalEProcess, b: ConditionalEProcess): ConditionalEProcess {
  const sameGrid = a.grid.length === b.grid.length && a.grid.every((g, index) => g === b.grid[index]);
  if (!sameGrid || a.logNullOddsRatio !== b.logNullOddsRatio) {
    throw new RangeError('b must have the same grid and null odds ratio as a');
  }
  return { ...a, logRatios: a.logRatios.map((ratio, index) => ratio + (b.logRatios[index] ?? 0)) };
}

/** ln E: natural logarithm of the e-value over all blocks so far; 0 before the first. */
export function conditionalLogE(process: ConditionalEProcess): number {
  return logMeanExp(process.logRatios);
}

/** What a block conditions on. */
export function marginsOf(block: ComparedCounts): Margins {
  return {
    baselineN: block.baseline.n,
    candidateN: block.candidate.n,
    failures: block.baseline.failures + block.candidate.failures,
  };
}
