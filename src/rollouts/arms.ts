import {
  type Rollout,
  type SeenVector,
  SURFACES,
  type Surface,
  type VersionSelector,
  type VersionValues,
} from '../model/index.js';

/** Does a vector carry the selector's version on every one of the surfaces? */
export function matchesSelector(
  values: VersionValues,
  selector: VersionSelector,
  surfaces: readonly Surface[],
): boolean {
  return surfaces.every((surface) => values[surface] === selector[surface]);
}

/** The versions of some surfaces only. */
export function pickVersions(values: VersionValues, surfaces: readonly Surface[]): VersionSelector {
  return Object.fromEntries(surfaces.map((surface) => [surface, values[surface]]));
}

/** What a vector is in a rollout: by its changed surfaces an arm, by its other surfaces a part of the stratum. */
export interface ArmOfVector {
  readonly arm: 'baseline' | 'candidate';
  readonly unchanged: VersionSelector;
}

/** The arms of all seen vectors, by vector id; vectors that belong to neither arm are left out. */
export function armsOf(
  rollout: Pick<Rollout, 'baseline' | 'candidate' | 'changed'>,
  vectors: readonly SeenVector[],
): ReadonlyMap<string, ArmOfVector> {
  const others = SURFACES.filter((surface) => !rollout.changed.includes(surface));
  const arms = new Map<string, ArmOfVector>();
  for (const { vectorId, values } of vectors) {
    const unchanged = pickVersions(values, others);
    if (matchesSelector(values, rollout.candidate, rollout.changed))
      arms.set(vectorId, { arm: 'candidate', unchanged });
    else if (matchesSelector(values, rollout.baseline, rollout.changed))
      arms.set(vectorId, { arm: 'baseline', unchanged });
  }
  return arms;
}
