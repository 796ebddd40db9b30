import { mean, sampleVariance } from 'simple-statistics';
import { requireBetween, requireFiniteValues, requirePositive } from '../counts.js';
import { normalQuantile, normalSurvival } from '../special/normal.js';
import { studentQuantile, studentTwoSided } from '../special/student-t.js';

/** Units, mean and unbiased variance of one arm: all that these tests need, and additive from sums. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

/** A test of equal means. Valid for one look at a number of units fixed in advance. */
export interface MeanTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
}

/** An estimated difference with its two-sided interval and p-value. Valid for one look. */
export interface MeanDifference {
  readonly difference: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  readonly lower: number;
  readonly upper: number;
  readonly p: number;
}

/** @throws RangeError naming a value that is not finite, or a sample of fewer than two values. */
export function momentsOf(values: readonly number[]): Moments {
  requireFiniteValues('values', values, 2);
  const list = [...values];
  return { n: list.length, mean: mean(list), variance: sampleVariance(list) };
}

/** Moments from n, Σ x and Σ x². */
export function momentsOfSums(n: number, sum: number, sumOfSquares: number): Moments {
  return { n, mean: sum / n, variance: (sumOfSquares - (sum * sum) / n) / (n - 1) };
}

/** Moments of n units of which k are 1 and the others 0, with variance p (1 - p). */
export function momentsOfProportion(n: number, k: number): Moments {
  const rate = k / n;
  return { n, mean: rate, variance: rate * (1 - rate) };
}

/** Student's t test with pooled variance, mean of x minus mean of y. */
export function studentTest(x: Moments, y: Moments): MeanTest {
  const degreesOfFreedom = x.n + y.n - 2;
  const pooled = ((x.n - 1) * x.variance + (y.n - 1) * y.variance) / degreesOfFreedom;
  return testOf((x.mean - y.mean) / Math.sqrt(pooled * (1 / x.n + 1 / y.n)), degreesOfFreedom);
}

/** Welch's t test, variances unequal, with Satterthwaite's degrees of freedom. */
export function welchTest(x: Moments, y: Moments): MeanTest {
  const error = Math.sqrt(x.variance / x.n + y.variance / y.n);
  return testOf((x.mean - y.mean) / error, satterthwaite(x.variance / x.n, x.n, y.variance / y.n, y.n));
}

function testOf(statistic: number, degreesOfFreedom: number): MeanTest {
  return { statistic, degreesOfFreedom, p: studentTwoSided(statistic, degreesOfFreedom) };
}

function satterthwaite(u: number, n: number, v: number, m: number): number {
  return (u + v) ** 2 / ((u * u) / (n - 1) + (v * v) / (m - 1));
}

/** z test of equal means when the variances are known. */
export function meanZTest(x: Moments, y: Moments, alpha: number): MeanDifference {
  requireBetween('alpha', alpha, 0, 1);
  const difference = x.mean - y.mean;
  const standardError = Math.sqrt(x.variance / x.n + y.variance / y.n);
  const half = -normalQuantile(alpha / 2) * standardError;
  return {
    difference,
    standardError,
    degreesOfFreedom: Number.POSITIVE_INFINITY,
    lower: difference - half,
    upper: difference + half,
    p: Math.min(1, 2 * normalSurvival(Math.abs(difference / standardError))),
  };
}

/** Cohen's d with the root of the mean variance of both samples. */
export function cohensD(x: Moments, y: Moments): number {
  return (x.mean - y.mean) / Math.sqrt((x.variance + y.variance) / 2);
}

/** Difference of means, candidate minus baseline; or as a share of the baseline mean, by the delta method. */
export function meanDifference(baseline: Moments, candidate: Moments, alpha: number, relative = false): MeanDifference {
  requireBetween('alpha', alpha, 0, 1);
  const scale = relative ? baseline.mean : 1;
  if (relative) requirePositive('baseline.mean', Math.abs(baseline.mean));
  const difference = (candidate.mean - baseline.mean) / scale;
  const ofCandidate = candidate.variance / candidate.n / scale ** 2;
  const weight = relative ? (candidate.mean / baseline.mean) ** 2 : 1;
  const ofBaseline = (weight * baseline.variance) / baseline.n / scale ** 2;
  const standardError = Math.sqrt(ofBaseline + ofCandidate);
  const degreesOfFreedom = satterthwaite(
    baseline.variance / baseline.n,
    baseline.n,
    candidate.variance / candidate.n,
    candidate.n,
  );
  const half = studentQuantile(1 - alpha / 2, degreesOfFreedom) * standardError;
  return {
    difference,
    standardError,
    degreesOfFreedom,
    lower: difference - half,
    upper: difference + half,
    p: studentTwoSided(difference / standardError, degreesOfFreedom),
  };
}
