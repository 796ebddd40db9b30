import { formatCount, formatEvidence, formatPoints, formatRate } from '../../model/index.js';
import type {
  BacktestReport,
  BehaviourReport,
  ChangeReport,
  HarmReport,
  LatencyReport,
  MetricReport,
} from './report.js';
import { textTable } from './text-table.js';
import { formatMean } from './verdict.js';

/** The report for people: what was compared, a table of metrics, what moved, latencies, the verdict with its reasons. */
export function reportLines(report: BacktestReport): string[] {
  const { baseline, candidate, metrics, behaviour, latency } = report;
  return [
    `baseline  ${baseline.version}: ${formatCount(baseline.rows)} rows`,
    `candidate ${candidate.version}: ${formatCount(candidate.rows)} rows`,
    '',
    ...textTable(METRIC_HEADINGS, metrics.map(metricCells)),
    '',
    ...metrics.flatMap(explanation),
    ...(report.outcomeMeans === 'safety'
      ? ['The outcome is read as safety; --outcome-means success reads it as success.']
      : []),
    '',
    ...(behaviour === null || behaviour.firedAtCandidateRow === null ? [] : behaviourLines(behaviour)),
    ...(latency === null
      ? []
      : [latencyLine('baseline', latency.baseline), latencyLine('candidate', latency.candidate), '']),
    `verdict: ${report.verdict.replace('_', ' ')}`,
    ...report.reasons.map((reason) => `  ${reason}`),
  ];
}

const METRIC_HEADINGS = [
  'metric',
  'n',
  'baseline',
  'candidate',
  'difference, interval at any look',
  'e',
  'needs',
  'fired at row',
];

function metricCells(metric: MetricReport): string[] {
  const { baseline, candidate, logE, eThreshold, firedAtCandidateRow } = metric;
  return [
    nameOf(metric),
    `${formatCount(baseline.n)} + ${formatCount(candidate.n)}`,
    ...effectCells(metric),
    formatEvidence(logE),
    formatCount(eThreshold),
    firedAtCandidateRow === null ? '–' : formatCount(firedAtCandidateRow),
  ];
}

function nameOf(metric: MetricReport): string {
  if (metric.kind === 'harm') return `${metric.metric}: fails`;
  return metric.kind === 'change' ? `${metric.metric}: ${metric.counted}` : metric.metric;
}

/** Rates on both sides, and their difference in points. */
function effectCells(metric: MetricReport): string[] {
  if (metric.kind === 'behaviour') return ['', '', 'see below'];
  const { estimate, lower, upper } = metric.difference;
  const rates =
    metric.kind === 'harm'
      ? [metric.baseline.failureRate, metric.candidate.failureRate]
      : [metric.baseline.rate, metric.candidate.rate];
  return [
    ...rates.map(formatRate),
    `${formatPoints(estimate)} points [${formatPoints(lower)}, ${formatPoints(upper)}]`,
  ];
}

/** What is counted, in words. */
function explanation(metric: MetricReport): string[] {
  if (metric.kind === 'harm') return [harmExplanation(metric)];
  if (metric.kind === 'change') return [changeExplanation(metric)];
  return [];
}

function harmExplanation({ metric, failure, promotion }: HarmReport): string {
  return (
    `${metric} fails: ${failure}; at most ${formatRate(promotion.margin)} worse: ` +
    `e = ${formatEvidence(Math.log(promotion.eValue))}, a promotion needs ${formatCount(promotion.eThreshold)}`
  );
}

function changeExplanation({ metric, event, medians }: ChangeReport): string {
  if (medians === null) return `${metric}: ${event}`;
  return `${metric}: ${event}; medians of all rows ${formatMean(medians.baseline)} and ${formatMean(medians.candidate)}`;
}

function behaviourLines({ features, examples }: BehaviourReport): string[] {
  const cells = features.map(({ label, baselineMean, candidateMean, superiority, interval }) => [
    label,
    formatMean(baselineMean),
    formatMean(candidateMean),
    `${superiority.toFixed(2)} [${interval.lower.toFixed(2)}, ${interval.upper.toFixed(2)}]`,
  ]);
  return [
    ...textTable(['moved most', 'mean baseline', 'mean candidate', 'P(candidate has more)'], cells),
    '',
    ...(['baseline', 'candidate'] as const).flatMap((arm) =>
      examples[arm].map(({ row, text }) => `${arm}, row ${formatCount(row)}: ${text}`),
    ),
    '',
  ];
}

function latencyLine(name: string, { n, median: middle, p95 }: LatencyReport): string {
  if (middle === null || p95 === null) return `latency   ${name.padEnd(9)} no values`;
  const digits = { maximumSignificantDigits: 4 };
  return (
    `latency   ${name.padEnd(9)} median ${middle.toLocaleString('en-US', digits)}, ` +
    `95th percentile ${p95.toLocaleString('en-US', digits)} (${formatCount(n)} values)`
  );
}
