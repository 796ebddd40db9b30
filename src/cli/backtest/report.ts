import { median, quantile } from 'simple-statistics';
import type { FeatureMove } from '../../../detectors/index.js';
import type { Estimate, MetricEvaluation, Verdict } from '../../model/index.js';
import type { CollectedArms } from './arms.js';
import type { BehaviourReplay } from './behaviour.js';
import type { SampledOutput } from './behaviour-sample.js';
import type { ReplayedChange } from './changes.js';
import type { BacktestOptions } from './options.js';
import type { OutcomeMeaning } from './outcome-meaning.js';
import type { ReplayedMetric } from './replay.js';
import { decideVerdict, type Replayed } from './verdict.js';

/** Largest number JSON can carry; beyond it an e-value is told by its logarithm. */
const LARGEST_E = Number.MAX_VALUE;

/** One arm of one metric. `rate` is the mean of the column as given (success); failures are scores below 0.5. */
interface ArmReport {
  readonly n: number;
  readonly rate: number;
  readonly failures: number;
  readonly failureRate: number;
  /** Anytime-valid 95 % interval of the failure rate. */
  readonly failureRateInterval: readonly [number, number];
}

/** A difference of rates, candidate minus baseline, with its anytime-valid interval. */
type Difference = MetricEvaluation['difference'];

/** Every metric says how strong its evidence is, what is needed, and where it fired. */
interface EvidenceReport {
  /** Largest e-value reached, and the 1/(α w) a finding needs; halved between directions where either is a finding. */
  readonly eValue: number;
  readonly logE: number;
  readonly eThreshold: number;
  /** Candidate row (1-based, counting its own rows) with which it would have been found. */
  readonly firedAtCandidateRow: number | null;
}

/** A failure rate that must not rise: evidence of it rolls back. */
export interface HarmReport extends EvidenceReport {
  readonly kind: 'harm';
  readonly metric: string;
  readonly failure: string;
  readonly baseline: ArmReport;
  readonly candidate: ArmReport;
  /** Of the failure rates. */
  readonly difference: Difference;
  /** Promotion: e-value against "worse by the margin or more", and what it needs. */
  readonly promotion: {
    readonly margin: number;
    readonly eValue: number;
    readonly eThreshold: number;
    readonly passed: boolean;
  };
}

interface EventReport {
  readonly n: number;
  readonly events: number;
  readonly rate: number;
  /** Anytime-valid 95 % interval of the rate. */
  readonly rateInterval: readonly [number, number];
}

/** A rate whose move either way is a finding. */
export interface ChangeReport extends EvidenceReport {
  readonly kind: 'change';
  readonly metric: ReplayedChange['metric'];
  readonly counted: string;
  readonly event: string;
  readonly direction: ReplayedChange['direction'];
  readonly baseline: EventReport;
  readonly candidate: EventReport;
  readonly difference: Difference;
  /** Of the lengths themselves; `null` for other metrics. */
  readonly medians: ReplayedChange['medians'];
}

/** Whether outputs are written differently; how, is in the report's `behaviour`. */
export interface BehaviourMetricReport extends EvidenceReport {
  readonly kind: 'behaviour';
  readonly metric: 'behaviour';
  readonly baseline: { readonly n: number };
  readonly candidate: { readonly n: number };
}

export type MetricReport = HarmReport | ChangeReport | BehaviourMetricReport;

/** How one feature of the outputs moved. */
export interface FeatureReport {
  readonly name: string;
  readonly family: string;
  readonly label: string;
  readonly baselineMean: number;
  readonly candidateMean: number;
  /** P(a candidate's output has more of it than a baseline's) + half of P(as much), with its anytime-valid interval. */
  readonly superiority: number;
  readonly interval: FeatureMove['interval'];
}

interface ExampleReport {
  /** Row of its file, 1-based. */
  readonly row: number;
  /** The beginning, white space folded. */
  readonly text: string;
}

export interface BehaviourReport extends EvidenceReport {
  /** Those that moved most, first. */
  readonly features: readonly FeatureReport[];
  readonly examples: { readonly baseline: readonly ExampleReport[]; readonly candidate: readonly ExampleReport[] };
}

export interface LatencyReport {
  readonly n: number;
  readonly median: number | null;
  readonly p95: number | null;
}

/** The one object that `--json` prints. */
export interface BacktestReport {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  /** Metrics that made it a rollback, and metrics that moved either way. */
  readonly blame: readonly string[];
  readonly changed: readonly string[];
  /** What the column of outcomes was taken for; `null` without one. */
  readonly outcomeMeans: OutcomeMeaning | null;
  readonly baseline: { readonly version: string; readonly rows: number };
  readonly candidate: { readonly version: string; readonly rows: number };
  /** The first of any metric. */
  readonly firedAtCandidateRow: number | null;
  readonly metrics: readonly MetricReport[];
  /** `null` without a column of outputs. */
  readonly behaviour: BehaviourReport | null;
  readonly latency: { readonly baseline: LatencyReport; readonly candidate: LatencyReport } | null;
}

