import { type TwoProportions, waldDifference } from '../../../detectors/statistics/reference/proportion-difference.js';
import { normalQuantile } from '../../../detectors/statistics/special/normal.js';

/**
 * The score statistic as the oracle of the vectors (statsmodels up to 0.14) computes it. It is not the one of
 * Miettinen & Nurminen: one coefficient of their cubic holds the baseline's successes where their paper has its units,
 * so that the rates under the null are not the most likely ones. Leeway's own `scoreZ` follows the paper; this
 * reproduction exists only so that the published values can be checked, and decides nothing.
 */
export function statsmodelsScoreZ({ baseline, candidate }: TwoProportions, difference: number): number {
  const n = baseline.n + candidate.n;
  const successes = baseline.successes + candidate.successes;
  const c2 = (candidate.n + 2 * baseline.n) * difference - n - successes;
  const c1 = (baseline.successes * difference - n - 2 * baseline.successes) * difference + successes;
  const c0 = baseline.successes * difference * (1 - difference);
  const third = c2 / (3 * n);
  const q = third ** 3 - (c1 * c2) / (6 * n * n) + c0 / (2 * n);
  const p = Math.sign(q) * Math.sqrt(third * third - c1 / (3 * n));
  const rate = 2 * p * Math.cos((Math.PI + Math.acos(q / p ** 3)) / 3) - third;
  const other = rate + difference;
  const variance = (other * (1 - other)) / candidate.n + (rate * (1 - rate)) / baseline.n;
  const observed = candidate.successes / candidate.n - baseline.successes / baseline.n;
  return (observed - difference) / Math.sqrt((variance * n) / (n - 1));
}

/**
 * The interval by inversion of {@link statsmodelsScoreZ}. The oracle looks for each end only a little beyond Wald's
 * interval and answers 0 when it is not there or the statistic is not defined.
 */
export function statsmodelsScoreInterval(arms: TwoProportions, alpha: number): [number, number] {
  const { lower, upper } = waldDifference(arms, alpha);
  return [
    crossing(arms, alpha, lower - Math.abs(lower) / 4),
    crossing(arms, alpha, Math.min(upper + Math.abs(upper) / 2, 0.99999)),
  ];
}

function crossing(arms: TwoProportions, alpha: number, outside: number): number {
  const critical = -normalQuantile(alpha / 2);
  const rejected = (difference: number): boolean => Math.abs(statsmodelsScoreZ(arms, difference)) >= critical;
  if (!rejected(outside)) return 0;
  let kept = arms.candidate.successes / arms.candidate.n - arms.baseline.successes / arms.baseline.n;
  let gone = outside;
  for (let step = 0; step < 60; step++) {
    const middle = (kept + gone) / 2;
    if (rejected(middle)) gone = middle;
    else kept = middle;
  }
  return kept;
}
