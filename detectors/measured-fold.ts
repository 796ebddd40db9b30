import type {
  ArmCounts,
  Block,
  Detector,
  FoldQuestion,
  LogHistogram,
  MetricEvaluation,
  MetricFold,
  TrajectoryPoint,
} from '../src/model/index.js';
import { ArmShape } from './arm-shape.js';
import { DirectionWatch } from './change.js';
import { Comparison, estimateOf, SHOWN_LEVEL } from './comparison.js';
import { JoinForward } from './join-forward.js';
import {
  EXCEEDANCE_QUANTILES,
  type ExceedanceProcess,
  exceedanceLogE,
  type FrozenThresholds,
  freezeThresholds,
  startExceedance,
  updateExceedance,
} from './statistics/exceedance.js';
import { countAbove, mergeHistograms, sizeOf } from './statistics/log-histogram.js';
import { Trajectory } from './trajectory.js';

/** Baseline units that thresholds are frozen from, at least: those before the rollout, or else the first beside it. */
const MINIMUM_REFERENCE_UNITS = 200;

/** Of the frozen quantiles, the one whose exceedances are shown as rates: nine of ten lie below it. */
const SHOWN_QUANTILE = 0.9;

const SHOWN_QUANTILES: readonly number[] = [0.5, 0.9, 0.99];

const METHOD =
  'exceedances of the baseline’s quantiles (.5, .9, .95, .99), frozen before the rollout; harm: conditional mixture ' +
  'e-process within stratum and bucket on the candidate exceeding them by more than the tolerated part';

const EMPTY: LogHistogram = new Map();

/** What is compared once thresholds are frozen. */
interface Frozen {
  readonly thresholds: FrozenThresholds;
  /** Bucket of {@link SHOWN_QUANTILE}. */
  readonly shown: number;
  /** Bucket of the candidate's lowest threshold: exceedances of it are its failures for the minimum. */
  readonly lowest: number;
}

/**
 * One measured metric: is the candidate slower, longer, dearer by more than `harmFloor` (a part: .1 is a tenth)?
 *
 * Thresholds come from the baseline before the rollout; with too few units there, from the first buckets of the rollout until
 * there are enough. What they were frozen from is no evidence.
 */
export class MeasuredFold implements MetricFold {
  readonly #detector: Pick<Detector, 'name' | 'question'>;
  readonly #question: FoldQuestion;
  #reference: LogHistogram = EMPTY;
  #frozen: Frozen | null = null;
  #join = new JoinForward();
  #harm: ExceedanceProcess | null = null;
  #promotion: ExceedanceProcess | null = null;
  #watch: DirectionWatch;
  #comparison: Comparison;
  #shapes: { readonly baseline: ArmShape; readonly candidate: ArmShape } | null = null;
  #exceeding = 0;
  #trajectory = new Trajectory();
  #newestBucket = 0;

  constructor(detector: Pick<Detector, 'name' | 'question'>, question: FoldQuestion) {
    this.#detector = detector;
    this.#question = question;
    this.#watch = new DirectionWatch(this.#logThreshold);
    this.#comparison = new Comparison(question.policy);
  }