export function reportOf(options: BacktestOptions, arms: CollectedArms, replayed: Replayed): BacktestReport {
  const { harm, changes, behaviour } = replayed;
  const metrics: MetricReport[] = [...(harm?.metrics ?? []).map(harmReport), ...changes.map(changeReport)];
  if (behaviour !== null) metrics.push(behaviourMetricReport(behaviour));
  const fired = metrics.map(({ firedAtCandidateRow }) => firedAtCandidateRow).filter((row) => row !== null);
  const [first, second] = options.files;
  return {
    ...decideVerdict(replayed, options.failOnChange),
    outcomeMeans: options.outcomeColumn === null ? null : options.outcomeMeans,
    baseline: { version: options.baseline ?? first, rows: arms.baseline.rows },
    candidate: { version: options.candidate ?? second ?? first, rows: arms.candidate.rows },
    firedAtCandidateRow: fired.length === 0 ? null : Math.min(...fired),
    metrics,
    behaviour: behaviour === null ? null : behaviourReport(behaviour),
    latency:
      options.latencyColumn === null
        ? null
        : { baseline: latencyReport(arms.baseline.latencies), candidate: latencyReport(arms.candidate.latencies) },
  };
}

function harmReport({ evaluation, baselineMean, candidateMean }: ReplayedMetric): HarmReport {
  const { metric, failure, baseline, candidate, difference, harm, promotion } = evaluation;
  return {
    metric,
    kind: 'harm',
    failure,
    baseline: armReport(baseline, baselineMean),
    candidate: armReport(candidate, candidateMean),
    difference,
    ...evidence(harm.maxLogE, harm.logThreshold, harm.firedAtBucket),
    promotion: {
      margin: promotion.margin,
      eValue: eValue(promotion.logE),
      eThreshold: threshold(promotion.logThreshold),
      passed: promotion.passed,
    },
  };
}

function changeReport(replayed: ReplayedChange): ChangeReport {
  const { metric, counted, event, change, direction, evidence: found, medians } = replayed;
  return {
    metric,
    kind: 'change',
    counted,
    event,
    direction,
    baseline: eventReport(change.baseline),
    candidate: eventReport(change.candidate),
    difference: change.difference,
    ...evidence(found.maxLogE, change.logThreshold, found.firedAtBucket),
    medians,
  };
}

function behaviourMetricReport(replayed: BehaviourReplay): BehaviourMetricReport {
  const { baselineN, candidateN, maxLogE, logThreshold, firedAtCandidateRow } = replayed;
  return {
    metric: 'behaviour',
    kind: 'behaviour',
    baseline: { n: baselineN },
    candidate: { n: candidateN },
    ...evidence(maxLogE, logThreshold, firedAtCandidateRow),
  };
}

function behaviourReport(replayed: BehaviourReplay): BehaviourReport {
  const { maxLogE, logThreshold, firedAtCandidateRow, features, examples } = replayed;
  return {
    ...evidence(maxLogE, logThreshold, firedAtCandidateRow),
    features: features.map(featureReport),
    examples: { baseline: examples.baseline.map(exampleReport), candidate: examples.candidate.map(exampleReport) },
  };
}

function featureReport({ feature, superiority, interval, baselineMean, candidateMean }: FeatureMove): FeatureReport {
  const { name, family, label } = feature;
  return { name, family, label, baselineMean, candidateMean, superiority, interval };
}

function exampleReport({ row, excerpt }: SampledOutput): ExampleReport {
  return { row, text: excerpt };
}

function evidence(maxLogE: number, logThreshold: number, row: number | null): EvidenceReport {
  return { eValue: eValue(maxLogE), logE: maxLogE, eThreshold: threshold(logThreshold), firedAtCandidateRow: row };
}

function eventReport({ n, failures, rate, lower, upper }: Estimate): EventReport {
  return { n, events: failures, rate, rateInterval: [lower, upper] };
}

function armReport({ n, failures, rate, lower, upper }: Estimate, mean: number): ArmReport {
  return { n, rate: mean, failures, failureRate: rate, failureRateInterval: [lower, upper] };
}

function eValue(logE: number): number {
  return Math.min(LARGEST_E, Math.exp(logE));
}

/** 1/α as people know it, without the rounding of its logarithm. */
function threshold(logThreshold: number): number {
  return Number(Math.exp(logThreshold).toPrecision(12));
}

function latencyReport(values: readonly number[]): LatencyReport {
  if (values.length === 0) return { n: 0, median: null, p95: null };
  return { n: values.length, median: median([...values]), p95: quantile([...values], 0.95) };
}
