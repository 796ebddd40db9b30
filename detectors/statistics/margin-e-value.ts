import { HARM_GRID } from './conditional-e-process.js';
import { requireBetween, requireCount } from './counts.js';
import { logMeanExp } from './log-sum-exp.js';

/** Where the alternatives lie between "worse by the margin" (0) and beyond "equal" (1), as multiples of the margin. */
const PROMOTION_ALTERNATIVES: readonly number[] = [0.7, 1.0, 1.3];

/** Pseudo-counts of the baseline's success rate before it has been seen: Jeffreys' Beta(½, ½). */
const PRIOR_PSEUDO_COUNT = 0.5;

/** Bisection steps; each halves the error, so that 60 reach the precision of a double. */
const BISECTION_STEPS = 60;

/** Units of an arm and the sum of their scores in [0, 1]; the sum is the number of successes for a binary metric. */
interface ScoreCounts {
  readonly n: number;
  readonly scoreSum: number;
}

/** One block of the margin e-value. */
export interface ScoredBlock {
  readonly baseline: ScoreCounts;
  readonly candidate: ScoreCounts;
}

/** Success rates of the two arms that a block is tested for, and the margin of the null hypothesis. */
export interface MarginAlternative {
  readonly baselineRate: number;
  readonly candidateRate: number;
  readonly margin: number;
}

/**
 * The baseline rate x of the point (x, x - d) on the edge of H0 that is closest (Kullback-Leibler, weighted by the
 * sizes of the arms) to the alternative: the root of n0 (x-ta)/(x(1-x)) + n1 (y-tb)/(y(1-y)) = 0, y = x - d.
 * Source: Turner & Grünwald 2022 (arXiv 2203.09785), projection onto a line of constant difference.
 */
export function projectOntoMargin(baselineN: number, candidateN: number, alternative: MarginAlternative): number {
  const { baselineRate: ta, candidateRate: tb, margin } = alternative;
  if (margin === 0) return (baselineN * ta + candidateN * tb) / (baselineN + candidateN);
  let low = Math.max(0, margin);
  let high = Math.min(1, 1 + margin);
  for (let step = 0; step < BISECTION_STEPS; step++) {
    const x = (low + high) / 2;
    const y = x - margin;
    const slope = (baselineN * (x - ta)) / (x * (1 - x)) + (candidateN * (y - tb)) / (y * (1 - y));
    if (slope > 0) high = x;
    else low = x;
  }
  return (low + high) / 2;
}

/**
 * ln S of one block: the likelihood ratio of the alternative to its projection. E[S] <= 1 wherever the candidate's
 * success rate is at most the baseline's minus the margin, also for scores in [0, 1] (by convexity).
 */
export function marginLogRatio(block: ScoredBlock, alternative: MarginAlternative): number {
  const { baseline, candidate } = block;
  if (baseline.n + candidate.n === 0) return 0;
  const x = projectOntoMargin(baseline.n, candidate.n, alternative);
  return (
    scoreLogRatio(baseline, alternative.baselineRate, x) +
    scoreLogRatio(candidate, alternative.candidateRate, x - alternative.margin)
  );
}

/** k ln(θ/θ0) + (n-k) ln((1-θ)/(1-θ0)) */
function scoreLogRatio(counts: ScoreCounts, rate: number, nullRate: number): number {
  if (counts.n === 0) return 0;
  const { n, scoreSum } = counts;
  return scoreSum * Math.log(rate / nullRate) + (n - scoreSum) * Math.log((1 - rate) / (1 - nullRate));
}

/**
 * What is to be shown. `promotion`: the candidate is not worse than the baseline by the margin or more. `harm`: it is worse
 * by more than the margin.
 */
type MarginQuestion = 'promotion' | 'harm';

/**
 * Evidence about a difference of success rates (or mean scores) in absolute terms ("kernel B"). Past baseline units set the
 * alternative, so blocks must come in bucket order.
 */
