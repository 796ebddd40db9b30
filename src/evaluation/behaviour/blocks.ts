import type { BehaviourBlock, Output } from '../../../detectors/index.js';
import { type Rollout, type SeenVector, SURFACES } from '../../model/index.js';
import { armsOf } from '../../rollouts/index.js';
import type { StoredFingerprint } from '../../store/queries/fingerprints.js';

/** `trace id/span id`: what an output is known by in examples. */
export function outputId({ traceId, spanId }: Pick<StoredFingerprint, 'traceId' | 'spanId'>): string {
  return `${traceId}/${spanId}`;
}

/**
 * Outputs of both arms that were exchangeable before they were seen: of one bucket and stratum, with the same versions of
 * the surfaces that the rollout does not change. Shadow calls are left out.
 * @param rows in bucket order
 * @returns in bucket order
 */
export function servingBlocks(
  rollout: Rollout,
  rows: readonly StoredFingerprint[],
  vectors: readonly SeenVector[],
): BehaviourBlock[] {
  const arms = armsOf(rollout, vectors);
  const blocks = new Map<string, { baseline: Output[]; candidate: Output[] }>();
  for (const row of rows) {
    const found = arms.get(row.vectorId);
    if (found === undefined || row.arm === 'shadow') continue;
    const unchanged = SURFACES.map((surface) => found.unchanged[surface] ?? '');
    const key = JSON.stringify([row.bucket, row.stratum, ...unchanged]);
    const block = blocks.get(key) ?? { baseline: [], candidate: [] };
    block[found.arm].push({ id: outputId(row), fingerprint: row.features });
    blocks.set(key, block);
  }
  return [...blocks.values()].filter(({ baseline, candidate }) => baseline.length > 0 && candidate.length > 0);
}

/**
 * One request answered by both arms: each shadow call of the candidate beside the call that it repeats.
 * @param shadowed calls that were repeated
 */
export function shadowBlocks(
  rollout: Rollout,
  rows: readonly StoredFingerprint[],
  shadowed: readonly StoredFingerprint[],
  vectors: readonly SeenVector[],
): BehaviourBlock[] {
  const arms = armsOf(rollout, vectors);
  const byId = new Map(shadowed.flatMap((row) => [row.spanId, row.traceId].map((id) => [id, row] as const)));
  return rows.flatMap((row) => {
    const original = row.arm === 'shadow' ? byId.get(row.shadowOf) : undefined;
    if (original === undefined) return [];
    if (arms.get(row.vectorId)?.arm !== 'candidate' || arms.get(original.vectorId)?.arm !== 'baseline') return [];
    return [
      {
        baseline: [{ id: outputId(original), fingerprint: original.features }],
        candidate: [{ id: outputId(row), fingerprint: row.features }],
      },
    ];
  });
}
