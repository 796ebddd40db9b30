import { requireBetween, requireCount, requireProbability } from './counts.js';
import type { Interval } from './proportion-confidence-sequence.js';

/** Means in [0, 1] that are tested, as steps of a grid. */
const GRID_STEPS = 1000;

/** A bet never risks more than this share of the capital. */
const LARGEST_STAKE = 0.5;

/**
 * Bets from the past only: λ_t = √(2 ln(1/α) / (t ln(1+t) σ²_{t-1})), the predictable plug-in of the empirical Bernstein
 * sequence, with mean and variance regularised by one unit of mean ½ and variance ¼.
 */
export class PredictableBets {
  readonly #alpha: number;
  #units = 0;
  #sum = 0;
  #squares = 0;

  /** @throws RangeError unless 0 < alpha < 1. */
  constructor(alpha: number) {
    requireBetween('alpha', alpha, 0, 1);
    this.#alpha = alpha;
  }

  /** λ for the next unit. */
  get next(): number {
    const t = this.#units + 1;
    const variance = (0.25 + this.#squares) / (this.#units + 1);
    return Math.sqrt((2 * Math.log(1 / this.#alpha)) / (t * Math.log(1 + t) * variance));
  }

  /** Learns a unit after it has been bet on. */
  learn(score: number): void {
    this.#units += 1;
    this.#sum += score;
    const mean = Math.min(1, (0.5 + this.#sum) / (this.#units + 1));
    this.#squares += (score - mean) ** 2;
  }
}

/** Capital of a gambler who bets that the mean is higher than m (up) and of one who bets that it is lower (down). */
export interface LogCapital {
  readonly up: number;
  readonly down: number;
}

/**
 * What one unit adds to the log capital of both.
 * @param mean m, the mean under the null hypothesis
 */
export function logBettingGain(score: number, mean: number, bet: number): LogCapital {
  const up = Math.min(bet, LARGEST_STAKE / mean);
  const down = Math.min(bet, LARGEST_STAKE / (1 - mean));
  return { up: Math.log1p(up * (score - mean)), down: Math.log1p(-down * (score - mean)) };
}

/**
 * Confidence sequence for the mean of scores in [0, 1] (judge scores, graded success): holds the mean at all times at once
 * with probability 1 - α, whatever the distribution, if each unit has that mean given the past. Narrower than any interval
 * that knows only the range, because the bets learn the variance.
 *
 * State is one pair of numbers for each of 1001 means; a unit costs as many steps.
 * Source: Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting" (JRSS B 2024), hedged capital.
 */
export class BettingSequence {
  readonly #alpha: number;
  readonly #bets: PredictableBets;
  readonly #up = new Float64Array(GRID_STEPS + 1);
  readonly #down = new Float64Array(GRID_STEPS + 1);

  /** @throws RangeError unless 0 < alpha < 1. */
  constructor(alpha: number) {
    this.#alpha = alpha;
    // Each gambler has half of the error to spend, and bets for that.
    this.#bets = new PredictableBets(alpha / 2);
  }

  /** @throws RangeError unless 0 <= score <= 1. */
  add(score: number): void {
    requireProbability('score', score);
    const bet = this.#bets.next;
    for (let step = 0; step <= GRID_STEPS; step++) {
      const { up, down } = logBettingGain(score, step / GRID_STEPS, bet);
      this.#up[step] = (this.#up[step] ?? 0) + up;
      this.#down[step] = (this.#down[step] ?? 0) + down;
    }
    this.#bets.learn(score);
  }

  /** The means that neither gambler has refuted, one grid step wider on both sides; everything before the first unit. */
  interval(): Interval {
    const threshold = Math.log(2 / this.#alpha);
    const kept = (step: number): boolean => Math.max(this.#up[step] ?? 0, this.#down[step] ?? 0) <= threshold;
    let first = 0;
    let last = GRID_STEPS;
    while (first <= GRID_STEPS && !kept(first)) first++;
    while (last >= 0 && !kept(last)) last--;
    if (first > last) return { lower: 0, upper: 1 };
    return {
      lower: Math.max(0, first / GRID_STEPS - 1 / GRID_STEPS),
      upper: Math.min(1, last / GRID_STEPS + 1 / GRID_STEPS),
    };
  }
}

/** Sums of a predictable-mixture sequence: a mean weighted by the bets, and its margin. */
interface WeightedSums {
  bets: number;
  scores: number;
  cost: number;
}

/**
 * Empirical Bernstein sequence by predictable bets, at most ½: wider than {@link BettingSequence}, but in closed form.
 * @throws RangeError unless all scores lie in [0, 1].
 */
export function empiricalBernsteinSequence(scores: readonly number[], alpha: number): Interval {
  return bothSides(scores, alpha, (list) => {
    const bets = new PredictableBets(alpha / 2);
    let sum = 0;
    return list.map((score, index) => {
      const bet = Math.min(LARGEST_STAKE, bets.next);
      const before = index === 0 ? 0 : sum / index;
      sum += score;
      bets.learn(score);
      return { bet, cost: (score - before) ** 2 * (-Math.log1p(-bet) - bet) };
    });
  });
}

/** Hoeffding's sequence by predictable bets √(8 ln(1/α) / (t ln(1+t))), at most 1: knows the range only. */
export function hoeffdingSequence(scores: readonly number[], alpha: number): Interval {
  return bothSides(scores, alpha, (list) =>
    list.map((_, index) => {
      const t = index + 1;
      const bet = Math.min(1, Math.sqrt((8 * Math.log(2 / alpha)) / (t * Math.log(1 + t))));
      return { bet, cost: (bet * bet) / 8 };
    }),
  );
}

type Bets = (scores: readonly number[]) => { readonly bet: number; readonly cost: number }[];

function bothSides(scores: readonly number[], alpha: number, bets: Bets): Interval {
  requireBetween('alpha', alpha, 0, 1);
  requireCount('scores.length', scores.length);
  for (const [index, score] of scores.entries()) requireProbability(`scores[${index}]`, score);
  if (scores.length === 0) return { lower: 0, upper: 1 };
  const lower = lowerEnd(scores, alpha / 2, bets);
  const mirrored = lowerEnd(
    scores.map((score) => 1 - score),
    alpha / 2,
    bets,
  );
  return { lower: Math.max(0, lower), upper: Math.min(1, 1 - mirrored) };
}

function lowerEnd(scores: readonly number[], alpha: number, bets: Bets): number {
  const sums: WeightedSums = { bets: 0, scores: 0, cost: 0 };
  for (const [index, { bet, cost }] of bets(scores).entries()) {
    sums.bets += bet;
    sums.scores += bet * (scores[index] ?? 0);
    sums.cost += cost;
  }
  return (sums.scores - Math.log(1 / alpha) - sums.cost) / sums.bets;
}
