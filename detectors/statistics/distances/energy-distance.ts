import { empiricalSteps } from './empirical-distributions.js';

/**
 * Energy distance √(2 ∫ (F - G)²) (Székely & Rizzo), as SciPy defines it for samples of one variable.
 * @throws RangeError naming a value that is not finite, or an empty sample.
 */
export function energyDistance(reference: readonly number[], current: readonly number[]): number {
  const area = empiricalSteps(reference, current).reduce(
    (sum, step) => sum + step.width * (step.reference - step.current) ** 2,
    0,
  );
  return Math.sqrt(2 * area);
}
