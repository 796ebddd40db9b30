import { standardErrorOf } from './alarm-log.js';
import { compliancePolicy, RollbackRule } from './delays.js';
import { seededUniform } from './random.js';
import type { SimulationSize } from './simulation-size.js';
import { steady } from './traffic.js';

/** How often a small harm is acted on. */
export interface SmallEffect {
  /** Odds ratio of failure, candidate to baseline. */
  readonly oddsRatio: number;
  /** Difference of failure rates, a proportion. */
  readonly difference: number;
  /** Candidate units after which the run ends. */
  readonly units: number;
  readonly alpha: number;
  /** Share of runs in which the evidence reaches 1/α. */
  readonly evidenceRate: number;
  /** Share of runs with a rollback: also beyond the floor of half a point. */
  readonly rollbackRate: number;
  readonly standardError: number;
  readonly runs: number;
}

export const SMALL_ODDS_RATIOS: readonly number[] = [1.1, 1.2, 1.3, 1.5];

const BASELINE_FAILURE_RATE = 0.02;
const SIZES = { baseline: 990, candidate: 10 };
const LOOKS = 10_000;
const ALPHA = 0.01;

/** A small, real harm watched for 100,000 candidate units at 1 % of the traffic. */
export function smallEffectOf(oddsRatio: number, { runs, looks, seed }: SimulationSize): SmallEffect {
  const odds = (oddsRatio * BASELINE_FAILURE_RATE) / (1 - BASELINE_FAILURE_RATE);
  const candidateRate = odds / (1 + odds);
  let reached = 0;
  let rolledBack = 0;
  for (let run = 0; run < runs; run++) {
    const uniform = seededUniform(seed, `small effect ${oddsRatio}`, run);
    const traffic = steady(uniform, SIZES, BASELINE_FAILURE_RATE, candidateRate);
    const rule = new RollbackRule(compliancePolicy(), ALPHA);
    let done = false;
    for (let look = 0; look < Math.min(looks, LOOKS) && !done; look++) done = rule.add(traffic(look).pooled);
    if (rule.reached) reached++;
    if (done) rolledBack++;
  }
  const evidenceRate = reached / runs;
  return {
    oddsRatio,
    difference: candidateRate - BASELINE_FAILURE_RATE,
    units: Math.min(looks, LOOKS) * SIZES.candidate,
    alpha: ALPHA,
    evidenceRate,
    rollbackRate: rolledBack / runs,
    standardError: standardErrorOf(evidenceRate, runs),
    runs,
  };
}
