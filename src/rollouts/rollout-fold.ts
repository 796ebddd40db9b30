import { DETECTORS, TRAFFIC_METRIC } from '../../detectors/index.js';
import {
  bucketOf,
  type Cell,
  type Detector,
  errorMessage,
  type Metric,
  type MetricEvaluation,
  type MetricFold,
  type Rollout,
} from '../model/index.js';
import type { ArmOfVector } from './arms.js';
import { blocksOfBucket } from './blocks.js';
import { metricPolicy } from './policy.js';
import { TrafficFold } from './traffic-fold.js';

/** Runs a detector's work; the host measures it, a replay does not. */
export type Measure = <Result>(detector: string, work: () => Result) => Result;

export const unmeasured: Measure = (_, work) => work();

/** A detector that failed on a metric: its other metrics and the other detectors go on. */
export interface DetectorProblem {
  readonly detector: string;
  readonly metric: string;
  readonly problem: string;
}

/** The metrics of a rollout as they stand. */
export interface MetricStandings {
  readonly evaluations: readonly MetricEvaluation[];
  readonly problems: readonly DetectorProblem[];
}

interface RunningMetric {
  readonly detector: Detector;
  readonly metric: Metric;
  readonly fold: MetricFold;
}

/**
 * Metrics of one rollout, and its traffic, while buckets of cells come in. The same cells give the same standings, bit for
 * bit, whether they came bucket by bucket or all at once.
 */
export class RolloutFold {
  readonly #rollout: Rollout;
  readonly #measure: Measure;
  #running: readonly RunningMetric[] = [];
  #problems: readonly DetectorProblem[] = [];
  #traffic: TrafficFold;

  private constructor(rollout: Rollout, measure: Measure, traffic: TrafficFold) {
    this.#rollout = rollout;
    this.#measure = measure;
    this.#traffic = traffic;
  }

  /** Before the first bucket. @param metrics names of those that this fold is to hold */
  static start(
    rollout: Rollout,
    metrics: ReadonlySet<string>,
    measure: Measure = unmeasured,
    detectors: readonly Detector[] = DETECTORS,
  ): RolloutFold {
    const fold = new RolloutFold(rollout, measure, new TrafficFold(rollout));
    for (const detector of detectors) {
      for (const metric of detector.metrics) if (metrics.has(metric.name)) fold.#start(detector, metric);
    }
    return fold;
  }

  #start(detector: Detector, metric: Metric): void {
    const { policy: budget, startedAt } = this.#rollout;
    const started = this.#attempt(detector, metric, () =>
      detector.start({
        metric,
        policy: metricPolicy(budget, metric.name),
        budget,
        startBucket: bucketOf(startedAt / 1000),
      }),
    );
    if (started !== null) this.#running = [...this.#running, { detector, metric, fold: started }];
  }

  /**
   * @param bucket later than all before
   * @param cells of this bucket; those of other metrics are passed over
   */
  add(bucket: number, cells: readonly Cell[], arms: ReadonlyMap<string, ArmOfVector>): void {
    const blocks = blocksOfBucket(this.#rollout, arms, cells);
    for (const { detector, metric, fold } of this.#running) {
      const own = blocks.get(metric.name);
      if (own !== undefined) this.#attempt(detector, metric, () => fold.add(bucket, own));
    }
    const traffic = cells.filter((cell) => cell.metric === TRAFFIC_METRIC);
    this.#traffic.add(bucket, traffic, blocks.get(TRAFFIC_METRIC) ?? [], arms);
  }

  /** A copy that goes its own way. */
  clone(): RolloutFold {
    const copy = new RolloutFold(this.#rollout, this.#measure, this.#traffic.clone());
    copy.#running = this.#running.map((running) => ({ ...running, fold: running.fold.clone() }));
    copy.#problems = this.#problems;
    return copy;
  }

  get traffic(): TrafficFold {
    return this.#traffic;
  }

  standings(): MetricStandings {
    const evaluations = this.#running
      .map(({ detector, metric, fold }) => this.#attempt(detector, metric, () => fold.evaluation()))
      .filter((evaluation) => evaluation !== null);
    return { evaluations, problems: this.#problems };
  }

  /** A metric whose detector failed is out: what it would say afterwards rests on a part of the data. */
  #attempt<Result>(detector: Detector, metric: Metric, work: () => Result): Result | null {
    try {
      return this.#measure(detector.name, work);
    } catch (error) {
      const problem = { detector: detector.name, metric: metric.name, problem: errorMessage(error) };
      this.#problems = [...this.#problems, problem];
      this.#running = this.#running.filter((running) => running.metric !== metric);
      return null;
    }
  }
}
