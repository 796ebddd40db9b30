import type { BehaviourBlock, Output } from '../../../detectors/behaviour/index.js';
import { FEATURES } from '../../../detectors/fingerprint/index.js';
import { uniform } from '../../support/uniform.js';

/** The first features of length and layout: enough for tests, and quick. */
export const FEW_FEATURES = FEATURES.slice(0, 8);

/** A stream of made-up outputs: each feature normal, correlated with the first, shifted by so many deviations. */
export function outputsFrom(seed: number): (count: number, shift?: number, drift?: number) => Output[] {
  const next = uniform(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  let made = 0;
  return (count, shift = 0, drift = 0) =>
    Array.from({ length: count }, () => {
      const common = normal();
      const fingerprint = FEW_FEATURES.map((_, feature) => {
        // Every third feature is a flag, as real ones are.
        const value = 0.6 * common + 0.8 * normal() + drift + (feature < 2 ? shift : 0);
        return feature % 3 === 2 ? Number(value > 1) : value;
      });
      return { id: `${seed}-${made++}`, fingerprint };
    });
}

/** Every way to choose which of a block's outputs were the candidate's. */
export function labellingsOf(outputs: readonly Output[], candidates: number): BehaviourBlock[] {
  const choices: BehaviourBlock[] = [];
  for (let mask = 0; mask < 2 ** outputs.length; mask++) {
    const candidate = outputs.filter((_, index) => (mask >> index) % 2 === 1);
    if (candidate.length !== candidates) continue;
    choices.push({ baseline: outputs.filter((output) => !candidate.includes(output)), candidate });
  }
  return choices;
}
