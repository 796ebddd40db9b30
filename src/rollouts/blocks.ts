import {
  type ArmCounts,
  type Block,
  bucketOf,
  type Cell,
  describeVersions,
  type Rollout,
  type SeenVector,
  type VersionSelector,
} from '../model/index.js';
import { type ArmOfVector, armsOf } from './arms.js';
import { mergeForward } from './merge-forward.js';

const NOTHING: ArmCounts = { n: 0, failures: 0, scoreSum: 0 };

/** Blocks of one rollout by metric, in bucket order. */
export type BlocksByMetric = ReadonlyMap<string, readonly Block[]>;

/**
 * Sorts a target's cells into the arms of a rollout. The versions of surfaces that the rollout does not change become part
 * of the stratum, so that like is compared with like. Candidate cells from before the rollout are left out, baseline
 * cells are kept: they teach the baseline rate. Shadow cells serve nobody and are left out.
 */
export function blocksOf(rollout: Rollout, cells: readonly Cell[], vectors: readonly SeenVector[]): BlocksByMetric {
  const arms = armsOf(rollout, vectors);
  const start = bucketOf(rollout.startedAt / 1000);
  const byMetric = new Map<string, Map<string, Block>>();
  for (const cell of cells) {
    const arm = cell.targetId === rollout.targetId ? arms.get(cell.vectorId) : undefined;
    if (arm === undefined || cell.arm === 'shadow') continue;
    if (arm.arm === 'candidate' && cell.bucket < start) continue;
    const blocks = byMetric.get(cell.metric) ?? new Map<string, Block>();
    byMetric.set(cell.metric, blocks);
    addCell(blocks, cell, arm);
  }
  return new Map([...byMetric].map(([metric, blocks]) => [metric, mergeForward(inOrder([...blocks.values()]))]));
}

/** The stratum of a block, readable: `4-16k · model gpt-4o · tools 7c1f…`. */
function blockStratum(stratum: string, unchanged: VersionSelector): string {
  const known = Object.values(unchanged).some((value) => value !== '');
  return known ? `${stratum} · ${describeVersions(unchanged)}` : stratum;
}

function addCell(blocks: Map<string, Block>, cell: Cell, { arm, unchanged }: ArmOfVector): void {
  const stratum = blockStratum(cell.stratum, unchanged);
  const key = `${cell.bucket} ${stratum}`;
  const block = blocks.get(key) ?? { bucket: cell.bucket, stratum, baseline: NOTHING, candidate: NOTHING };
  const before = block[arm];
  const counts: ArmCounts = {
    n: before.n + cell.n,
    failures: before.failures + cell.failures,
    scoreSum: before.scoreSum + cell.scoreSum,
  };
  blocks.set(key, { ...block, [arm]: counts });
}

/** Bucket, then stratum: the same cells give the same blocks in whatever order they were read. */
function inOrder(blocks: Block[]): Block[] {
  return blocks.sort((a, b) => a.bucket - b.bucket || (a.stratum < b.stratum ? -1 : 1));
}
