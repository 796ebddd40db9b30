import { marginsOf } from './conditional-e-process.js';
import { type ComparedCounts, requireBetween, requireComparedCounts } from './counts.js';
import { logMeanExp } from './log-sum-exp.js';
import { candidateFailureRange, logNormaliser } from './noncentral-hypergeometric.js';
import type { Interval } from './proportion-confidence-sequence.js';

/** Spacing of the lattice of log odds ratios. Every grid point is a multiple of it, so that all evaluations are shared. */
const LATTICE_STEP = 0.1;

/** Log odds ratios from -5 to 5 (1/148 to 148) are inverted, in steps. */
const LATTICE_HALF_STEPS = 50;

/** Grid of both one-sided kernels, in lattice steps; finer than the harm grid, so that the interval keeps shrinking. */
const GRID_STEPS: readonly number[] = [1, 2, 4, 7, 10, 15, 22];
const LARGEST_GRID_STEPS = 22;

/** Points on which A(t) is summed: the lattice and a grid's reach beyond both of its ends. */
const HALF_POINTS = LATTICE_HALF_STEPS + LARGEST_GRID_STEPS;

/** Blocks alike in size and failures are frequent: their evaluations are kept, up to this many kinds (1.2 kB each). */
const MAX_KNOWN_MARGINS = 4096;
const knownNormalisers = new Map<string, Float64Array>();

const NO_NORMALISERS = new Float64Array(2 * HALF_POINTS + 1);

/**
 * Interval for the odds ratio of failure, candidate to baseline, valid at all times at once.
 *
 * Inverts the conditional e-process: an odds ratio ψ0 stays in the interval while neither "OR <= ψ0" nor "OR >= ψ0" is
 * rejected at α/2. Both need only Σ f1 and Σ A(t) on a lattice of t, so one evaluation serves every ψ0, and sequences
 * over disjoint blocks add up. Holds the common odds ratio of all blocks; with odds ratios that differ, a value between
 * the smallest and the largest.
 */
export class OddsRatioSequence {
  #normalisers: Float64Array = NO_NORMALISERS;
  /** Another sequence reads the same array: it is copied before it is written. */
  #isShared = true;
  #candidateFailures = 0;

  /** A copy that goes its own way; it costs nothing until one of the two is added to. */
  clone(): OddsRatioSequence {
    const copy = new OddsRatioSequence();
    copy.#normalisers = this.#normalisers;
    copy.#candidateFailures = this.#candidateFailures;
    this.#isShared = true;
    return copy;
  }

  /** @throws RangeError naming the count that is not one. */
  add(block: ComparedCounts): void {
    requireComparedCounts(block);
    const values = normalisersOf(block);
    if (values === null) return;
    if (this.#isShared) this.#normalisers = this.#normalisers.slice();
    this.#isShared = false;
    for (let index = 0; index < values.length; index++) {
      this.#normalisers[index] = (this.#normalisers[index] ?? 0) + (values[index] ?? 0);
    }
    this.#candidateFailures += block.candidate.failures;
  }

  /**
   * Lower end 0 and upper end `Infinity` when the data cannot exclude what lies beyond the lattice. Between lattice
   * points ln E is interpolated.
   * @throws RangeError unless 0 < alpha < 1.
   */
  interval(alpha: number): Interval {
    requireBetween('alpha', alpha, 0, 1);
    const threshold = Math.log(2 / alpha);
    return {
      lower: Math.exp(this.#boundary(1, threshold)),
      upper: Math.exp(this.#boundary(-1, threshold)),
    };
  }

  /**
   * The last rejected log odds ratio, coming from the end of the lattice that is rejected most easily. ln E falls
   * strictly towards the data (A is convex), so there is one crossing.
   * @param side 1 for the lower end (H0: OR <= ψ0), -1 for the upper (H0: OR >= ψ0)
   */
  #boundary(side: 1 | -1, threshold: number): number {
    let previous = this.#logE(-side * LATTICE_HALF_STEPS, side);
    if (previous < threshold) return -side * Number.POSITIVE_INFINITY;
    for (let step = 1; step <= 2 * LATTICE_HALF_STEPS; step++) {
      const position = side * (step - LATTICE_HALF_STEPS);
      const logE = this.#logE(position, side);
      if (logE < threshold) {
        const fraction = (previous - threshold) / (previous - logE);
        return LATTICE_STEP * (position - side * (1 - fraction));
      }
      previous = logE;
    }
    return side * LATTICE_HALF_STEPS * LATTICE_STEP;
  }

  /** ln E of the one-sided e-process with ψ0 at a lattice position. */
  #logE(position: number, side: 1 | -1): number {
    const atNull = this.#normaliser(position);
    return logMeanExp(
      GRID_STEPS.map((steps) => {
        const shift = side * steps;
        return shift * LATTICE_STEP * this.#candidateFailures - (this.#normaliser(position + shift) - atNull);
      }),
    );
  }

  #normaliser(position: number): number {
    return this.#normalisers[position + HALF_POINTS] ?? 0;
  }
}

/** A(t) of one block on all points; `null` when the block can tell nothing. */
function normalisersOf(block: ComparedCounts): Float64Array | null {
  const margins = marginsOf(block);
  const { fewest, most } = candidateFailureRange(margins);
  if (fewest === most) return null;
  const key = `${margins.baselineN} ${margins.candidateN} ${margins.failures}`;
  const known = knownNormalisers.get(key);
  if (known !== undefined) return known;
  const values = Float64Array.from({ length: 2 * HALF_POINTS + 1 }, (_, index) =>
    logNormaliser(margins, (index - HALF_POINTS) * LATTICE_STEP),
  );
  if (knownNormalisers.size >= MAX_KNOWN_MARGINS) knownNormalisers.clear();
  knownNormalisers.set(key, values);
  return values;
}

/**
 * What an odds ratio means in failures: candidate rate minus baseline rate when the baseline fails at the given rate.
 * Increasing in the odds ratio; 0 gives -rate, `Infinity` gives 1 - rate.
 */
export function riskDifferenceAt(baselineRate: number, oddsRatio: number): number {
  if (oddsRatio === Number.POSITIVE_INFINITY) return 1 - baselineRate;
  // Also for a baseline that always fails, where the quotient below would be 0 / 0.
  if (oddsRatio === 0) return -baselineRate;
  const candidateRate = (oddsRatio * baselineRate) / (1 - baselineRate + oddsRatio * baselineRate);
  return candidateRate - baselineRate;
}
