import {
  type ConditionalEProcess,
  conditionalLogE,
  startConditionalEProcess,
  TWO_SIDED_GRID,
  updateConditionalEProcess,
} from './conditional-e-process.js';
import { requireCounts } from './counts.js';
import { logMeanExp } from './log-sum-exp.js';

/** Units of each category (finish reason, tool, refusal style, …) in both arms of one block, in the declared order. */
export interface CategoryBlock {
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
}

/** Units of the baseline's shares that the candidate's shares are drawn towards while it has few of its own. */
const PRIOR_UNITS = 50;

/** Units added to every category of the baseline, so that none has share 0. */
const SMOOTHING = 0.5;

/**
 * Evidence that the two arms fall into categories differently: a likelihood ratio of all categories at once, mixed with
 * one-vs-rest companions that name the category. Past blocks set the alternative, so blocks come in bucket order.
 */
export interface MultinomialEProcess {
  /** Declared before the rollout; give what is unforeseen a category of its own. */
  readonly categories: readonly string[];
  readonly seen: CategoryBlock;
  readonly logRatio: number;
  /** Kernel A, two-sided, one a category. */
  readonly companions: readonly ConditionalEProcess[];
}

/** @throws RangeError with fewer than two categories, or when one is named twice. */
export function startMultinomial(categories: readonly string[]): MultinomialEProcess {
  if (categories.length < 2) throw new RangeError('categories must be at least two');
  if (new Set(categories).size !== categories.length) throw new RangeError('categories must have names of their own');
  const nothing = categories.map(() => 0);
  return {
    categories,
    seen: { baseline: nothing, candidate: nothing },
    logRatio: 0,
    companions: categories.map(() => startConditionalEProcess(TWO_SIDED_GRID)),
  };
}

/**
 * Adds the next block.
 *
 * Guarantee: while in every block both arms have the same shares, P(E ever reaches 1/α) <= α, whatever the shares are and
 * how they move over time.
 * Source: projection onto equal shares, as for two proportions (Turner, Ly & Grünwald 2021, to categories).
 * @throws RangeError naming a count that is not one, or when there is not one for each category.
 */
export function updateMultinomial(process: MultinomialEProcess, block: CategoryBlock): MultinomialEProcess {
  requireBlock(process, block);
  const n0 = total(block.baseline);
  const n1 = total(block.candidate);
  return {
    ...process,
    seen: {
      baseline: added(process.seen.baseline, block.baseline),
      candidate: added(process.seen.candidate, block.candidate),
    },
    logRatio: process.logRatio + (n0 === 0 || n1 === 0 ? 0 : logRatioOf(process.seen, block, n0, n1)),
    companions: process.companions.map((companion, index) =>
      updateConditionalEProcess(companion, {
        baseline: { n: n0, failures: block.baseline[index] ?? 0 },
        candidate: { n: n1, failures: block.candidate[index] ?? 0 },
      }),
    ),
  };
}

/** Σ_c y0 ln(ta/t0) + y1 ln(tb/t0), t0 = (n0 ta + n1 tb) / (n0 + n1), with shares ta, tb from past blocks. */
function logRatioOf(seen: CategoryBlock, block: CategoryBlock, n0: number, n1: number): number {
  const seenBaseline = total(seen.baseline) + SMOOTHING * seen.baseline.length;
  const seenCandidate = total(seen.candidate) + PRIOR_UNITS;
  let sum = 0;
  for (const [index, pastBaseline] of seen.baseline.entries()) {
    const ta = (pastBaseline + SMOOTHING) / seenBaseline;
    const tb = ((seen.candidate[index] ?? 0) + PRIOR_UNITS * ta) / seenCandidate;
    const t0 = (n0 * ta + n1 * tb) / (n0 + n1);
    sum += (block.baseline[index] ?? 0) * Math.log(ta / t0) + (block.candidate[index] ?? 0) * Math.log(tb / t0);
  }
  return sum;
}

/** ln of (E of all categories at once + mean of the companions) / 2. */
export function multinomialLogE(process: MultinomialEProcess): number {
  return logMeanExp([process.logRatio, logMeanExp(process.companions.map(conditionalLogE))]);
}

/** Evidence about one category, and which way it went. */
export interface CategoryEvidence {
  readonly category: string;
  /** ln E of "this category's share differs", two-sided. */
  readonly logE: number;
  /** Shares over all blocks so far. */
  readonly baselineShare: number;
  readonly candidateShare: number;
}

/** Every category with its companion's evidence, strongest first: names what moved. */
export function movedCategories(process: MultinomialEProcess): CategoryEvidence[] {
  const n0 = Math.max(1, total(process.seen.baseline));
  const n1 = Math.max(1, total(process.seen.candidate));
  return process.categories
    .map((category, index) => {
      const companion = process.companions[index];
      return {
        category,
        logE: companion === undefined ? 0 : conditionalLogE(companion),
        baselineShare: (process.seen.baseline[index] ?? 0) / n0,
        candidateShare: (process.seen.candidate[index] ?? 0) / n1,
      };
    })
    .sort((a, b) => b.logE - a.logE);
}

function requireBlock(process: MultinomialEProcess, block: CategoryBlock): void {
  for (const [name, counts] of Object.entries(block)) {
    requireCounts(name, counts);
    if (counts.length !== process.categories.length) {
      throw new RangeError(`${name} must hold one count for each of the ${process.categories.length} categories`);
    }
  }
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function added(a: readonly number[], b: readonly number[]): number[] {
  return a.map((count, index) => count + (b[index] ?? 0));
}
