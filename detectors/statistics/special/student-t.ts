import { requirePositive } from '../counts.js';
import { betaQuantile, regularisedBeta } from './beta.js';

/**
 * P(T > t) for Student's t with any positive (also fractional) degrees of freedom; exact in the upper tail.
 * @throws RangeError unless degreesOfFreedom > 0.
 */
export function studentSurvival(t: number, degreesOfFreedom: number): number {
  requirePositive('degreesOfFreedom', degreesOfFreedom);
  const total = degreesOfFreedom + t * t;
  const bothTails = regularisedBeta(degreesOfFreedom / 2, 0.5, degreesOfFreedom / total, (t * t) / total).lower;
  return t > 0 ? bothTails / 2 : 1 - bothTails / 2;
}

/** P(T <= t); exact in the lower tail. */
export function studentCdf(t: number, degreesOfFreedom: number): number {
  return studentSurvival(-t, degreesOfFreedom);
}

/** P(|T| > |t|), the two-sided p-value. */
export function studentTwoSided(t: number, degreesOfFreedom: number): number {
  return Math.min(1, 2 * studentSurvival(Math.abs(t), degreesOfFreedom));
}

/**
 * The t with P(T <= t) = p.
 * @throws RangeError unless 0 <= p <= 1 and degreesOfFreedom > 0.
 */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  requirePositive('degreesOfFreedom', degreesOfFreedom);
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  const x = betaQuantile(degreesOfFreedom / 2, 0.5, 2 * tail);
  return Math.sign(p - 0.5) * Math.sqrt((degreesOfFreedom * (1 - x)) / x);
}
