import {
  BUCKET_SECONDS,
  bucketOf,
  type Cell,
  type Rollout,
  type RolloutPolicy,
  type SeenVector,
} from '../model/index.js';
import { armsOf } from './arms.js';

/** The share of traffic is read from this much time. */
const SHARE_SECONDS = 60;

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

/** @param cells of the metric whose units are all generations */
export function observedShare(rollout: Rollout, cells: readonly Cell[], vectors: readonly SeenVector[]): ObservedShare {
  const arms = armsOf(rollout, vectors);
  const serving = cells.filter((cell) => cell.targetId === rollout.targetId && cell.arm !== 'shadow');
  const newest = serving.reduce((latest, cell) => Math.max(latest, cell.bucket), Number.NEGATIVE_INFINITY);
  const start = bucketOf(rollout.startedAt / 1000);
  let candidate = 0;
  let generations = 0;
  for (const cell of serving) {
    // Not before the rollout began: half a minute of a 10 % canary is no 5 % canary.
    if (cell.bucket <= newest - SHARE_SECONDS || cell.bucket < start) continue;
    generations += cell.n;
    if (arms.get(cell.vectorId)?.arm === 'candidate') candidate += cell.n;
  }
  const lastTrafficAt = serving.length === 0 ? null : (newest + BUCKET_SECONDS) * 1000;
  return { share: generations === 0 ? 0 : candidate / generations, generations, lastTrafficAt };
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
