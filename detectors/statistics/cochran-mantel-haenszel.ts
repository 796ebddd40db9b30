import type { ComparedCounts } from './counts.js';
import { fourCells } from './mantel-haenszel-odds-ratio.js';
import type { ChiSquaredTest } from './reference/contingency-table.js';
import { chiSquaredSurvival } from './special/chi-squared.js';

/**
 * Cochran-Mantel-Haenszel test of "no difference in any stratum", χ² with one degree of freedom. For one look; kernel A
 * is its sequential counterpart. Statistic 0 when no stratum compares anything.
 * @throws RangeError naming the count that is not one.
 */
export function cochranMantelHaenszel(strata: readonly ComparedCounts[], continuityCorrection = false): ChiSquaredTest {
  let excess = 0;
  let variance = 0;
  for (const stratum of strata) {
    const { a, b, c, d, total } = fourCells(stratum);
    if (total < 2) continue;
    excess += a - ((a + b) * (a + c)) / total;
    variance += ((a + b) * (c + d) * (a + c) * (b + d)) / (total * total * (total - 1));
  }
  const distance = Math.max(0, Math.abs(excess) - (continuityCorrection ? 0.5 : 0));
  const statistic = variance === 0 ? 0 : (distance * distance) / variance;
  return { statistic, degreesOfFreedom: 1, p: chiSquaredSurvival(statistic, 1) };
}
