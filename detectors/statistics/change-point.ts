import { HARM_GRID } from './conditional-e-process.js';
import { type FailureCounts, requireBetween, requireFailureCounts, requireFiniteValues } from './counts.js';
import { logMeanExp } from './log-sum-exp.js';

/**
 * Watches one stream without a control arm for a rise of its failure rate: the e-SR detector.
 *
 * One statistic a grid point, R <- (R + 1) L: the sum of the evidence over every block since which the change may have
 * begun.
 */
export interface ChangePoint {
  /** Rises of the log odds of failure that are looked for; negative for falls. */
  readonly grid: readonly number[];
  readonly logStatistics: readonly number[];
}

/** @throws RangeError when the grid is empty or holds a number that is not finite. */
export function startChangePoint(grid: readonly number[] = HARM_GRID): ChangePoint {
  requireFiniteValues('grid', grid);
  return { grid, logStatistics: grid.map(() => Number.NEGATIVE_INFINITY) };
}

/**
 * Adds the next block of time.
 *
 * Guarantee: while every block's failure rate is at most its null rate (at least, for negative grid points), the mean
 * number of blocks until `changePointLogE` reaches ln c is at least c (ARL >= c). The null rate must be known before the
 * block: take the pessimistic side of an hour-matched reference (`HourOfWeekReference`).
 * Source: Shin, Ramdas & Rinaldo, "E-detectors" (2024), e-SR, mixed over the grid.
 * @throws RangeError naming a bad count, or a null rate outside (0, 1).
 */
export function updateChangePoint(state: ChangePoint, block: FailureCounts, nullFailureRate: number): ChangePoint {
  const gains = logRatios(state.grid, block, nullFailureRate);
  const logStatistics = state.logStatistics.map((value, index) => logOnePlusExp(value) + (gains[index] ?? 0));
  return { ...state, logStatistics };
}

/**
 * Adds the next block of time, counted in strata that have null rates of their own: a shift of the mix between strata is
 * then no evidence. Guarantee and source as {@link updateChangePoint}, for independent units.
 * @throws RangeError as {@link updateChangePoint}.
 */
export function updateChangePointInStrata(
  state: ChangePoint,
  strata: readonly { readonly block: FailureCounts; readonly nullFailureRate: number }[],
): ChangePoint {
  const gains = strata.map(({ block, nullFailureRate }) => logRatios(state.grid, block, nullFailureRate));
  const logStatistics = state.logStatistics.map((value, index) =>
    gains.reduce((sum, own) => sum + (own[index] ?? 0), logOnePlusExp(value)),
  );
  return { ...state, logStatistics };
}

/** ln of the mean statistic; alarm when it reaches ln c. `-Infinity` before the first block. */
export function changePointLogE(state: ChangePoint): number {
  return logMeanExp(state.logStatistics);
}

/**
 * ln L of one block for each grid point: the likelihood at odds of failure raised by e^g over that at the null rate.
 * @throws RangeError as {@link updateChangePoint}.
 */
export function logRatios(grid: readonly number[], block: FailureCounts, nullFailureRate: number): number[] {
  requireFailureCounts('block', block);
  requireBetween('nullFailureRate', nullFailureRate, 0, 1);
  const { n, failures } = block;
  return grid.map((g) => failures * g - n * Math.log1p(nullFailureRate * Math.expm1(g)));
}

/** ln(1 + e^x) */
function logOnePlusExp(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
