import type { RolloutPolicy } from '../model/index.js';

/** The share of traffic is read from this much time. */
export const SHARE_SECONDS = 60;

/** A stage counts as reached from this part of its share on: canaries are rarely cut exactly. */
const REACHED_PART = 0.8;

/** A share this many standard errors below a stage is still consistent with it. */
const STANDARD_ERRORS = 3;

/** Observed traffic of a rollout in the newest closed minute. */
export interface ObservedShare {
  /** Candidate part of the target's traffic, 0 to 1; vectors of neither arm count as traffic. */
  readonly share: number;
  readonly generations: number;
  /** End of the newest bucket with traffic, in milliseconds since the Unix epoch; `null` without any. */
  readonly lastTrafficAt: number | null;
}

/**
 * The greatest configured stage that the observed share has reached, in per cent. Stays at the previous stage while
 * the share is consistent with it, so that noise does not restart the soak time.
 */
export function stageOf(observed: ObservedShare, policy: RolloutPolicy, previousStage: number | null): number {
  if (
    previousStage !== null &&
    policy.stages.includes(previousStage) &&
    isConsistent(observed, previousStage, policy)
  ) {
    return previousStage;
  }
  const reached = policy.stages.filter((stage) => observed.share * 100 >= stage * REACHED_PART);
  return Math.max(0, ...reached);
}

/** Near enough to a stage, and nowhere near the next one. */
function isConsistent({ share, generations }: ObservedShare, stage: number, policy: RolloutPolicy): boolean {
  const expected = stage / 100;
  if (stage === 0) return share === 0;
  const next = Math.min(...policy.stages.filter((other) => other > stage), Number.POSITIVE_INFINITY) / 100;
  const standardError = Math.sqrt((expected * (1 - expected)) / Math.max(1, generations));
  return share >= expected * REACHED_PART - STANDARD_ERRORS * standardError && share < next * REACHED_PART;
}
