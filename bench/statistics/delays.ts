import { compliance } from '../../detectors/compliance.js';
import type { ComparedCounts } from '../../detectors/statistics/counts.js';
import { marginLogRatio } from '../../detectors/statistics/margin-e-value.js';
import type { MetricPolicy } from '../../src/model/index.js';
import { binomialSampler } from './binomial.js';
import { HarmEvidence } from './harm-evidence.js';
import { seededUniform, type Uniform } from './random.js';
import type { SimulationSize } from './simulation-size.js';
import { summarise, type Waiting } from './units.js';

/** Success rates before and after a change, and how much of the traffic it gets. */
export interface Change {
  readonly before: number;
  readonly after: number;
  readonly share: number;
}

/** How long a rollback takes beside the fastest test there is, both at the same α. */
export interface Delay {
  /** `98->95` */
  readonly change: string;
  readonly share: number;
  readonly alpha: number;
  /** Mean candidate units until the rollback. */
  readonly units: number;
  readonly unitsP80: number;
  /** Mean candidate units until the sequential probability ratio test that knows both rates rejects. */
  readonly oracleUnits: number;
  readonly ratioToOracle: number;
  /** Monte-Carlo standard error of the ratio. */
  readonly standardError: number;
  readonly runs: number;
}

/** How long a rollback takes with the thresholds that a deployment has. */
export interface Reaction extends Waiting {
  readonly change: string;
  readonly share: number;
  /** α_R times the weight of the metric. */
  readonly alpha: number;
  readonly runs: number;
}

/** Changes that are compared with the oracle. */
export const COMPARED_CHANGES: readonly Change[] = [
  { before: 0.98, after: 0.95, share: 0.01 },
  { before: 0.98, after: 0.97, share: 0.01 },
  { before: 0.98, after: 0.9, share: 0.01 },
  { before: 0.995, after: 0.98, share: 0.01 },
  { before: 0.98, after: 0.95, share: 0.05 },
  { before: 0.98, after: 0.95, share: 0.5 },
];

/** Changes whose rollback is timed as a deployment would see it. */
export const TIMED_CHANGES: readonly Change[] = [
  { before: 0.98, after: 0.97, share: 0.01 },
  { before: 0.98, after: 0.95, share: 0.01 },
  { before: 0.98, after: 0.9, share: 0.01 },
  { before: 0.98, after: 0.5, share: 0.01 },
  { before: 0.98, after: 0, share: 0.01 },
];

const COMPARED_ALPHA = 0.05;

/** A run that is still silent after so many candidate units has gone wrong. */
const MAX_UNITS = 1e7;

/** Both methods on the same runs; one candidate unit a look, so that neither can be late by a block. */
export function delayOf(change: Change, size: Pick<SimulationSize, 'runs' | 'seed'>): Delay {
  const policy = compliancePolicy();
  const runs = Array.from({ length: size.runs }, (_, run) =>
    waitForBoth(blocksOf(change, seededUniform(size.seed, nameOf(change), run)), change, policy),
  );
  const units = summarise(runs.map(({ rollback }) => rollback));
  const oracle = summarise(runs.map(({ oracle }) => oracle));
  const ratio = units.mean / oracle.mean;
  const residuals = summarise(runs.map((run) => run.rollback - ratio * run.oracle));
  return {
    change: nameOf(change),
    share: change.share,
    alpha: COMPARED_ALPHA,
    units: units.mean,
    unitsP80: units.p80,
    oracleUnits: oracle.mean,
    ratioToOracle: ratio,
    standardError: residuals.standardError / oracle.mean,
    runs: size.runs,
  };
}

/** Time to a rollback for compliance with the default budget: α_R = .01, of which compliance has its weight. */
export function reactionOf(
  change: Change,
  alphaRollback: number,
  size: Pick<SimulationSize, 'runs' | 'seed'>,
): Reaction {
  const policy = compliancePolicy();
  const alpha = alphaRollback * policy.weight;
  const units = Array.from({ length: size.runs }, (_, run) =>
    unitsToRollback(blocksOf(change, seededUniform(size.seed, `reaction ${nameOf(change)}`, run)), policy, alpha),
  );
  return { change: nameOf(change), share: change.share, alpha, ...summarise(units), runs: size.runs };
}

