import { bucketOf, type Rollout, type VersionValues } from '../model/index.js';
import { matchesSelector } from '../rollouts/index.js';
import type { Database } from '../store/index.js';
import type { RolloutRecord } from '../store/queries/rollouts.js';
import { vectorTraffic } from '../store/queries/targets.js';
import type { RolloutDetail } from './schemas.js';

/** Shown before the candidate appeared, and after the rollout ended. */
const BEFORE_SECONDS = 600;
const AFTER_SECONDS = 1_800;

/** The newest part of a long rollout. */
const MAX_SECONDS = 86_400;

type Traffic = RolloutDetail['traffic'][number];

/** Generations of each arm by bucket, over the rollout's life. Reads the target's vectors and the cells of that time. */
export async function rolloutTraffic(
  database: Database,
  { rollout, state }: RolloutRecord,
  nowMs: number,
): Promise<Traffic[]> {
  const end = state.status === 'running' ? nowMs / 1000 : Math.min(nowMs, state.at) / 1000 + AFTER_SECONDS;
  const start = Math.max(rollout.startedAt / 1000 - BEFORE_SECONDS, end - MAX_SECONDS);
  const vectors = await vectorTraffic(database, {
    targetId: rollout.targetId,
    since: bucketOf(start),
    until: Math.ceil(end),
  });
  const buckets = new Map<number, Traffic>();
  for (const { values, traffic } of vectors) {
    const arm = armOf(rollout, values);
    for (const { bucket, n } of traffic) {
      const counts = buckets.get(bucket) ?? { bucket, baseline: 0, candidate: 0, other: 0 };
      buckets.set(bucket, { ...counts, [arm]: counts[arm] + n });
    }
  }
  return [...buckets.values()].sort((a, b) => a.bucket - b.bucket);
}

function armOf({ baseline, candidate, changed }: Rollout, values: VersionValues): 'baseline' | 'candidate' | 'other' {
  if (matchesSelector(values, candidate, changed)) return 'candidate';
  return matchesSelector(values, baseline, changed) ? 'baseline' : 'other';
}
