import type { Surface } from './surface.js';

/** Counts of both arms in one stratum. */
export interface StratumShare {
  readonly stratum: string;
  readonly baseline: { readonly n: number; readonly failures: number };
  readonly candidate: { readonly n: number; readonly failures: number };
  /** Part of the whole difference that comes from behaviour in this stratum (a proportion). */
  readonly behaviour: number;
}

/** Which of a rollout's changed surfaces did it; as far as traffic can tell. */
export type SurfaceAttribution =
  /** Only one was changed. */
  | { readonly kind: 'single'; readonly surface: Surface }
  | {
      readonly kind: 'attributed';
      /** How much of the change of the failure rate each accounts for (proportions; they sum to `total`). */
      readonly bySurface: Readonly<Partial<Record<Surface, number>>>;
      readonly total: number;
    }
  | {
      readonly kind: 'not_identifiable';
      /** They never changed apart from one another. */
      readonly confounded: readonly Surface[];
      /** Arms that would tell: each holds all changes but one. */
      readonly revertOneArms: readonly { readonly reverted: Surface; readonly changed: readonly Surface[] }[];
    };

/** Why a metric differs between the arms of a rollout. */
export interface MetricAttribution {
  readonly metric: string;
  /** One sentence a tired person understands, with its numbers. */
  readonly sentence: string;
  readonly surfaces: SurfaceAttribution;
  /** Candidate minus baseline failure rate: what comes from other requests, and what from other behaviour on the same ones. */
  readonly total: number;
  readonly mix: number;
  readonly behaviour: number;
  /** Strata that both arms served, the one that explains most first. */
  readonly strata: readonly StratumShare[];
}

/** Counts of a vector in one stratum, over the time that is asked about. */
export interface VectorCounts {
  readonly vectorId: string;
  readonly stratum: string;
  readonly metric: string;
  readonly n: number;
  readonly failures: number;
}
