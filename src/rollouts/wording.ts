import type { Estimate, MetricEvaluation } from '../model/index.js';

/** Above this an e-value is written as a power of ten. */
const LARGEST_PLAIN_E = 1e6;

/** `2,250` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** `5.2 %`; two decimals below one per cent, where one would hide the difference. */
export function formatRate(rate: number): string {
  const percent = rate * 100;
  return `${percent.toFixed(percent !== 0 && Math.abs(percent) < 1 ? 2 : 1)} %`;
}

/** A difference of rates in percentage points: `+5.0`, `-0.04`. */
export function formatPoints(difference: number): string {
  const points = difference * 100;
  const text = points.toFixed(points !== 0 && Math.abs(points) < 0.1 ? 2 : 1);
  return points > 0 ? `+${text}` : text.replace(/^-(0\.0+)$/, '$1');
}

/** An e-value from its natural logarithm: `0.42`, `37`, `1,240`, `10^8.3`. */
export function formatEvidence(logE: number): string {
  const e = Math.exp(logE);
  if (e >= LARGEST_PLAIN_E) return `10^${(logE / Math.LN10).toFixed(1)}`;
  if (e >= 10) return formatCount(e);
  return e < 0.01 ? 'under 0.01' : e.toFixed(e < 1 ? 2 : 1);
}

/** `candidate fails 5.2 % (13 of 250)` without its subject. */
function formatEstimate({ rate, failures, n }: Estimate): string {
  return `${formatRate(rate)} (${formatCount(failures)} of ${formatCount(n)})`;
}

/** The numbers of one metric: `compliance: candidate fails 5.2 % (13 of 250), baseline …; difference +5.0 points […]`. */
export function describeEffect(evaluation: MetricEvaluation): string {
  const { metric, baseline, candidate, difference } = evaluation;
  const interval = `[${formatPoints(difference.lower)}, ${formatPoints(difference.upper)}]`;
  return (
    `${metric}: candidate fails ${formatEstimate(candidate)}, baseline ${formatEstimate(baseline)}; ` +
    `difference ${formatPoints(difference.estimate)} points ${interval}`
  );
}

/** `3 minutes`, `45 seconds`: durations as people say them. */
export function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} seconds`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}