  get #logThreshold(): number {
    return Math.log(1 / (this.#question.budget.alphaRollback * this.#question.policy.weight));
  }

  add(bucket: number, blocks: readonly Block[]): void {
    if (blocks.length === 0) return;
    if (this.#frozen === null && bucket >= this.#question.startBucket) this.#freeze();
    if (this.#frozen === null) this.#learn(blocks);
    else this.#compare(bucket, blocks, this.#frozen);
  }

  #learn(blocks: readonly Block[]): void {
    for (const { baseline } of blocks) this.#reference = mergeHistograms(this.#reference, histogramOf(baseline));
  }

  #freeze(): void {
    if (sizeOf(this.#reference) < MINIMUM_REFERENCE_UNITS) return;
    const thresholds = freezeThresholds(this.#reference, this.#question.policy.harmFloor);
    const shown = thresholds?.buckets[EXCEEDANCE_QUANTILES.indexOf(SHOWN_QUANTILE)];
    const lowest = thresholds?.buckets[0];
    if (thresholds === null || shown === undefined || lowest === undefined) return;
    this.#frozen = { thresholds, shown, lowest: lowest + thresholds.shift };
    this.#harm = startExceedance(thresholds, 'harm');
    this.#promotion = startExceedance(thresholds, 'promotion');
    this.#shapes = { baseline: new ArmShape(lowest), candidate: new ArmShape(lowest) };
    this.#reference = EMPTY;
  }

  #compare(bucket: number, blocks: readonly Block[], frozen: Frozen): void {
    for (const block of blocks) {
      this.#comparison.add(countsAbove(block, frozen.shown));
      for (const joined of this.#join.add(block)) this.#addEvidence(joined);
      const candidate = histogramOf(block.candidate);
      this.#exceeding += countAbove(candidate, frozen.lowest);
      this.#shapes?.candidate.add(candidate);
      if (this.#comparison.candidate.n > 0) this.#shapes?.baseline.add(histogramOf(block.baseline));
    }
    this.#newestBucket = bucket;
    const hadFired = this.#watch.evidence.firedAtBucket !== null;
    this.#watch.look(bucket, this.#logE, this.#exceeding >= this.#question.policy.minimumFailures);
    const fires = !hadFired && this.#watch.evidence.firedAtBucket !== null;
    if (this.#comparison.candidate.n > 0) this.#trajectory.add(() => this.#point(), fires);
  }

  #addEvidence(block: Block): void {
    const measured = { baseline: histogramOf(block.baseline), candidate: histogramOf(block.candidate) };
    if (this.#harm !== null) this.#harm = updateExceedance(this.#harm, measured);
    if (this.#promotion !== null) this.#promotion = updateExceedance(this.#promotion, measured);
  }

  get #logE(): number {
    return this.#harm === null ? 0 : exceedanceLogE(this.#harm);
  }

  clone(): MeasuredFold {
    const copy = new MeasuredFold(this.#detector, this.#question);
    copy.#reference = this.#reference;
    copy.#frozen = this.#frozen;
    copy.#join = this.#join.clone();
    copy.#harm = this.#harm;
    copy.#promotion = this.#promotion;
    copy.#watch = this.#watch.clone();
    copy.#comparison = this.#comparison.clone();
    copy.#shapes =
      this.#shapes === null
        ? null
        : { baseline: this.#shapes.baseline.clone(), candidate: this.#shapes.candidate.clone() };
    copy.#exceeding = this.#exceeding;
    copy.#trajectory = this.#trajectory.clone();
    copy.#newestBucket = this.#newestBucket;
    return copy;
  }

  evaluation(): MetricEvaluation {
    const comparison = this.#comparison;
    const { metric, policy, budget } = this.#question;
    const oddsRatio = comparison.oddsRatioInterval();
    const promotionLogE = this.#promotion === null ? 0 : exceedanceLogE(this.#promotion);
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
      harm: { logE: this.#logE, logThreshold: this.#logThreshold, ...this.#watch.evidence },
      fall: null,
      measured: { unit: metric.unit ?? '', quantiles: this.#quantiles() },
      promotion: {
        logE: promotionLogE,
        logThreshold: promotionThreshold,
        margin: policy.promoteMargin,
        passed: promotionLogE >= promotionThreshold,
      },
      policy,
      trajectory: this.#trajectory.points(comparison.candidate.n > 0 ? this.#point() : null),
    };
  }

  #quantiles() {
    const shapes = this.#shapes;
    if (shapes === null || this.#comparison.candidate.n === 0) return [];
    return SHOWN_QUANTILES.map((quantile) => ({
      quantile,
      baseline: shapes.baseline.quantile(quantile),
      candidate: shapes.candidate.quantile(quantile),
    }));
  }

  #point(): TrajectoryPoint {
    return {
      bucket: this.#newestBucket,
      baselineN: this.#comparison.baseline.n,
      candidateN: this.#comparison.candidate.n,
      difference: this.#comparison.difference,
      ...this.#comparison.differenceInterval(),
      logE: this.#logE,
    };
  }
}

function histogramOf({ histogram }: ArmCounts): LogHistogram {
  return histogram ?? EMPTY;
}

/** The block as counts of units above a bucket. */
function countsAbove(block: Block, threshold: number): Block {
  const counts = (arm: ArmCounts): ArmCounts => {
    const n = sizeOf(histogramOf(arm));
    const failures = countAbove(histogramOf(arm), threshold);
    return { n, failures, scoreSum: n - failures };
  };
  return { ...block, baseline: counts(block.baseline), candidate: counts(block.candidate) };
}
