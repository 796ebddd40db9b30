import {
  type Estimate,
  formatCount,
  formatPoints,
  formatRate,
  leadingHarm,
  type MetricEvaluation,
} from '../model/index.js';

/** The numbers of one metric: `compliance: candidate fails 5.2 % (13 of 250), baseline …; difference +5.0 points […]`. */
export function describeEffect(evaluation: MetricEvaluation): string {
  const { metric, baseline, candidate, difference } = evaluation;
  const interval = `[${formatPoints(difference.lower)}, ${formatPoints(difference.upper)}]`;
  const rates =
    `candidate ${verb(evaluation)} ${formatEstimate(candidate)}, baseline ${formatEstimate(baseline)}; ` +
    `difference ${formatPoints(difference.estimate)} points ${interval}`;
  const measured = describeMeasured(evaluation);
  return measured === '' ? `${metric}: ${rates}` : `${metric}: ${measured}; ${rates}`;
}

/** What a fall of a rate means, where it is one that has fired; else empty. */
export function fallMeaning(evaluation: MetricEvaluation): string {
  const { fall } = evaluation;
  return fall && leadingHarm(evaluation) === fall ? fall.meaning : '';
}

/** Rates of safety mechanisms and of slow calls are no failures. */
function verb({ fall, measured }: MetricEvaluation): string {
  if (measured) return 'above the baseline’s frozen 90th percentile';
  return fall ? 'has it in' : 'fails';
}

/** `half of the candidate’s within 2.1 s, nine of ten within 4 s; of the baseline’s within 1.4 s and 2.9 s` */
function describeMeasured({ measured }: MetricEvaluation): string {
  const at = (quantile: number) => measured?.quantiles.find((one) => one.quantile === quantile);
  const [half, most] = [at(0.5), at(0.9)];
  if (!measured || !half || !most) return '';
  const value = (size: number): string => `${Number(size.toPrecision(2))} ${measured.unit}`;
  return (
    `half of the candidate’s within ${value(half.candidate)} and nine of ten within ${value(most.candidate)}, ` +
    `of the baseline’s within ${value(half.baseline)} and ${value(most.baseline)}`
  );
}

function formatEstimate({ rate, failures, n }: Estimate): string {
  return `${formatRate(rate)} (${formatCount(failures)} of ${formatCount(n)})`;
}
