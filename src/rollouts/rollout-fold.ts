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
import { blocksOfBucket, metricsInSessions } from './blocks.js';
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
  /** `null` before the metric's first units: most metrics of most targets never have any. */
  readonly fold: MetricFold | null;
  /** Whether sessions were its units in some bucket. */
  readonly inSessions: boolean;
}

const IN_SESSIONS = 'a session counts until its first failure, beside sessions that had as many calls before';

/**
 * Metrics of one rollout, and its traffic, while buckets of cells come in. The same cells give the same standings, bit for
 * bit, whether they came bucket by bucket or all at once.
 */
export class RolloutFold {
  readonly #rollout: Rollout;
  readonly #measure: Measure;
  #running: readonly RunningMetric[] = [];
  #problems: DetectorProblem[] = [];
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
      const own = detector.metrics.filter(({ name }) => metrics.has(name));
      fold.#running = [...fold.#running, ...own.map((metric) => ({ detector, metric, fold: null, inSessions: false }))];
    }
    return fold;
  }

  #start({ detector, metric }: RunningMetric): MetricFold {
    const { policy: budget, startedAt } = this.#rollout;
    return detector.start({
      metric,
      policy: metricPolicy(budget, metric.name),
      budget,
      startBucket: bucketOf(startedAt / 1000),
    });
  }

  /**
   * @param bucket later than all before
   * @param cells of this bucket; those of other metrics are passed over
   */
  add(bucket: number, cells: readonly Cell[], arms: ReadonlyMap<string, ArmOfVector>): void {
    const blocks = blocksOfBucket(this.#rollout, arms, cells);
    const inSessions = metricsInSessions(cells);
    this.#running = this.#running.flatMap((running) => {
      const own = blocks.get(running.metric.name);
      if (own === undefined) return running;
      const fold = this.#attempt(running, () => {
        const moved = running.fold ?? this.#start(running);
        moved.add(bucket, own);
        return moved;
      });
      if (fold === null) return [];
      return { ...running, fold, inSessions: running.inSessions || inSessions.has(running.metric.name) };
    });
    const traffic = cells.filter(({ metric, progress }) => metric === TRAFFIC_METRIC && progress === undefined);
    const calls = blocksOfBucket(this.#rollout, arms, traffic);
    this.#traffic.add(bucket, traffic, calls.get(TRAFFIC_METRIC) ?? [], arms);
  }

  /** A copy that goes its own way. */
  clone(): RolloutFold {
    const copy = new RolloutFold(this.#rollout, this.#measure, this.#traffic.clone());
    copy.#running = this.#running.map((running) => ({ ...running, fold: running.fold?.clone() ?? null }));
    copy.#problems = [...this.#problems];
    return copy;
  }

  get traffic(): TrafficFold {
    return this.#traffic;
  }

  standings(): MetricStandings {
    const problems = [...this.#problems];
    const evaluations = this.#running
      .map((running) => this.#attempt(running, () => this.#evaluation(running), problems))
      .filter((evaluation) => evaluation !== null);
    return { evaluations, problems };
  }

  #evaluation(running: RunningMetric): MetricEvaluation {
    const evaluation = (running.fold ?? this.#start(running)).evaluation();
    return running.inSessions ? { ...evaluation, method: `${evaluation.method}; ${IN_SESSIONS}` } : evaluation;
  }

  /** A metric whose detector failed is out: what it would say afterwards rests on a part of the data. */
  #attempt<Result>(
    { detector, metric }: RunningMetric,
    work: () => Result,
    problems: DetectorProblem[] = this.#problems,
  ): Result | null {
    try {
      return this.#measure(detector.name, work);
    } catch (error) {
      problems.push({ detector: detector.name, metric: metric.name, problem: errorMessage(error) });
      return null;
    }
  }
}
