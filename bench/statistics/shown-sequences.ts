import { evaluateBlocks } from '../../detectors/compare.js';
import { compliance } from '../../detectors/compliance.js';
import { type Block, BUCKET_SECONDS, type MetricEvaluation, type TrajectoryPoint } from '../../src/model/index.js';
import { DEFAULT_ROLLOUT_POLICY } from '../../src/rollouts/index.js';
import { compliancePolicy } from './delays.js';
import { seededUniform } from './random.js';
import { sizesAt, steady } from './traffic.js';

/** One simulated rollout as the compliance detector shows it. */
export interface ShownSequence {
  readonly label: string;
  readonly points: readonly TrajectoryPoint[];
  /** Candidate units when the rollback was decided; `null` if never. */
  readonly rollbackAt: number | null;
  /** True difference of the failure rates. */
  readonly truth: number;
}

const SHARE = 0.05;
const BUCKETS = 400;
const BASELINE_FAILURE_RATE = 0.02;

/** A healthy candidate and one that fails 5 % instead of 2 % of the time, each through the detector itself. */
export function sequencesToShow(seed: number): ShownSequence[] {
  return [
    { label: '98 → 95 %', candidateFailureRate: 0.05 },
    { label: '98 → 98 %', candidateFailureRate: 0.02 },
  ].map(({ label, candidateFailureRate }) => {
    const { trajectory, harm } = judged(candidateFailureRate, seed);
    const rollback = trajectory.find(({ bucket }) => bucket === harm.firedAtBucket);
    return {
      label,
      points: trajectory,
      rollbackAt: rollback?.candidateN ?? null,
      truth: candidateFailureRate - BASELINE_FAILURE_RATE,
    };
  });
}

function judged(candidateFailureRate: number, seed: number): MetricEvaluation {
  const [metric] = compliance.metrics;
  if (metric === undefined) throw new Error('compliance has no metric');
  const uniform = seededUniform(seed, `shown ${candidateFailureRate}`, 0);
  const traffic = steady(uniform, sizesAt(SHARE), BASELINE_FAILURE_RATE, candidateFailureRate);
  const blocks: Block[] = Array.from({ length: BUCKETS }, (_, index) => {
    const { baseline, candidate } = traffic(index).pooled;
    return {
      bucket: index * BUCKET_SECONDS,
      stratum: '',
      baseline: { ...baseline, scoreSum: baseline.n - baseline.failures },
      candidate: { ...candidate, scoreSum: candidate.n - candidate.failures },
    };
  });
  return evaluateBlocks(compliance, metric, blocks, {
    policy: compliancePolicy(),
    budget: DEFAULT_ROLLOUT_POLICY,
  });
}
