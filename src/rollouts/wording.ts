import { type Estimate, formatCount, formatPoints, formatRate, type MetricEvaluation } from '../model/index.js';

/** The numbers of one metric: `compliance: candidate fails 5.2 % (13 of 250), baseline …; difference +5.0 points […]`. */
export function describeEffect(evaluation: MetricEvaluation): string {
  const { metric, baseline, candidate, difference } = evaluation;
  const interval = `[${formatPoints(difference.lower)}, ${formatPoints(difference.upper)}]`;
  return (
    `${metric}: candidate fails ${formatEstimate(candidate)}, baseline ${formatEstimate(baseline)}; ` +
    `difference ${formatPoints(difference.estimate)} points ${interval}`
  );
}

function formatEstimate({ rate, failures, n }: Estimate): string {
  return `${formatRate(rate)} (${formatCount(failures)} of ${formatCount(n)})`;
}
