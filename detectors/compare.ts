import type {
  Block,
  DecisionBudget,
  Detector,
  Metric,
  MetricEvaluation,
  MetricPolicy,
  TrajectoryPoint,
} from '../src/model/index.js';
import { Comparison, estimateOf, SHOWN_LEVEL } from './comparison.js';

/** Points of a trajectory that are kept for pages and messages. */
export const MAX_TRAJECTORY_POINTS = 120;

const METHOD =
  'harm: conditional mixture e-process on failures within stratum and bucket; promotion: margin e-value on success rates';

/** What tells one failure-rate detector from another; the comparison is the same for all. */
export type FailureDetectorDescription = Omit<Detector, 'evaluate'>;

/** A detector that compares failure rates of the two arms within strata and buckets. */
export function failureDetector(description: FailureDetectorDescription): Detector {
  return {
    ...description,
    evaluate: (metric, blocks, policy, budget) => compareArms(description, metric, blocks, policy, budget),
  };
}

function compareArms(
  detector: FailureDetectorDescription,
  metric: Metric,
  blocks: readonly Block[],
  policy: MetricPolicy,
  budget: DecisionBudget,
): MetricEvaluation {
  const logThreshold = Math.log(1 / (budget.alphaRollback * policy.weight));
  const { comparison, firedAtBucket, trajectory } = replay(blocks, policy, logThreshold);
  const oddsRatio = comparison.oddsRatioInterval();
  const promotionThreshold = Math.log(1 / budget.alphaPromote);
  return {
    detector: detector.name,
    metric: metric.name,
    question: detector.question,
    failure: metric.failure,
    method: METHOD,
    baseline: estimateOf(comparison.baseline),
    candidate: estimateOf(comparison.candidate),
    difference: { estimate: comparison.difference, ...comparison.differenceInterval(), level: SHOWN_LEVEL },
    oddsRatio: { lower: oddsRatio.lower, upper: Number.isFinite(oddsRatio.upper) ? oddsRatio.upper : null },
    harm: { logE: comparison.logE, maxLogE: comparison.maxLogE, logThreshold, firedAtBucket },
    promotion: {
      logE: comparison.promotionLogE,
      logThreshold: promotionThreshold,
      margin: policy.promoteMargin,
      passed: comparison.promotionLogE >= promotionThreshold,
    },
    policy,
    trajectory,
  };
}

interface Replay {
  readonly comparison: Comparison;
  readonly firedAtBucket: number | null;
  readonly trajectory: readonly TrajectoryPoint[];
}

/** Blocks in bucket order; all strata of a bucket are looked at together. */
function replay(blocks: readonly Block[], policy: MetricPolicy, logThreshold: number): Replay {
  const comparison = new Comparison(policy);
  const shown = bucketsToShow(blocks);
  const trajectory: TrajectoryPoint[] = [];
  let firedAtBucket: number | null = null;
  for (const [index, block] of blocks.entries()) {
    comparison.add(block);
    if (blocks[index + 1]?.bucket === block.bucket) continue;
    comparison.closeBucket();
    if (firedAtBucket === null && isHarm(comparison, policy, logThreshold)) firedAtBucket = block.bucket;
    if (shown.has(block.bucket) || firedAtBucket === block.bucket) {
      trajectory.push(trajectoryPoint(block.bucket, comparison));
    }
  }
  return { comparison, firedAtBucket, trajectory };
}

/** Evidence beyond its threshold, a difference beyond the floor, and not just one or two oddities. */
function isHarm(comparison: Comparison, policy: MetricPolicy, logThreshold: number): boolean {
  return (
    comparison.maxLogE >= logThreshold &&
    comparison.difference >= policy.harmFloor &&
    comparison.candidate.failures >= policy.minimumFailures
  );
}

/** Evenly spaced buckets from the candidate's first to the newest; one place is left for the bucket of the verdict. */
function bucketsToShow(blocks: readonly Block[]): ReadonlySet<number> {
  const start = blocks.findIndex((block) => block.candidate.n > 0);
  if (start < 0) return new Set();
  const buckets = [...new Set(blocks.slice(start).map((block) => block.bucket))];
  const points = Math.min(buckets.length, MAX_TRAJECTORY_POINTS - 1);
  const spacing = points > 1 ? (buckets.length - 1) / (points - 1) : 0;
  const chosen = Array.from({ length: points }, (_, point) => buckets[Math.round(point * spacing)]);
  return new Set([...chosen, buckets.at(-1)].filter((bucket) => bucket !== undefined));
}

function trajectoryPoint(bucket: number, comparison: Comparison): TrajectoryPoint {
  return {
    bucket,
    baselineN: comparison.baseline.n,
    candidateN: comparison.candidate.n,
    difference: comparison.difference,
    ...comparison.differenceInterval(),
    logE: comparison.logE,
  };
}
