import { Comparison } from '../../detectors/comparison.js';
import { standardErrorOf } from './alarm-log.js';
import { compliancePolicy } from './delays.js';
import { seededUniform } from './random.js';
import type { SimulationSize } from './simulation-size.js';
import { sizesAt, steady } from './traffic.js';

/** How often an interval that people are shown misses the truth at any look. */
export interface IntervalMiss {
  readonly interval: 'odds ratio' | 'difference of failure rates';
  readonly change: string;
  readonly share: number;
  readonly alpha: number;
  readonly rate: number;
  readonly standardError: number;
  readonly runs: number;
  /** Looks at which the interval is computed, of all buckets. */
  readonly looks: number;
}

export interface ShownChange {
  readonly name: string;
  readonly baselineRate: number;
  readonly candidateRate: number;
  readonly share: number;
}

export const SHOWN_CHANGES: readonly ShownChange[] = [
  { name: '98->98', baselineRate: 0.02, candidateRate: 0.02, share: 0.05 },
  { name: '98->95', baselineRate: 0.02, candidateRate: 0.05, share: 0.05 },
  { name: '98->95', baselineRate: 0.02, candidateRate: 0.05, share: 0.01 },
];

/** Buckets of a run, unless its size says fewer. */
const BUCKETS = 2000;
const ALPHA = 0.05;

/** Each look comes at 1.15 times as many buckets as the one before: intervals move most in the beginning. */
const LOOK_SPACING = 1.15;

/** The intervals of the detectors against the true values, from the first bucket on. */
export function intervalMissesOf(change: ShownChange, size: SimulationSize): IntervalMiss[] {
  const { runs, seed } = size;
  const looks = looksUpTo(Math.min(BUCKETS, size.looks));
  const missed = { oddsRatio: 0, difference: 0 };
  for (let run = 0; run < runs; run++) {
    const result = missesOfRun(change, looks, seed, run);
    if (result.oddsRatio) missed.oddsRatio++;
    if (result.difference) missed.difference++;
  }
  const row = (interval: IntervalMiss['interval'], misses: number): IntervalMiss => {
    const rate = misses / runs;
    const standardError = standardErrorOf(rate, runs);
    const { name, share } = change;
    return { interval, change: name, share, alpha: ALPHA, rate, standardError, runs, looks: looks.size };
  };
  return [row('odds ratio', missed.oddsRatio), row('difference of failure rates', missed.difference)];
}

function missesOfRun(
  { name, baselineRate, candidateRate, share }: ShownChange,
  looks: ReadonlySet<number>,
  seed: number,
  run: number,
): { readonly oddsRatio: boolean; readonly difference: boolean } {
  const traffic = steady(
    seededUniform(seed, `interval ${name} ${share}`, run),
    sizesAt(share),
    baselineRate,
    candidateRate,
  );
  const oddsRatio = (candidateRate * (1 - baselineRate)) / (baselineRate * (1 - candidateRate));
  const difference = candidateRate - baselineRate;
  const comparison = new Comparison(compliancePolicy());
  const missed = { oddsRatio: false, difference: false };
  for (let bucket = 1; bucket <= Math.max(...looks); bucket++) {
    const { baseline, candidate } = traffic(bucket).pooled;
    comparison.add({
      bucket,
      stratum: '',
      baseline: { ...baseline, scoreSum: baseline.n - baseline.failures },
      candidate: { ...candidate, scoreSum: candidate.n - candidate.failures },
    });
    if (!looks.has(bucket)) continue;
    missed.oddsRatio ||= isOutside(oddsRatio, comparison.oddsRatioInterval());
    missed.difference ||= isOutside(difference, comparison.differenceInterval());
  }
  return missed;
}

function isOutside(value: number, { lower, upper }: { readonly lower: number; readonly upper: number }): boolean {
  return value < lower || value > upper;
}

function looksUpTo(buckets: number): ReadonlySet<number> {
  const looks = new Set<number>([buckets]);
  for (let bucket = 1; bucket < buckets; bucket = Math.max(bucket + 1, Math.floor(bucket * LOOK_SPACING)))
    looks.add(bucket);
  return looks;
}
