import { requireBetween, requirePositive } from '../counts.js';
import { normalQuantile } from '../special/normal.js';

/** What a test of a fixed number of units is planned for. */
export interface PlannedTest {
  readonly alpha: number;
  /** Probability of finding the change when it is there. */
  readonly power: number;
  readonly sides: 1 | 2;
}

/**
 * Candidate units that a z test of two success rates needs (variance pooled under the null, unpooled under the
 * alternative; R's power.prop.test when the ratio is 1). Not rounded.
 * @param ratio baseline units per candidate unit
 * @throws RangeError unless rates, alpha and power lie in (0, 1) and the ratio is positive.
 */
export function unitsForRates(baselineRate: number, candidateRate: number, test: PlannedTest, ratio = 1): number {
  requireBetween('baselineRate', baselineRate, 0, 1);
  requireBetween('candidateRate', candidateRate, 0, 1);
  requirePositive('ratio', ratio);
  const { atNull, atAlternative } = criticalValues(test);
  const pooled = (candidateRate + ratio * baselineRate) / (1 + ratio);
  const nullVariance = pooled * (1 - pooled) * (1 + 1 / ratio);
  const variance = candidateRate * (1 - candidateRate) + (baselineRate * (1 - baselineRate)) / ratio;
  const needed = atNull * Math.sqrt(nullVariance) + atAlternative * Math.sqrt(variance);
  return (needed / (candidateRate - baselineRate)) ** 2;
}

/**
 * Units an arm that a z test of two means needs, both arms of equal size and spread. Not rounded.
 * @throws RangeError unless the spread is positive and alpha and power lie in (0, 1).
 */
export function unitsForMeans(difference: number, standardDeviation: number, test: PlannedTest): number {
  requirePositive('standardDeviation', standardDeviation);
  const { atNull, atAlternative } = criticalValues(test);
  return 2 * (((atNull + atAlternative) * standardDeviation) / difference) ** 2;
}

function criticalValues({ alpha, power, sides }: PlannedTest): { atNull: number; atAlternative: number } {
  requireBetween('alpha', alpha, 0, 1);
  requireBetween('power', power, 0, 1);
  return { atNull: -normalQuantile(alpha / sides), atAlternative: normalQuantile(power) };
}
