import { DETECTORS, evaluateBlocks } from '../../../detectors/index.js';
import { type ArmCounts, type Block, type Gate, LeewayError, type MetricEvaluation } from '../../model/index.js';
import { DEFAULT_ROLLOUT_POLICY, decideGate, mergeForward, metricPolicy } from '../../rollouts/index.js';
import type { CollectedArm, CollectedArms, UnitScore } from './arms.js';
import type { Question } from './budget.js';
import type { ArmName, Pairing } from './pairing.js';

/** The results of one metric in both arms, in file order, one entry a row of the arm. */
export type ArmScores = Readonly<Record<ArmName, readonly UnitScore[]>>;

/** Below this a score is a failure; the same line as for reported outcomes. */
export const FAILURE_BELOW = 0.5;

/**
 * A block a pair; the bucket is the candidate row (1-based) it ends with. Rows that are not counted may leave a block
 * one-armed; it is then joined with the next ones, by counts alone.
 */
export function pairedBlocks(scores: ArmScores, pairing: Pairing): Block[] {
  const blocks = Array.from({ length: pairing.blocks }, (_, block) => {
    const part = (arm: ArmName): ArmCounts => {
      const { from, until } = pairing.rowsOf(arm, block);
      return countsOf(scores[arm], from, until);
    };
    return {
      bucket: pairing.bucketOf(block),
      stratum: 'all',
      baseline: part('baseline'),
      candidate: part('candidate'),
    };
  });
  return mergeForward(blocks);
}

function countsOf(scores: readonly UnitScore[], from: number, until: number): ArmCounts {
  const counts = { n: 0, failures: 0, scoreSum: 0 };
  for (let index = from; index < until; index++) {
    const score = scores[index] ?? null;
    if (score === null) continue;
    counts.n++;
    counts.scoreSum += score;
    if (score < FAILURE_BELOW) counts.failures++;
  }
  return counts;
}

/** A metric's evaluation, and the mean of its scores in both arms (the success rate as people gave it). */
export interface ReplayedMetric {
  readonly evaluation: MetricEvaluation;
  readonly baselineMean: number;
  readonly candidateMean: number;
}

export interface ReplayedHarm {
  readonly gate: Gate;
  readonly metrics: readonly ReplayedMetric[];
}

/** Where the scores of a harm metric lie. */
const SCORES_OF: ReadonlyMap<Question, 'outcomes' | 'compliances'> = new Map([
  ['task_success', 'outcomes'],
  ['compliance', 'compliances'],
]);

/**
 * The verdict on a past change, by the detectors and the gate of live rollouts. There is no time in a file, so nothing
 * soaks and no stratum is waited for. `null` when nothing that can be harmed was asked for.
 */
export function replayHarm(arms: CollectedArms, shares: ReadonlyMap<Question, number>): ReplayedHarm | null {
  const metrics = [...shares].flatMap(([question, weight]) => {
    const scores = SCORES_OF.get(question);
    return scores === undefined ? [] : [replayMetric(question, scoresOf(arms, scores), arms.pairing, weight)];
  });
  if (metrics.length === 0) return null;
  const rows = arms.candidate.rows + arms.baseline.rows;
  const share = rows === 0 ? 0 : arms.candidate.rows / rows;
  const gate = decideGate({
    policy: { ...DEFAULT_ROLLOUT_POLICY, soakSeconds: 0, minimumStratumUnits: 0 },
    evaluations: metrics.map(({ evaluation }) => evaluation),
    strata: [],
    stage: Math.round(share * 100),
    stageSince: 0,
    candidateShare: share,
    lastTrafficAt: 0,
    latched: null,
    requiredForPromotion: [],
    now: 0,
  });
  return { gate, metrics };
}

export function scoresOf(
  arms: CollectedArms,
  column: keyof Pick<CollectedArm, 'outcomes' | 'compliances' | 'refusals'>,
): ArmScores {
  return { baseline: arms.baseline[column], candidate: arms.candidate[column] };
}

function replayMetric(name: Question, scores: ArmScores, pairing: Pairing, weight: number): ReplayedMetric {
  const detector = DETECTORS.find(({ metrics }) => metrics.some((metric) => metric.name === name));
  const metric = detector?.metrics.find((one) => one.name === name);
  if (detector === undefined || metric === undefined) {
    throw new LeewayError('LEEWAY_INVALID', `there is no metric ${name}`);
  }
  const policy = { ...metricPolicy(DEFAULT_ROLLOUT_POLICY, name), weight };
  const evaluation = evaluateBlocks(detector, metric, pairedBlocks(scores, pairing), {
    policy,
    budget: DEFAULT_ROLLOUT_POLICY,
  });
  return { evaluation, baselineMean: meanOf(scores.baseline), candidateMean: meanOf(scores.candidate) };
}

function meanOf(scores: readonly UnitScore[]): number {
  const { n, scoreSum } = countsOf(scores, 0, scores.length);
  return n === 0 ? 0 : scoreSum / n;
}
