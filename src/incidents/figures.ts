import {
  type Estimate,
  formatCount,
  formatEvidence,
  formatPoints,
  formatRate,
  leadingHarm,
  type MetricEvaluation,
} from '../model/index.js';

/** `4.9 % of 1,270 (3.6 % to 6.4 %)` */
export function formatEstimate(estimate: Estimate): string {
  if (estimate.n === 0) return 'no data';
  const interval = `${formatRate(estimate.lower)} to ${formatRate(estimate.upper)}`;
  return `${formatRate(estimate.rate)} of ${formatCount(estimate.n)} (${interval})`;
}

/** `+4.6 points (95 % interval +2.1 to +7.4)` */
export function formatDifference({ estimate, lower, upper, level }: MetricEvaluation['difference']): string {
  const interval = `${formatCount(level * 100)} % interval ${formatPoints(lower)} to ${formatPoints(upper)}`;
  return `${formatPoints(estimate)} points (${interval})`;
}

/** One sentence with every number behind a metric's verdict. */
export function metricSentence(evaluation: MetricEvaluation): string {
  const { failure, baseline, candidate, fall } = evaluation;
  const evidence = leadingHarm(evaluation);
  const meaning = fall && evidence === fall ? ` ${fall.meaning}` : '';
  return (
    `${sentenceStart(failure)}: ${formatEstimate(candidate)} with the candidate against ${formatEstimate(baseline)} with ` +
    `the baseline, ${formatDifference(evaluation.difference)}; evidence ${formatEvidence(evidence.maxLogE)} against a ` +
    `threshold of ${formatEvidence(evidence.logThreshold)}.${meaning}`
  );
}

function sentenceStart(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
