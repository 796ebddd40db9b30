import type { Block } from './cell.js';

/**
 * How a generation is counted, as ClickHouse expressions over a row of `generations` (with `outcomes` joined as
 * `task_score Nullable(Float64)` and `downstream_failed UInt8`). They are part of the source, never built from input.
 */
export interface Metric {
  /** `compliance`, `errors`, … unique over all detectors; the `metric` of its cells. */
  readonly name: string;
  /** What one failure is, in words: `output that does not parse or violates its JSON Schema`. */
  readonly failure: string;
  /** Is the row in the denominator? */
  readonly countedSql: string;
  /** Did it fail? */
  readonly failedSql: string;
  /** Score in [0, 1], for graded results; 1 or 0 when absent. */
  readonly scoreSql?: string;
  /**
   * For a metric that is measured and not counted: the value, at least 0, or NULL where there is none. Its cells hold a
   * histogram; {@link failedSql} then only says which generations to show.
   */
  readonly measureSql?: string;
  /** `s`, `tokens`, `USD`: what is measured. */
  readonly unit?: string;
  /** Whether outcomes change it: then it is counted anew for a long time after the call. */
  readonly readsOutcomes?: boolean;
}

/**
 * What harm on a metric does: `rollback` latches the rollout's verdict; `hold` keeps it from being promoted and opens an
 * incident of its own; `notify` opens that incident only.
 */
export const ON_HARM = ['rollback', 'hold', 'notify'] as const;
export type OnHarm = (typeof ON_HARM)[number];

/** Thresholds for one metric of a target; defaults come with the detector. */
export interface MetricPolicy {
  /** Share of the false-alarm budget α_R; the weights of a rollout's guardrails sum to at most 1. */
  readonly weight: number;
  /** Harm below this rise of the failure rate never acts, whatever the evidence (a proportion: .005 is half a point). */
  readonly harmFloor: number;
  /** The candidate may be at most this much worse to be promoted (a proportion). */
  readonly promoteMargin: number;
  /** Failing candidate units before a rollback may be decided. */
  readonly minimumFailures: number;
  readonly onHarm: OnHarm;
}

/** Evidence of harm in one direction, natural logarithms. */
export interface HarmEvidence {
  /** ln E now, and its largest value so far: the evidence that is compared with the threshold. */
  readonly logE: number;
  readonly maxLogE: number;
  /** ln(1 / (α_R · weight)); ln(2 / (α_R · weight)) where there are two directions. */
  readonly logThreshold: number;
  /** First bucket at which evidence, floor and minimum were all met; `null` if never. */
  readonly firedAtBucket: number | null;
}

/** A measured metric at one quantile, in its unit, within a tenth. */
export interface MeasuredQuantile {
  /** 0 to 1. */
  readonly quantile: number;
  readonly baseline: number;
  readonly candidate: number;
}

/** A proportion with its anytime-valid interval. */
export interface Estimate {
  readonly n: number;
  readonly failures: number;
  readonly rate: number;
  readonly lower: number;
  readonly upper: number;
}

/** One point of the page's confidence sequence: everything as it stood when the bucket was closed. */
export interface TrajectoryPoint {
  readonly bucket: number;
  readonly baselineN: number;
  readonly candidateN: number;
  readonly difference: number;
  readonly lower: number;
  readonly upper: number;
  /** Natural logarithm of the harm e-value. */
  readonly logE: number;
}

/** What one metric of a rollout says: the numbers behind every sentence, page and message. */
export interface MetricEvaluation {
  readonly detector: string;
  readonly metric: string;
  readonly question: string;
  readonly failure: string;
  readonly method: string;
  readonly baseline: Estimate;
  readonly candidate: Estimate;
  /** Candidate minus baseline failure rate within strata (Mantel-Haenszel), with its confidence sequence at now. */
  readonly difference: {
    readonly estimate: number;
    readonly lower: number;
    readonly upper: number;
    readonly level: number;
  };
  /** `upper` is `null` while the data exclude no odds ratio, however large. */
  readonly oddsRatio: { readonly lower: number; readonly upper: number | null };
  readonly harm: HarmEvidence;
  /** Of a metric that must not fall either; `null` where a fall is good news. */
  readonly fall: (HarmEvidence & { /** What a fall means, in words. */ readonly meaning: string }) | null;
  /** Of a metric that is measured: its unit, and both arms since the candidate appeared. */
  readonly measured: { readonly unit: string; readonly quantiles: readonly MeasuredQuantile[] } | null;
  readonly promotion: {
    readonly logE: number;
    /** ln(1 / α_P). */
    readonly logThreshold: number;
    readonly margin: number;
    readonly passed: boolean;
  };
  readonly policy: MetricPolicy;
  readonly trajectory: readonly TrajectoryPoint[];
}

/** The direction of harm that has fired; the rise while none has. `null` in a place of {@link HarmEvidence.firedAtBucket} is not yet. */
export function leadingHarm({ harm, fall }: Pick<MetricEvaluation, 'harm' | 'fall'>): HarmEvidence {
  // Evaluations on record from before there were falls have none.
  const hasFallen = (fall ?? null) !== null && fall?.firedAtBucket !== null;
  return fall && hasFallen && harm.firedAtBucket === null ? fall : harm;
}

/** Error budgets of a rollout's decisions. */
export interface DecisionBudget {
  /** α_R: probability that a rollout no worse than its baseline is ever rolled back, over all metrics and all looks. */
  readonly alphaRollback: number;
  /** α_P: probability that a candidate worse by a margin is ever promoted. */
  readonly alphaPromote: number;
}

/** What is known of a metric before its first bucket. */
export interface FoldQuestion {
  /** One of the detector's metrics. */
  readonly metric: Metric;
  readonly policy: MetricPolicy;
  readonly budget: DecisionBudget;
  /** First bucket of the rollout; earlier ones hold the baseline alone. */
  readonly startBucket: number;
}

/**
 * One metric of one rollout while its buckets come in. Holds what is needed to go on, not the past: adding a bucket costs
 * the bucket, and a copy that was kept is where a recomputation resumes after late rows.
 */
export interface MetricFold {
  /**
   * Adds a bucket. The same buckets in the same order give the same numbers, bit for bit.
   * @param bucket later than all before
   * @param blocks of this bucket, one a stratum, in the order of the strata's names
   */
  add(bucket: number, blocks: readonly Block[]): void;
  /** A copy that goes its own way. */
  clone(): MetricFold;
  /** The metric as it stands now. */
  evaluation(): MetricEvaluation;
}

/** Judges one aspect of a rollout. Pure: the host gives it blocks and takes its answer. */
export interface Detector {
  readonly name: string;
  /** The question it answers, as a person would ask it. */
  readonly question: string;
  readonly metrics: readonly Metric[];
  readonly defaults: Readonly<Record<string, MetricPolicy>>;
  start(question: FoldQuestion): MetricFold;
}
