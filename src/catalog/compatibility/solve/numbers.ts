import type { Literal } from '../formula.js';
import { MAX_ENUMERATED } from '../limits.js';
import { type Answer, NONE, unknown, witness } from './answer.js';
import { holding, reasonOf, violated } from './branch.js';
import { type Fraction, fractionOf, leastCommonMultiple, sizeOf } from './fraction.js';
import type { Solver } from './solver.js';

/** The numbers between two limits. */
interface Interval {
  readonly low: number;
  readonly high: number;
  /** Whether the limits themselves are outside. */
  readonly openLow: boolean;
  readonly openHigh: boolean;
}

/** Multiples around a place that are tried beyond those that are excluded. */
const MULTIPLES_TRIED = 24;

/** Is there a number? Intervals, and within them the multiples of the least common multiple of all divisors. */
export function solveNumber(literals: readonly Literal[], solver: Solver): Answer {
  const interval = intervalOf(literals);
  if (interval.low > interval.high) return NONE;
  if (interval.low === interval.high) return solver.amongValues([interval.low], literals);
  const divisors = holding(literals, 'multipleOf').map(({ divisor }) => divisor);
  if (holding(literals, 'integer').length > 0) divisors.push(1);
  if (divisors.length === 0) return found(placesIn(interval), literals, solver);
  const step = leastCommonMultiple(divisors.map(fractionOf));
  if (step === null || isRefused(step, literals)) return step === null ? unknown(reasonOf(literals)) : NONE;
  const all = multiplesBetween(interval, step);
  if (all !== null && divisors.every(Number.isInteger)) return solver.amongValues(all, literals);
  return found(all ?? multiplesNear(interval, step, literals.length), literals, solver);
}

function found(candidates: readonly number[], literals: readonly Literal[], solver: Solver): Answer {
  const value = candidates.find((candidate) => solver.satisfies(candidate, literals) !== false);
  return value === undefined ? unknown(reasonOf(literals)) : witness(value);
}

function intervalOf(literals: readonly Literal[]): Interval {
  const lows = [
    ...holding(literals, 'minimum').map(({ limit, exclusive }) => ({ limit, open: exclusive })),
    ...violated(literals, 'maximum').map(({ limit, exclusive }) => ({ limit, open: !exclusive })),
  ];
  const highs = [
    ...holding(literals, 'maximum').map(({ limit, exclusive }) => ({ limit, open: exclusive })),
    ...violated(literals, 'minimum').map(({ limit, exclusive }) => ({ limit, open: !exclusive })),
  ];
  const low = Math.max(Number.NEGATIVE_INFINITY, ...lows.map(({ limit }) => limit));
  const high = Math.min(Number.POSITIVE_INFINITY, ...highs.map(({ limit }) => limit));
  return {
    low,
    high,
    openLow: lows.some((one) => one.limit === low && one.open),
    openHigh: highs.some((one) => one.limit === high && one.open),
  };
}

/**
 * Every multiple of the step is one of a divisor that must not divide. Only for whole numbers: with others, floating
 * point decides, and that is not provable here.
 */
function isRefused(step: Fraction, literals: readonly Literal[]): boolean {
  const refused = violated(literals, 'multipleOf').map(({ divisor }) => divisor);
  if (violated(literals, 'integer').length > 0) refused.push(1);
  const size = sizeOf(step);
  return refused.some((divisor) => {
    const ratio = size / divisor;
    return (
      Number.isInteger(ratio) && ((Number.isSafeInteger(size) && Number.isInteger(divisor)) || isPowerOfTwo(ratio))
    );
  });
}

function isPowerOfTwo(ratio: number): boolean {
  return Number.isInteger(Math.log2(ratio));
}

/** All multiples between the limits, or `null` when they are too many. */
function multiplesBetween({ low, high }: Interval, step: Fraction): number[] | null {
  const size = sizeOf(step);
  if (!((high - low) / size <= MAX_ENUMERATED)) return null;
  const first = Math.ceil(low / size) - 1;
  const count = Math.floor(high / size) + 1 - first;
  return Array.from({ length: count + 1 }, (_, index) => multiple(first + index, step));
}

function multiplesNear({ low, high }: Interval, step: Fraction, more: number): number[] {
  const size = sizeOf(step);
  const span = MULTIPLES_TRIED + more;
  const anchors = [0, Math.ceil(low / size), Math.floor(high / size) - span].filter(Number.isSafeInteger);
  return anchors.flatMap((anchor) => Array.from({ length: span + 1 }, (_, index) => multiple(anchor + index, step)));
}

function multiple(factor: number, step: Fraction): number {
  const value = sizeOf({ numerator: step.numerator * BigInt(factor), denominator: step.denominator });
  return value === 0 ? 0 : value;
}

/** Numbers of an interval, simple ones first. */
function placesIn({ low, high }: Interval): number[] {
  const simple = [0, 1, 2, 0.5, 1.5, -1, -0.5, -1.5, 10, 100.5, 1e6 + 0.5];
  const steps = [0, 1, 0.5, 0.25, 1e-3, 3.7, 10, 1000.5];
  const near = steps.flatMap((step) => [low + step, high - step]);
  const between = [1 / 2, 1 / 3, 1 / 7, 0.9].map((share) => low + (high - low) * share);
  return [...simple, ...near, ...between].filter(Number.isFinite).map((place) => (place === 0 ? 0 : place));
}