export function compliancePolicy(): MetricPolicy {
  const policy = compliance.defaults['compliance'];
  if (policy === undefined) throw new Error('compliance has no default policy');
  return policy;
}

export function nameOf({ before, after }: Change): string {
  return `${percent(before)}->${percent(after)}`;
}

function percent(rate: number): string {
  return String(Number((rate * 100).toFixed(2)));
}

/** One candidate unit a block, and as many baseline units as its share leaves. */
export function blocksOf({ before, after, share }: Change, uniform: Uniform): () => ComparedCounts {
  const n = Math.round((1 - share) / share);
  const baseline = binomialSampler(n, 1 - before);
  const candidate = binomialSampler(1, 1 - after);
  return () => ({
    baseline: { n, failures: baseline(uniform) },
    candidate: { n: 1, failures: candidate(uniform) },
  });
}

/** A rollback as the detectors decide it: evidence, effect floor, and not just one or two oddities. */
export class RollbackRule {
  readonly #evidence = new HarmEvidence();
  readonly #policy: MetricPolicy;
  readonly #logThreshold: number;
  #reached = false;
  #baselineN = 0;
  #baselineFailures = 0;
  #candidateN = 0;
  #candidateFailures = 0;

  constructor(policy: MetricPolicy, alpha: number) {
    this.#policy = policy;
    this.#logThreshold = Math.log(1 / alpha);
  }

  /** Has the evidence ever reached its threshold? */
  get reached(): boolean {
    return this.#reached;
  }

  /** Does this block bring the rollback? All blocks must have the same sizes. */
  add({ baseline, candidate }: ComparedCounts): boolean {
    this.#evidence.add({ baseline, candidate });
    this.#baselineN += baseline.n;
    this.#baselineFailures += baseline.failures;
    this.#candidateN += candidate.n;
    this.#candidateFailures += candidate.failures;
    this.#reached ||= this.#evidence.reaches(this.#logThreshold);
    if (!this.#reached || this.#candidateFailures < this.#policy.minimumFailures) return false;
    const difference = this.#candidateFailures / this.#candidateN - this.#baselineFailures / this.#baselineN;
    return difference >= this.#policy.harmFloor;
  }
}

/** Candidate units, one a block, until the rollback. */
export function unitsToRollback(next: () => ComparedCounts, policy: MetricPolicy, alpha: number): number {
  const rule = new RollbackRule(policy, alpha);
  for (let units = 1; units <= MAX_UNITS; units++) if (rule.add(next())) return units;
  throw new Error(`no rollback within ${MAX_UNITS} candidate units`);
}

function waitForBoth(
  next: () => ComparedCounts,
  { before, after }: Change,
  policy: MetricPolicy,
): { readonly rollback: number; readonly oracle: number } {
  const rule = new RollbackRule(policy, COMPARED_ALPHA);
  const logThreshold = Math.log(1 / COMPARED_ALPHA);
  let rollback = 0;
  let oracle = 0;
  let oracleLogRatio = 0;
  for (let units = 1; units <= MAX_UNITS && (rollback === 0 || oracle === 0); units++) {
    const block = next();
    if (rollback === 0 && rule.add(block)) rollback = units;
    if (oracle !== 0) continue;
    oracleLogRatio += knownRatesLogRatio(block, before, after);
    if (oracleLogRatio >= logThreshold) oracle = units;
  }
  if (rollback === 0 || oracle === 0) throw new Error(`no decision within ${MAX_UNITS} candidate units`);
  return { rollback, oracle };
}

/** ln of the likelihood at the two true rates over that at the closest equal pair: the sequential probability ratio test. */
function knownRatesLogRatio({ baseline, candidate }: ComparedCounts, before: number, after: number): number {
  return marginLogRatio(
    {
      baseline: { n: baseline.n, scoreSum: baseline.n - baseline.failures },
      candidate: { n: candidate.n, scoreSum: candidate.n - candidate.failures },
    },
    { baselineRate: before, candidateRate: after, margin: 0 },
  );
}
