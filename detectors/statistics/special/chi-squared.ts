import { regularisedGamma } from './gamma.js';

/**
 * P(X > x) for the chi-squared distribution; exact in the upper tail.
 * @throws RangeError unless degreesOfFreedom > 0 and x >= 0.
 */
export function chiSquaredSurvival(x: number, degreesOfFreedom: number): number {
  return regularisedGamma(degreesOfFreedom / 2, x / 2).upper;
}
