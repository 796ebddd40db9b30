import type { Estimate, MetricEvaluation } from '../model/index.js';

/** Figures as people read them in sentences, messages and timelines. */

const COUNT = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const LARGE_E_VALUE = 1_000_000;

/** `12,345` */
export function count(n: number): string {
  return COUNT.format(n);
}

/** A proportion: `4.9 %`, with a second decimal below one per cent. */
export function percent(proportion: number): string {
  return Number.isFinite(proportion) ? `${digits(proportion * 100)} %` : 'no data';
}

/** A difference of proportions: `+4.6 points`. */
function points(difference: number): string {
  return Number.isFinite(difference) ? `${signed(difference)} points` : 'no data';
}

/** `4.9 % of 1,270 (3.6 % to 6.4 %)` */
export function rate(estimate: Estimate): string {
  if (estimate.n === 0) return 'no data';
  return `${percent(estimate.rate)} of ${count(estimate.n)} (${percent(estimate.lower)} to ${percent(estimate.upper)})`;
}

/** `+4.6 points (95 % interval +2.1 to +7.4)` */
export function difference({ estimate, lower, upper, level }: MetricEvaluation['difference']): string {
  return `${points(estimate)} (${COUNT.format(level * 100)} % interval ${signed(lower)} to ${signed(upper)})`;
}

/** An e-value from its natural logarithm: `251`, `12,400`, beyond a million `10^8.3`. */
export function eValue(logE: number): string {
  const value = Math.exp(logE);
  if (value >= LARGE_E_VALUE) return `10^${(logE / Math.LN10).toFixed(1)}`;
  return value >= 10 ? count(value) : value.toFixed(2);
}

/** One sentence with every number behind a metric's verdict. */
export function metricSentence(evaluation: MetricEvaluation): string {
  const { failure, baseline, candidate, harm } = evaluation;
  return (
    `${sentenceStart(failure)}: ${rate(candidate)} with the candidate against ${rate(baseline)} with the baseline, ` +
    `${difference(evaluation.difference)}; evidence ${eValue(harm.maxLogE)} against a threshold of ` +
    `${eValue(harm.logThreshold)}.`
  );
}

/** `a`, `a and b`, `a, b and c` */
export function wordList(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

function sentenceStart(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function signed(proportion: number): string {
  const text = digits(proportion * 100);
  return proportion >= 0 ? `+${text}` : text;
}

function digits(value: number): string {
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude > 0 && magnitude < 1 ? 2 : 1);
}
