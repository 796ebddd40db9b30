import { requireCount } from '../counts.js';
import { logChoose } from '../log-combinatorics.js';

/** Tables as likely as the observed one up to rounding count as "at least as extreme" (R's convention). */
const TIE_TOLERANCE = 1e-7;

/** p-values of Fisher's exact test about the odds ratio (a d) / (b c). Valid for one look. */
export interface FisherExact {
  readonly twoSided: number;
  /** Against an odds ratio below 1. */
  readonly less: number;
  /** Against an odds ratio above 1. */
  readonly greater: number;
}

/**
 * Fisher's exact test of the table [[a, b], [c, d]]; the two-sided p sums all tables at most as likely as this one.
 * @throws RangeError naming a count that is not one.
 */
export function fisherExact(a: number, b: number, c: number, d: number): FisherExact {
  for (const [name, value] of Object.entries({ a, b, c, d })) requireCount(name, value);
  const firstRow = a + b;
  const secondRow = c + d;
  const firstColumn = a + c;
  const logTotal = logChoose(firstRow + secondRow, firstColumn);
  const probability = (x: number): number =>
    Math.exp(logChoose(firstRow, x) + logChoose(secondRow, firstColumn - x) - logTotal);
  const limit = probability(a) * (1 + TIE_TOLERANCE);
  let twoSided = 0;
  let less = 0;
  let greater = 0;
  for (let x = Math.max(0, firstColumn - secondRow); x <= Math.min(firstRow, firstColumn); x++) {
    const mass = probability(x);
    if (mass <= limit) twoSided += mass;
    if (x <= a) less += mass;
    if (x >= a) greater += mass;
  }
  return { twoSided: Math.min(1, twoSided), less: Math.min(1, less), greater: Math.min(1, greater) };
}
