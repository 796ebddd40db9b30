import type { Block } from '../model/index.js';

/** A stratum with less of the baseline's traffic than this does not hold a promotion up. */
export const COVERED_TRAFFIC_SHARE = 0.02;

/** Traffic of both arms in one stratum since the candidate appeared. */
export interface StratumTraffic {
  readonly stratum: string;
  readonly baselineUnits: number;
  readonly candidateUnits: number;
  /** Share of the baseline's traffic, 0 to 1. */
  readonly baselineShare: number;
}

/** @param blocks of the metric whose units are all generations */
export function strataOf(blocks: readonly Block[]): StratumTraffic[] {
  const start = blocks.find((block) => block.candidate.n > 0)?.bucket ?? Number.POSITIVE_INFINITY;
  const units = new Map<string, { baselineUnits: number; candidateUnits: number }>();
  for (const { bucket, stratum, baseline, candidate } of blocks) {
    if (bucket < start) continue;
    const sum = units.get(stratum) ?? { baselineUnits: 0, candidateUnits: 0 };
    units.set(stratum, {
      baselineUnits: sum.baselineUnits + baseline.n,
      candidateUnits: sum.candidateUnits + candidate.n,
    });
  }
  const total = [...units.values()].reduce((sum, { baselineUnits }) => sum + baselineUnits, 0);
  return [...units].map(([stratum, sums]) => ({
    stratum,
    ...sums,
    baselineShare: total === 0 ? 0 : sums.baselineUnits / total,
  }));
}
