import type { ComparedCounts } from './counts.js';
import { type FourCells, fourCells, mantelHaenszelOddsRatio } from './mantel-haenszel-odds-ratio.js';
import type { ChiSquaredTest } from './reference/contingency-table.js';
import { chiSquaredSurvival } from './special/chi-squared.js';

/**
 * Breslow-Day test of one odds ratio in all strata (without Tarone's correction): small p says that the candidate is
 * worse in some kinds of requests only, as in "only with long contexts". For one look. `null` when there is no common
 * odds ratio to compare with, or fewer than two strata that could differ.
 * Source: Breslow & Day, Statistical Methods in Cancer Research I (1980), 4.30.
 */
export function breslowDay(strata: readonly ComparedCounts[]): ChiSquaredTest | null {
  const common = mantelHaenszelOddsRatio(strata);
  if (common === null || !(common.oddsRatio > 0 && Number.isFinite(common.oddsRatio))) return null;
  const cells = strata.map(fourCells).filter(canDiffer);
  if (cells.length < 2) return null;
  let statistic = 0;
  for (const stratum of cells) statistic += squaredDistance(stratum, common.oddsRatio);
  const degreesOfFreedom = cells.length - 1;
  return { statistic, degreesOfFreedom, p: chiSquaredSurvival(statistic, degreesOfFreedom) };
}

/** Both arms have units, and there are failures as well as successes. */
function canDiffer({ a, b, c, d }: FourCells): boolean {
  return a + b > 0 && c + d > 0 && a + c > 0 && b + d > 0;
}

/** (a - â)² / Var(a), with â the candidate's failures that the common odds ratio expects. */
function squaredDistance({ a, b, c, d }: FourCells, oddsRatio: number): number {
  const units = a + b;
  const failures = a + c;
  const expected = expectedFailures(units, failures, c + d, oddsRatio);
  const variance =
    1 / (1 / expected + 1 / (units - expected) + 1 / (failures - expected) + 1 / (c + d - failures + expected));
  return (a - expected) ** 2 / variance;
}

/** Root of x (n0 - m + x) = ψ (n1 - x)(m - x) in the admissible range. */
function expectedFailures(units: number, failures: number, others: number, oddsRatio: number): number {
  const quadratic = 1 - oddsRatio;
  const linear = others - failures + oddsRatio * (units + failures);
  const constant = -oddsRatio * units * failures;
  if (quadratic === 0) return -constant / linear;
  const root = Math.sqrt(linear * linear - 4 * quadratic * constant);
  return (-2 * constant) / (linear + root);
}
