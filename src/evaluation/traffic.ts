import { TRAFFIC_METRIC } from '../../detectors/index.js';
import type { TrafficBucket } from '../incidents/index.js';
import type { Cell, Rollout } from '../model/index.js';
import { armsOf, type VectorTraffic } from '../rollouts/index.js';
import type { KnownVector } from '../store/queries/cells.js';

/** Serving traffic per vector, from the cells that count every generation. */
export function trafficByVector(cells: readonly Cell[], vectors: readonly KnownVector[]): VectorTraffic[] {
  const buckets = new Map<string, Map<number, number>>();
  for (const cell of servingCells(cells)) {
    const counts = buckets.get(cell.vectorId) ?? new Map<number, number>();
    buckets.set(cell.vectorId, counts.set(cell.bucket, (counts.get(cell.bucket) ?? 0) + cell.n));
  }
  return vectors.map(({ vectorId, values, firstSeen }) => ({
    values,
    firstBucket: Math.min(Math.floor(firstSeen / 10_000) * 10, ...(buckets.get(vectorId)?.keys() ?? [])),
    buckets: [...(buckets.get(vectorId) ?? [])].map(([bucket, n]) => ({ bucket, n })),
  }));
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

function servingCells(cells: readonly Cell[]): readonly Cell[] {
  return cells.filter((cell) => cell.metric === TRAFFIC_METRIC && cell.arm !== 'shadow');
}