export interface MarginEProcess {
  readonly question: MarginQuestion;
  /** d: the candidate's success rate may be at most this much lower (a proportion). */
  readonly margin: number;
  readonly baselineSeen: ScoreCounts;
  /** Σ over blocks of ln S, one an alternative. */
  readonly logRatios: readonly number[];
}

/** @throws RangeError unless 0 < margin < 1; a margin of 0 is allowed for harm. */
export function startMarginEProcess(margin: number, question: MarginQuestion = 'promotion'): MarginEProcess {
  if (question !== 'harm' || margin !== 0) requireBetween('margin', margin, 0, 1);
  const alternatives = question === 'promotion' ? PROMOTION_ALTERNATIVES : HARM_GRID;
  return { question, margin, baselineSeen: { n: 0, scoreSum: 0 }, logRatios: alternatives.map(() => 0) };
}

/**
 * Adds the next block. One without candidate units gives no evidence and still teaches the baseline rate.
 *
 * Guarantee: while in every block p1 <= p0 - d (promotion) or p1 >= p0 - d (harm), P(E ever reaches 1/α) <= α.
 * @throws RangeError naming a count that is not one, or a score sum outside [0, n].
 */
export function updateMarginEProcess(process: MarginEProcess, block: ScoredBlock): MarginEProcess {
  requireScoreCounts('baseline', block.baseline);
  requireScoreCounts('candidate', block.candidate);
  const seen = process.baselineSeen;
  const baselineSeen = {
    n: seen.n + block.baseline.n,
    scoreSum: seen.scoreSum + block.baseline.scoreSum,
  };
  const baselineRate = (seen.scoreSum + PRIOR_PSEUDO_COUNT) / (seen.n + 2 * PRIOR_PSEUDO_COUNT);
  // A baseline that succeeds no more often than the margin leaves no room for harm beyond it.
  const impossible = process.question === 'harm' && baselineRate <= process.margin;
  if (block.candidate.n === 0 || block.baseline.n === 0 || impossible) return { ...process, baselineSeen };
  const logRatios = alternativeRates(process, baselineRate).map((candidateRate, index) => {
    const gain = marginLogRatio(block, { baselineRate, candidateRate, margin: process.margin });
    return (process.logRatios[index] ?? 0) + gain;
  });
  return { ...process, baselineSeen, logRatios };
}

/** The candidate's success rates that the evidence is gathered for. */
function alternativeRates({ question, margin }: MarginEProcess, baselineRate: number): number[] {
  if (question === 'promotion') {
    return PROMOTION_ALTERNATIVES.map((multiple) => promotionRate(baselineRate, margin, multiple));
  }
  const edge = baselineRate - margin;
  return HARM_GRID.map((g) => edge / (edge + (1 - edge) * Math.exp(g)));
}

/** ta - d + r d, kept off 0 and 1, where a single surprise would be infinite evidence. */
function promotionRate(baselineRate: number, margin: number, multiple: number): number {
  const wanted = baselineRate - margin + multiple * margin;
  return Math.min(1 - (1 - baselineRate) / 2, Math.max(baselineRate / 2, wanted));
}

/** ln E over the blocks of several processes (one a stratum, each with its own baseline rate) together; 0 of none. */
export function marginLogE(processes: Iterable<MarginEProcess>): number {
  const sums: number[] = [];
  for (const process of processes) {
    for (const [index, ratio] of process.logRatios.entries()) sums[index] = (sums[index] ?? 0) + ratio;
  }
  return sums.length === 0 ? 0 : logMeanExp(sums);
}

/** Sums of thousands of scores carry rounding errors of this relative size. */
const SCORE_ROUNDING = 1e-9;

function requireScoreCounts(name: string, counts: ScoreCounts): void {
  requireCount(`${name}.n`, counts.n);
  const { n, scoreSum } = counts;
  if (!(scoreSum >= -SCORE_ROUNDING * n && scoreSum <= n * (1 + SCORE_ROUNDING))) {
    throw new RangeError(`${name}.scoreSum must lie between 0 and ${name}.n: ${scoreSum} of ${n}`);
  }
}
