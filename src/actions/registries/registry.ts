import type { Clock, Surface, TargetKey, VersionSelector } from '../../model/index.js';
import type { Delivery } from '../delivery.js';
import type { Outbound } from '../outbound.js';

/** One metric's numbers, as a registry or its owner may want to log them. */
export interface MoveEvidence {
  readonly metric: string;
  readonly failure: string;
  readonly candidate: { readonly n: number; readonly failures: number; readonly rate: number };
  readonly baseline: { readonly n: number; readonly failures: number; readonly rate: number };
  readonly difference: { readonly estimate: number; readonly lower: number; readonly upper: number };
  /** Natural logarithms of the e-value and of the threshold that it passed. */
  readonly logE: number;
  readonly logThreshold: number;
}

/** A request to make other versions live; to known versions, never "the previous one", so that repeating it is harmless. */
export interface MoveRequest {
  /** The action's id: the idempotency key, the same over all attempts. */
  readonly actionId: string;
  readonly incidentId: string;
  readonly rolloutId: string;
  readonly target: TargetKey;
  /** Those of the registry's surfaces that change; `from` and `to` hold exactly these. */
  readonly surfaces: readonly Surface[];
  readonly from: VersionSelector;
  readonly to: VersionSelector;
  readonly reason: string;
  readonly evidence: readonly MoveEvidence[];
  readonly link: string;
  /** When it was decided, in milliseconds. */
  readonly decidedAt: number;
}

/**
 * Where the pointer "which version is live" lives. Moving is all that rolling back needs; a registry that can also tell
 * where its pointer stands gains a `read` here. `delivered` means accepted: only traffic proves that it took effect.
 */
export interface Registry {
  /** As configured; the `destination` of its actions. */
  readonly name: string;
  /** The surfaces whose pointers it holds. */
  readonly surfaces: readonly Surface[];
  /** @throws LeewayError LEEWAY_DESTINATION_REFUSED */
  move(request: MoveRequest): Promise<Delivery>;
}

/** What every registry is built with. */
export interface RegistryParts {
  readonly outbound: Outbound;
  readonly clock: Clock;
}
