import { DETECTORS } from '../../../detectors/index.js';
import { type ArmCounts, type Block, type Gate, LeewayError, type MetricEvaluation } from '../../model/index.js';
import { DEFAULT_ROLLOUT_POLICY, decideGate, mergeForward, metricPolicy } from '../../rollouts/index.js';

/** One row's result for one metric: a score in [0, 1], or `null` when the row is not counted. */
export type UnitScore = number | null;

/** The results of one metric in both arms, in file order, one entry a row of the arm. */
export interface MetricUnits {
  readonly metric: string;
  readonly baseline: readonly UnitScore[];
  readonly candidate: readonly UnitScore[];
}

/** Below this a score is a failure; the same line as for reported outcomes. */
const FAILURE_BELOW = 0.5;

/**
 * Rows have no time, so they are put side by side in file order: with K = the smaller number of rows, block j holds the
 * j-th K-th of the baseline rows and the j-th K-th of the candidate rows (one row of the smaller arm each). The block's
 * bucket is the candidate row (1-based) it ends with. Rows that are not counted may leave a block one-armed; it is then
 * joined with the next ones, by counts alone.
 */
function pairBlocks(units: MetricUnits): Block[] {
  const { baseline, candidate } = units;
  const count = Math.min(baseline.length, candidate.length);
  const part = (scores: readonly UnitScore[], index: number): ArmCounts =>
    countsOf(scores, Math.floor((index * scores.length) / count), Math.floor(((index + 1) * scores.length) / count));
  const blocks = Array.from({ length: count }, (_, index) => ({
    bucket: Math.floor(((index + 1) * candidate.length) / count),
    stratum: 'all',
    baseline: part(baseline, index),
    candidate: part(candidate, index),
  }));
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

export interface Replayed {
  readonly gate: Gate;
  readonly metrics: readonly ReplayedMetric[];
}

/**
 * The verdict on a past change, by the detectors and the gate of live rollouts. There is no time in a file, so nothing
 * soaks and no stratum is waited for. The false-alarm budget α_R is shared by the given metrics only, in proportion to
 * their default weights: a single metric has all of it.
 */
export function replay(units: readonly MetricUnits[]): Replayed {
  const total = units.reduce((sum, { metric }) => sum + metricPolicy(DEFAULT_ROLLOUT_POLICY, metric).weight, 0);
  const metrics = units.map((one) => replayMetric(one, total));
  const rows = units[0];
  const share = rows === undefined ? 0 : rows.candidate.length / (rows.candidate.length + rows.baseline.length);
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

function replayMetric(units: MetricUnits, totalWeight: number): ReplayedMetric {
  const detector = DETECTORS.find(({ metrics }) => metrics.some(({ name }) => name === units.metric));
  const metric = detector?.metrics.find(({ name }) => name === units.metric);
  if (detector === undefined || metric === undefined) {
    throw new LeewayError('LEEWAY_INVALID', `there is no metric ${units.metric}`);
  }
  const policy = metricPolicy(DEFAULT_ROLLOUT_POLICY, units.metric);
  const evaluation = detector.evaluate(
    metric,
    pairBlocks(units),
    { ...policy, weight: policy.weight / totalWeight },
    DEFAULT_ROLLOUT_POLICY,
  );
  return { evaluation, baselineMean: meanOf(units.baseline), candidateMean: meanOf(units.candidate) };
}

function meanOf(scores: readonly UnitScore[]): number {
  const { n, scoreSum } = countsOf(scores, 0, scores.length);
  return n === 0 ? 0 : scoreSum / n;
}
