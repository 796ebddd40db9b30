import type {
  Block,
  Detector,
  FoldQuestion,
  Metric,
  MetricEvaluation,
  MetricFold,
  TrajectoryPoint,
} from '../src/model/index.js';
import { DirectionWatch, directionThreshold } from './change.js';
import { Comparison, estimateOf, SHOWN_LEVEL } from './comparison.js';
import { FALL_GRID } from './rate-change.js';
import {
  type ConditionalEProcess,
  conditionalLogE,
  startConditionalEProcess,
  updateConditionalEProcess,
} from './statistics/conditional-e-process.js';
import { Trajectory } from './trajectory.js';

const METHOD =
  'harm: conditional mixture e-process on failures within stratum and bucket; promotion: margin e-value on success rates';
const TWO_SIDED_METHOD = `${METHOD}; rise and fall apart, each with half of the metric's share of the budget`;

/** A fall matters from this part of the harm floor on: what went missing is a safeguard. */
const FALL_FLOOR_PART = 0.5;

/** Events that the candidate should have had at the baseline's rate before their absence is news. */
const MINIMUM_EXPECTED_EVENTS = 5;

/** What tells one failure-rate detector from another; the comparison is the same for all. */
export interface FailureDetectorDescription extends Omit<Detector, 'start'> {
  /** Metrics whose rate must not fall either, and what a fall means. */
  readonly falls?: Readonly<Record<string, string>>;
}

/** A detector that compares failure rates of the two arms within strata and buckets. */
export function failureDetector(description: FailureDetectorDescription): Detector {
  const { falls = {}, ...detector } = description;
  return { ...detector, start: (question) => new FailureFold(detector, question, falls[question.metric.name] ?? null) };
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

/** Evidence that the candidate has the event less often. */
interface Fall {
  readonly process: ConditionalEProcess;
  readonly watch: DirectionWatch;
}

class FailureFold implements MetricFold {
  readonly #detector: Pick<Detector, 'name' | 'question'>;
  readonly #question: FoldQuestion;
  readonly #fallMeaning: string | null;
  readonly #logThreshold: number;
  #comparison: Comparison;
  #rise: DirectionWatch;
  #fall: Fall;
  #trajectory = new Trajectory();
  #newestBucket = 0;

  constructor(detector: Pick<Detector, 'name' | 'question'>, question: FoldQuestion, fallMeaning: string | null) {
    this.#detector = detector;
    this.#question = question;
    this.#fallMeaning = fallMeaning;
    const alpha = question.budget.alphaRollback * question.policy.weight;
    this.#logThreshold = fallMeaning === null ? Math.log(1 / alpha) : directionThreshold(alpha);
    this.#comparison = new Comparison(question.policy);
    this.#rise = new DirectionWatch(this.#logThreshold);
    this.#fall = { process: startConditionalEProcess(FALL_GRID), watch: new DirectionWatch(this.#logThreshold) };
  }

  /** All strata of a bucket are looked at together: the largest evidence is taken over buckets, not over strata. */
  add(bucket: number, blocks: readonly Block[]): void {
    if (blocks.length === 0) return;
    for (const block of blocks) {
      const compared = this.#comparison.add(block);
      if (this.#fallMeaning !== null) this.#addFall(compared);
    }
    this.#newestBucket = bucket;
    const hadFired = this.#hasFired();
    this.#look(bucket);
    const fires = !hadFired && this.#hasFired();
    if (this.#comparison.candidate.n > 0) this.#trajectory.add(() => this.#point(), fires);
  }

  #addFall(blocks: readonly Block[]): void {
    for (const block of blocks)
      this.#fall = { ...this.#fall, process: updateConditionalEProcess(this.#fall.process, block) };
  }

  /** Evidence beyond its threshold, a difference beyond the floor, and not just one or two oddities. */
  #look(bucket: number): void {
    const { policy } = this.#question;
    const { baseline, candidate, difference, logE } = this.#comparison;
    this.#rise.look(bucket, logE, difference >= policy.harmFloor && candidate.failures >= policy.minimumFailures);
    if (this.#fallMeaning === null) return;
    const expected = baseline.n === 0 ? 0 : (candidate.n * baseline.failures) / baseline.n;
    const matters = -difference >= policy.harmFloor * FALL_FLOOR_PART && expected >= MINIMUM_EXPECTED_EVENTS;
    this.#fall.watch.look(bucket, conditionalLogE(this.#fall.process), matters);
  }

  #hasFired(): boolean {
    return this.#rise.evidence.firedAtBucket !== null || this.#fall.watch.evidence.firedAtBucket !== null;
  }

  clone(): FailureFold {
    const copy = new FailureFold(this.#detector, this.#question, this.#fallMeaning);
    copy.#comparison = this.#comparison.clone();
    copy.#rise = this.#rise.clone();
    copy.#fall = { ...this.#fall, watch: this.#fall.watch.clone() };
    copy.#trajectory = this.#trajectory.clone();
    copy.#newestBucket = this.#newestBucket;
    return copy;
  }

  evaluation(): MetricEvaluation {
    const comparison = this.#comparison;
    const { metric, policy, budget } = this.#question;
    const oddsRatio = comparison.oddsRatioInterval();
    const promotionThreshold = Math.log(1 / budget.alphaPromote);
    const logThreshold = this.#logThreshold;
    return {
      detector: this.#detector.name,
      metric: metric.name,
      question: this.#detector.question,
      failure: metric.failure,
      method: this.#fallMeaning === null ? METHOD : TWO_SIDED_METHOD,
      baseline: estimateOf(comparison.baseline),
      candidate: estimateOf(comparison.candidate),
      difference: { estimate: comparison.difference, ...comparison.differenceInterval(), level: SHOWN_LEVEL },
      oddsRatio: { lower: oddsRatio.lower, upper: Number.isFinite(oddsRatio.upper) ? oddsRatio.upper : null },
      harm: { logE: comparison.logE, logThreshold, ...this.#rise.evidence },
      fall:
        this.#fallMeaning === null
          ? null
          : {
              logE: conditionalLogE(this.#fall.process),
              logThreshold,
              ...this.#fall.watch.evidence,
              meaning: this.#fallMeaning,
            },
      measured: null,
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
