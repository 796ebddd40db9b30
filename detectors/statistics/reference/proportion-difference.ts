import { requireBetween, requireCount } from '../counts.js';
import type { Interval } from '../proportion-confidence-sequence.js';
import { normalQuantile } from '../special/normal.js';
import { wilson } from './proportion-intervals.js';

/** Bisection steps of the score interval; each halves the error. */
const BISECTION_STEPS = 60;

/** Successes of both arms; every difference is candidate minus baseline. Fixed-sample methods: right for one look. */
export interface TwoProportions {
  readonly baseline: { readonly n: number; readonly successes: number };
  readonly candidate: { readonly n: number; readonly successes: number };
}

/** @throws RangeError naming a bad count, successes above n, or an empty arm. */
function ratesOf(arms: TwoProportions): { p0: number; p1: number; n0: number; n1: number } {
  for (const [name, { n, successes }] of Object.entries(arms)) {
    requireCount(`${name}.n`, n);
    requireCount(`${name}.successes`, successes);
    if (n === 0) throw new RangeError(`${name}.n must be at least 1`);
    if (successes > n) throw new RangeError(`${name}.successes must not exceed ${name}.n: ${successes} of ${n}`);
  }
  const { baseline, candidate } = arms;
  return {
    p0: baseline.successes / baseline.n,
    p1: candidate.successes / candidate.n,
    n0: baseline.n,
    n1: candidate.n,
  };
}

function criticalValue(alpha: number): number {
  requireBetween('alpha', alpha, 0, 1);
  return -normalQuantile(alpha / 2);
}

/** √(p0 q0 / n0 + p1 q1 / n1) */
function unpooledError(arms: TwoProportions): number {
  const { p0, p1, n0, n1 } = ratesOf(arms);
  return Math.sqrt((p0 * (1 - p0)) / n0 + (p1 * (1 - p1)) / n1);
}

/** Wald's interval: needs large counts of successes and failures in both arms. */
export function waldDifference(arms: TwoProportions, alpha: number): Interval {
  const { p0, p1 } = ratesOf(arms);
  const half = criticalValue(alpha) * unpooledError(arms);
  return { lower: p1 - p0 - half, upper: p1 - p0 + half };
}

/** Agresti & Caffo's interval: Wald's after adding one success and one failure to each arm. */
export function agrestiCaffoDifference(arms: TwoProportions, alpha: number): Interval {
  ratesOf(arms);
  const padded = ({ n, successes }: { n: number; successes: number }) => ({ n: n + 2, successes: successes + 1 });
  return waldDifference({ baseline: padded(arms.baseline), candidate: padded(arms.candidate) }, alpha);
}

/** Newcombe's interval (1998, method 10): from the Wilson intervals of both arms. */
export function newcombeDifference(arms: TwoProportions, alpha: number): Interval {
  const { p0, p1, n0, n1 } = ratesOf(arms);
  const baseline = wilson(arms.baseline.successes, n0, alpha);
  const candidate = wilson(arms.candidate.successes, n1, alpha);
  return {
    lower: p1 - p0 - Math.hypot(p1 - candidate.lower, baseline.upper - p0),
    upper: p1 - p0 + Math.hypot(candidate.upper - p1, p0 - baseline.lower),
  };
}

/** z of equal rates, with the pooled rate's standard error. */
export function pooledZ(arms: TwoProportions): number {
  const { p0, p1, n0, n1 } = ratesOf(arms);
  const pooled = (p0 * n0 + p1 * n1) / (n0 + n1);
  return (p1 - p0) / Math.sqrt(pooled * (1 - pooled) * (1 / n0 + 1 / n1));
}

/** z of "candidate - baseline = -margin", with unpooled standard error; margin 0 asks for equal rates. */
export function unpooledZ(arms: TwoProportions, margin = 0): number {
  const { p0, p1 } = ratesOf(arms);
  return (p1 - p0 + margin) / unpooledError(arms);
}

/** Cohen's h: the difference of the arcsine-transformed rates. */
export function cohensH(arms: TwoProportions): number {
  const { p0, p1 } = ratesOf(arms);
  return 2 * Math.asin(Math.sqrt(p1)) - 2 * Math.asin(Math.sqrt(p0));
}

/**
 * Score z of "candidate - baseline = difference": standard error from the most likely rates with that difference
 * (Miettinen & Nurminen, Statistics in Medicine 1985, with their factor N/(N-1); closed form by Farrington & Manning).
 */
export function scoreZ(arms: TwoProportions, difference: number): number {
  const { p0, p1, n0, n1 } = ratesOf(arms);
  const restricted = restrictedRate(arms, difference);
  const total = n0 + n1;
  const other = restricted + difference;
  const variance = (restricted * (1 - restricted)) / n0 + (other * (1 - other)) / n1;
  return (p1 - p0 - difference) / Math.sqrt((variance * total) / (total - 1));
}

/** The baseline rate that makes the data most likely when the candidate's is higher by `difference`. */
function restrictedRate(arms: TwoProportions, difference: number): number {
  const { baseline, candidate } = arms;
  const n = baseline.n + candidate.n;
  const successes = baseline.successes + candidate.successes;
  const c3 = n;
  const c2 = (candidate.n + 2 * baseline.n) * difference - n - successes;
  const c1 = (baseline.n * difference - n - 2 * baseline.successes) * difference + successes;
  const c0 = baseline.successes * difference * (1 - difference);
  return smallestRootBetween(c3, c2, c1, c0, Math.max(0, -difference), Math.min(1, 1 - difference));
}

/** The root of the score cubic in the admissible range (Farrington & Manning 1990), in trigonometric form. */
function smallestRootBetween(c3: number, c2: number, c1: number, c0: number, low: number, high: number): number {
  const third = c2 / (3 * c3);
  const v = third ** 3 - (c1 * c2) / (6 * c3 * c3) + c0 / (2 * c3);
  const u = (v < 0 ? -1 : 1) * Math.sqrt(Math.max(0, third * third - c1 / (3 * c3)));
  const angle = u === 0 ? 0 : (Math.PI + Math.acos(Math.min(1, Math.max(-1, v / u ** 3)))) / 3;
  return Math.min(high, Math.max(low, 2 * u * Math.cos(angle) - third));
}

/** Miettinen & Nurminen's interval: the differences that the score test does not reject. */
export function miettinenNurminenDifference(arms: TwoProportions, alpha: number): Interval {
  const { p0, p1 } = ratesOf(arms);
  const z = criticalValue(alpha);
  const end = (outside: number): number => {
    let kept = p1 - p0;
    let gone = outside;
    for (let step = 0; step < BISECTION_STEPS; step++) {
      const middle = (kept + gone) / 2;
      if (Math.abs(scoreZ(arms, middle)) >= z) gone = middle;
      else kept = middle;
    }
    return (kept + gone) / 2;
  };
  return { lower: end(-1), upper: end(1) };
}
