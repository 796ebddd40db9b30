import {
  conditionalLogE,
  startConditionalEProcess,
  updateConditionalEProcess,
} from '../statistics/conditional-e-process.js';
import type { ComparedCounts, FailureCounts } from '../statistics/counts.js';
import { eBenjaminiHochberg } from '../statistics/multiplicity/e-benjamini-hochberg.js';

/** Units of one group (a pod, a region) by block of time and stratum. */
export interface GroupCounts {
  readonly name: string;
  readonly blocks: ReadonlyMap<string, FailureCounts>;
}

/** A group that fails more than all the others together. */
export interface OutlyingGroup extends FailureCounts {
  readonly name: string;
  readonly rate: number;
  readonly restN: number;
  readonly restRate: number;
  readonly logE: number;
  /** What the weakest of the named groups had to reach. */
  readonly logThreshold: number;
}

/**
 * The groups that fail more than the rest within the same blocks.
 *
 * Guarantee: the expected share of wrongly named groups at this look is at most α (e-BH), and so is the chance that any is
 * named while all are alike.
 */
export function comparedGroups(groups: readonly GroupCounts[], alpha: number): OutlyingGroup[] {
  if (groups.length < 2) return [];
  const totals = new Map<string, FailureCounts>();
  for (const { blocks } of groups)
    for (const [block, counts] of blocks) totals.set(block, plus(totals.get(block), counts));
  const evidence = groups.map((group) => pooledEvidence(againstRest(group, totals)));
  const named = eBenjaminiHochberg(evidence, alpha);
  const all = [...totals.values()].reduce(plus, NOTHING);
  return named.flatMap((index) => {
    const group = groups[index];
    if (!group) return [];
    const own = [...group.blocks.values()].reduce(plus, NOTHING);
    const restN = all.n - own.n;
    return [
      {
        ...own,
        name: group.name,
        rate: own.failures / own.n,
        restN,
        restRate: restN === 0 ? 0 : (all.failures - own.failures) / restN,
        logE: evidence[index] ?? 0,
        logThreshold: Math.log(groups.length / (named.length * alpha)),
      },
    ];
  });
}

/** ln E that the candidate's odds of failing are higher, over blocks. */
export function pooledEvidence(blocks: readonly ComparedCounts[]): number {
  return conditionalLogE(blocks.reduce(updateConditionalEProcess, startConditionalEProcess()));
}

const NOTHING: FailureCounts = { n: 0, failures: 0 };

function againstRest({ blocks }: GroupCounts, totals: ReadonlyMap<string, FailureCounts>): ComparedCounts[] {
  return [...blocks].map(([block, own]) => {
    const all = totals.get(block) ?? own;
    return { candidate: own, baseline: { n: all.n - own.n, failures: all.failures - own.failures } };
  });
}

function plus(a: FailureCounts | undefined, b: FailureCounts): FailureCounts {
  return { n: (a?.n ?? 0) + b.n, failures: (a?.failures ?? 0) + b.failures };
}
