import { TRAFFIC_METRIC } from '../../detectors/index.js';
import type { TrafficBucket } from '../incidents/index.js';
import { BUCKET_SECONDS, bucketOf, type Cell, type Rollout } from '../model/index.js';
import { armsOf, type VectorTraffic } from '../rollouts/index.js';
import type { KnownVector, ServedGenerations } from '../store/queries/cells.js';

/**
 * A change is opened within this time of its first call or not at all; so much must be read, and somewhat more to see
 * what served before it.
 */
const OPENING_SECONDS = 7200;
const BEFORE_OPENING_SECONDS = 1800;

/** Without a vector that is as young as that, traffic only says which rollouts have ended. */
const ENDING_SECONDS = 600 + 2 * BUCKET_SECONDS;

/** From when on (Unix seconds) traffic may still say something new about a target's rollouts. */
export function observedSinceOf(vectors: readonly KnownVector[], now: number): number {
  const seconds = now / 1000;
  const oldest = Math.min(...vectors.map(({ firstSeen }) => firstSeen));
  const isYoung = vectors.some(({ firstSeen }) => firstSeen > oldest && firstSeen / 1000 > seconds - OPENING_SECONDS);
  return bucketOf(seconds - (isYoung ? OPENING_SECONDS + BEFORE_OPENING_SECONDS : ENDING_SECONDS));
}

/** Serving traffic per vector. */
export function trafficByVector(
  served: readonly ServedGenerations[],
  vectors: readonly KnownVector[],
): VectorTraffic[] {
  const buckets = new Map<string, ServedGenerations[]>();
  for (const one of served) {
    const known = buckets.get(one.vectorId);
    if (known) known.push(one);
    else buckets.set(one.vectorId, [one]);
  }
  return vectors.map(({ vectorId, values, firstSeen }) => {
    const own = buckets.get(vectorId) ?? [];
    const first = own[0]?.bucket ?? Number.POSITIVE_INFINITY;
    return { values, firstBucket: Math.min(bucketOf(firstSeen / 1000), first), buckets: own };
  });
}

/** Traffic by bucket and arm with the blamed metrics over both arms: what proves a rollback. */
export function trafficByArm(
  rollout: Rollout,
  cells: readonly Cell[],
  vectors: readonly KnownVector[],
  metrics: readonly string[],
): TrafficBucket[] {
  const arms = armsOf(rollout, vectors);
  const buckets = new Map<
    number,
    { baseline: number; candidate: number; metrics: TrafficBucket['metrics'][number][] }
  >();
  for (const cell of cells) {
    if (cell.arm === 'shadow') continue;
    const bucket = buckets.get(cell.bucket) ?? { baseline: 0, candidate: 0, metrics: [] };
    buckets.set(cell.bucket, bucket);
    const isCandidate = arms.get(cell.vectorId)?.arm === 'candidate';
    if (cell.metric === TRAFFIC_METRIC) bucket[isCandidate ? 'candidate' : 'baseline'] += cell.n;
    if (metrics.includes(cell.metric)) bucket.metrics.push({ metric: cell.metric, n: cell.n, failures: cell.failures });
  }
  return [...buckets].map(([bucket, counts]) => ({ bucket, ...counts }));
}
