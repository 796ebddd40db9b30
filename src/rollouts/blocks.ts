import {
  type ArmCounts,
  type Block,
  bucketOf,
  type Cell,
  type CellHistogram,
  describeVersions,
  type LogHistogram,
  type Rollout,
  type VersionSelector,
} from '../model/index.js';
import type { ArmOfVector } from './arms.js';

const NOTHING: ArmCounts = { n: 0, failures: 0, scoreSum: 0 };

/**
 * Sorts one bucket of a target's cells into the arms of a rollout, by metric. The versions of surfaces that the rollout
 * does not change become part of the stratum, so that like is compared with like. Candidate cells from before the rollout
 * are left out, baseline cells are kept: they teach the baseline rate. Shadow cells serve nobody and are left out.
 * A metric whose sessions were counted is taken from their cells: sessions are compared with those that had got as far.
 * @returns blocks in the order of their strata: the same cells give the same blocks in whatever order they were read
 */
export function blocksOfBucket(
  rollout: Rollout,
  arms: ReadonlyMap<string, ArmOfVector>,
  cells: readonly Cell[],
): ReadonlyMap<string, readonly Block[]> {
  const start = bucketOf(rollout.startedAt / 1000);
  const byMetric = new Map<string, Map<string, Block>>();
  const inSessions = metricsInSessions(cells);
  for (const cell of cells) {
    if (inSessions.has(cell.metric) && cell.progress === undefined) continue;
    const arm = cell.targetId === rollout.targetId ? arms.get(cell.vectorId) : undefined;
    if (arm === undefined || cell.arm === 'shadow') continue;
    if (arm.arm === 'candidate' && cell.bucket < start) continue;
    const blocks = byMetric.get(cell.metric) ?? new Map<string, Block>();
    byMetric.set(cell.metric, blocks);
    addCell(blocks, cell, arm);
  }
  return new Map([...byMetric].map(([metric, blocks]) => [metric, inOrder([...blocks.values()])]));
}

/** Metrics of which sessions were counted. */
export function metricsInSessions(cells: readonly Cell[]): ReadonlySet<string> {
  return new Set(cells.filter(({ progress }) => progress !== undefined).map(({ metric }) => metric));
}

/** The stratum of a block, readable: `4-16k · model gpt-4o · tools 7c1f…`. */
function blockStratum(stratum: string, unchanged: VersionSelector): string {
  const known = Object.values(unchanged).some((value) => value !== '');
  return known ? `${stratum} · ${describeVersions(unchanged)}` : stratum;
}

/** Sessions that had so many calls before. */
function progressStratum(stratum: string, progress: number): string {
  return progress === 0 ? stratum : `${stratum} · after ${2 ** progress - 1} calls or more`;
}

function addCell(blocks: Map<string, Block>, cell: Cell, { arm, unchanged }: ArmOfVector): void {
  const stratum = blockStratum(progressStratum(cell.stratum, cell.progress ?? 0), unchanged);
  const block = blocks.get(stratum) ?? { bucket: cell.bucket, stratum, baseline: NOTHING, candidate: NOTHING };
  const before = block[arm];
  const histogram = addHistogram(before.histogram, cell.histogram);
  const counts: ArmCounts = {
    n: before.n + cell.n,
    failures: before.failures + cell.failures,
    scoreSum: before.scoreSum + cell.scoreSum,
    ...(histogram && { histogram }),
  };
  blocks.set(stratum, { ...block, [arm]: counts });
}

function addHistogram(before: LogHistogram | undefined, added: CellHistogram | undefined): LogHistogram | undefined {
  if (added === undefined || added.buckets.length === 0) return before;
  const counts = new Map(before);
  for (const [index, bucket] of added.buckets.entries())
    counts.set(bucket, (counts.get(bucket) ?? 0) + (added.counts[index] ?? 0));
  return counts;
}

function inOrder(blocks: Block[]): Block[] {
  return blocks.sort((a, b) => (a.stratum < b.stratum ? -1 : 1));
}
