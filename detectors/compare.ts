import type {
  Block,
  Detector,
  FoldQuestion,
  Metric,
  MetricEvaluation,
  MetricFold,
  TrajectoryPoint,
} from '../src/model/index.js';
import { Comparison, estimateOf, SHOWN_LEVEL } from './comparison.js';
import { Trajectory } from './trajectory.js';

const METHOD =
  'harm: conditional mixture e-process on failures within stratum and bucket; promotion: margin e-value on success rates';

/** What tells one failure-rate detector from another; the comparison is the same for all. */
export type FailureDetectorDescription = Omit<Detector, 'start'>;

/** A detector that compares failure rates of the two arms within strata and buckets. */
export function failureDetector(description: FailureDetectorDescription): Detector {
  return { ...description, start: (question) => new FailureFold(description, question) };
}

/**
 * The straight replay: a metric over all of its blocks at once.
 * @param blocks in bucket order; any number of strata a bucket
 */
export function evaluateBlocks(
  detector: Detector,
  metric: Metric,
  blocks: readonly Block[],
  {
    policy,
    budget,
    startBucket = blocks[0]?.bucket ?? 0,
  }: Omit<FoldQuestion, 'metric' | 'startBucket'> & Partial<Pick<FoldQuestion, 'startBucket'>>,
): MetricEvaluation {
  const fold = detector.start({ metric, policy, budget, startBucket });
  let from = 0;
  for (const [index, { bucket }] of blocks.entries()) {
    if (blocks[index + 1]?.bucket === bucket) continue;
    fold.add(bucket, blocks.slice(from, index + 1));
    from = index + 1;
  }
  return fold.evaluation();
}

class FailureFold implements MetricFold {
  readonly #detector: FailureDetectorDescription;
  readonly #question: FoldQuestion;
  readonly #logThreshold: number;
  #comparison: Comparison;
  #trajectory = new Trajectory();
  #firedAtBucket: number | null = null;
  #newestBucket = 0;

  constructor(detector: FailureDetectorDescription, question: FoldQuestion) {
    this.#detector = detector;
    this.#question = question;
    this.#logThreshold = Math.log(1 / (question.budget.alphaRollback * question.policy.weight));
    this.#comparison = new Comparison(question.policy);
  }

  /** All strata of a bucket are looked at together. */
  add(bucket: number, blocks: readonly Block[]): void {
    if (blocks.length === 0) return;
    for (const block of blocks) this.#comparison.add(block);
    this.#comparison.closeBucket();
    this.#newestBucket = bucket;
    const fires = this.#firedAtBucket === null && this.#isHarm();
    if (fires) this.#firedAtBucket = bucket;
    if (this.#comparison.candidate.n > 0) this.#trajectory.add(() => this.#point(), fires);
  }

  /** Evidence beyond its threshold, a difference beyond the floor, and not just one or two oddities. */
  #isHarm(): boolean {
    const { policy } = this.#question;
    return (
      this.#comparison.maxLogE >= this.#logThreshold &&
      this.#comparison.difference >= policy.harmFloor &&
      this.#comparison.candidate.failures >= policy.minimumFailures
    );
  }

  clone(): FailureFold {
    const copy = new FailureFold(this.#detector, this.#question);
    copy.#comparison = this.#comparison.clone();
    copy.#trajectory = this.#trajectory.clone();
    copy.#firedAtBucket = this.#firedAtBucket;
    copy.#newestBucket = this.#newestBucket;
    return copy;
  }

  evaluation(): MetricEvaluation {
    const comparison = this.#comparison;
    const { metric, policy, budget } = this.#question;
    const oddsRatio = comparison.oddsRatioInterval();
    const promotionThreshold = Math.log(1 / budget.alphaPromote);
    return {
      detector: this.#detector.name,
      metric: metric.name,
      question: this.#detector.question,
      failure: metric.failure,
      method: METHOD,
      baseline: estimateOf(comparison.baseline),
      candidate: estimateOf(comparison.candidate),
      difference: { estimate: comparison.difference, ...comparison.differenceInterval(), level: SHOWN_LEVEL },
      oddsRatio: { lower: oddsRatio.lower, upper: Number.isFinite(oddsRatio.upper) ? oddsRatio.upper : null },
      harm: {
        logE: comparison.logE,
        maxLogE: comparison.maxLogE,
        logThreshold: this.#logThreshold,
        firedAtBucket: this.#firedAtBucket,
      },
      promotion: {
        logE: comparison.promotionLogE,
        logThreshold: promotionThreshold,
        margin: policy.promoteMargin,
        passed: comparison.promotionLogE >= promotionThreshold,
      },
      policy,
      trajectory: this.#trajectory.points(comparison.candidate.n > 0 ? this.#point() : null),
    };
  }

  #point(): TrajectoryPoint {
    return {
      bucket: this.#newestBucket,
      baselineN: this.#comparison.baseline.n,
      candidateN: this.#comparison.candidate.n,
      difference: this.#comparison.difference,
      ...this.#comparison.differenceInterval(),
      logE: this.#comparison.logE,
    };
  }
}
