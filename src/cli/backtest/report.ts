import { median, quantile } from 'simple-statistics';
import type { Estimate, Verdict } from '../../model/index.js';
import { formatCount, formatEvidence, formatPoints, formatRate } from '../../model/index.js';
import type { CollectedArms } from './arms.js';
import type { BacktestOptions } from './options.js';
import type { Replayed, ReplayedMetric } from './replay.js';

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

interface MetricReport {
  readonly metric: string;
  readonly failure: string;
  readonly baseline: ArmReport;
  readonly candidate: ArmReport;
  /** Failure rate of the candidate minus the baseline's, with its anytime-valid interval. */
  readonly difference: {
    readonly estimate: number;
    readonly lower: number;
    readonly upper: number;
    readonly level: number;
  };
  /** Largest harm e-value reached, and what a rollback needs. */
  readonly eValue: number;
  readonly logE: number;
  readonly eThreshold: number;
  /** Promotion: e-value against "worse by the margin or more", and what it needs. */
  readonly promotion: {
    readonly margin: number;
    readonly eValue: number;
    readonly eThreshold: number;
    readonly passed: boolean;
  };
  /** Candidate row (1-based, counting its own rows) with which a rollback would have been decided. */
  readonly firedAtCandidateRow: number | null;
}

interface LatencyReport {
  readonly n: number;
  readonly median: number | null;
  readonly p95: number | null;
}

/** The one object that `--json` prints. */
export interface BacktestReport {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly blame: readonly string[];
  readonly baseline: { readonly version: string; readonly rows: number };
  readonly candidate: { readonly version: string; readonly rows: number };
  readonly firedAtCandidateRow: number | null;
  readonly metrics: readonly MetricReport[];
  readonly latency: { readonly baseline: LatencyReport; readonly candidate: LatencyReport } | null;
}

export function reportOf(options: BacktestOptions, arms: CollectedArms, replayed: Replayed): BacktestReport {
  const metrics = replayed.metrics.map(metricReport);
  const fired = metrics.map(({ firedAtCandidateRow }) => firedAtCandidateRow).filter((row) => row !== null);
  const [first, second] = options.files;
  return {
    verdict: replayed.gate.verdict,
    reasons: replayed.gate.reasons,
    blame: replayed.gate.blame,
    baseline: { version: options.baseline ?? first, rows: arms.baselineRows },
    candidate: { version: options.candidate ?? second ?? first, rows: arms.candidateRows },
    firedAtCandidateRow: fired.length === 0 ? null : Math.min(...fired),
    metrics,
    latency:
      options.latencyColumn === null
        ? null
        : { baseline: latencyReport(arms.latency.baseline), candidate: latencyReport(arms.latency.candidate) },
  };
}

function metricReport({ evaluation, baselineMean, candidateMean }: ReplayedMetric): MetricReport {
  const { metric, failure, baseline, candidate, difference, harm, promotion } = evaluation;
  return {
    metric,
    failure,
    baseline: armReport(baseline, baselineMean),
    candidate: armReport(candidate, candidateMean),
    difference,
    eValue: eValue(harm.maxLogE),
    logE: harm.maxLogE,
    eThreshold: threshold(harm.logThreshold),
    promotion: {
      margin: promotion.margin,
      eValue: eValue(promotion.logE),
      eThreshold: threshold(promotion.logThreshold),
      passed: promotion.passed,
    },
    firedAtCandidateRow: harm.firedAtBucket,
  };
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

/** The report for people: a table of metrics, latencies, and the verdict with its reasons. */
export function reportLines(report: BacktestReport): string[] {
  const { baseline, candidate, metrics, latency } = report;
  return [
    `baseline  ${baseline.version}: ${formatCount(baseline.rows)} rows`,
    `candidate ${candidate.version}: ${formatCount(candidate.rows)} rows`,
    '',
    ...metrics.flatMap(metricLines),
    ...(latency === null
      ? []
      : [latencyLine('baseline', latency.baseline), latencyLine('candidate', latency.candidate), '']),
    `verdict: ${report.verdict.replace('_', ' ')}`,
    ...report.reasons.map((reason) => `  ${reason}`),
  ];
}

function metricLines(metric: MetricReport): string[] {
  const { difference, promotion } = metric;
  const fired = metric.firedAtCandidateRow;
  return [
    `${metric.metric} (failure: ${metric.failure})`,
    armLine('baseline', metric.baseline),
    armLine('candidate', metric.candidate),
    `  difference ${formatPoints(difference.estimate)} points, ` +
      `${difference.level * 100} % interval at any look [${formatPoints(difference.lower)}, ${formatPoints(difference.upper)}]`,
    `  evidence of harm e = ${formatEvidence(metric.logE)}, a rollback needs ${formatCount(metric.eThreshold)}; ` +
      `of at most ${formatRate(promotion.margin)} harm e = ${formatEvidence(Math.log(promotion.eValue))}, a promotion needs ${formatCount(promotion.eThreshold)}`,
    fired === null ? '  would not have fired' : `  would have fired at candidate row ${formatCount(fired)}`,
    '',
  ];
}

function armLine(name: string, arm: ArmReport): string {
  const [lower, upper] = arm.failureRateInterval;
  return (
    `  ${name.padEnd(9)} success ${formatRate(arm.rate)}, fails ${formatRate(arm.failureRate)} ` +
    `(${formatCount(arm.failures)} of ${formatCount(arm.n)}) [${formatRate(lower)}, ${formatRate(upper)}]`
  );
}

function latencyLine(name: string, { n, median: middle, p95 }: LatencyReport): string {
  if (middle === null || p95 === null) return `latency   ${name.padEnd(9)} no values`;
  const digits = { maximumSignificantDigits: 4 };
  return (
    `latency   ${name.padEnd(9)} median ${middle.toLocaleString('en-US', digits)}, ` +
    `95th percentile ${p95.toLocaleString('en-US', digits)} (${formatCount(n)} values)`
  );
}
