import { requireProbability } from '../counts.js';

/**
 * p-values adjusted for how many they are: compare each with α. For p-values of one look each, in the order given.
 * Automatic decisions use e-values (`multiplicity/`), which stay valid while looking.
 */
export type Adjustment = (p: readonly number[]) => number[];

/** Bonferroni: family-wise error under any dependence. @throws RangeError naming a value outside [0, 1]. */
export const bonferroni: Adjustment = (p) => {
  requireProbabilities(p);
  return p.map((value) => Math.min(1, value * p.length));
};

/** Holm's step-down: family-wise error under any dependence, never less powerful than Bonferroni. */
export const holm: Adjustment = (p) => {
  const { order, sorted } = ascending(p);
  let largest = 0;
  const adjusted = sorted.map((value, rank) => {
    largest = Math.max(largest, Math.min(1, value * (p.length - rank)));
    return largest;
  });
  return inOriginalOrder(order, adjusted);
};

/** Benjamini & Hochberg: false discovery rate under independence or positive dependence. */
export const benjaminiHochberg: Adjustment = (p) => stepUp(p, 1);

/** Benjamini & Yekutieli: false discovery rate under any dependence. */
export const benjaminiYekutieli: Adjustment = (p) => {
  let harmonic = 0;
  for (let k = 1; k <= p.length; k++) harmonic += 1 / k;
  return stepUp(p, harmonic);
};

function stepUp(p: readonly number[], factor: number): number[] {
  const { order, sorted } = ascending(p);
  const adjusted = new Array<number>(p.length).fill(1);
  let smallest = 1;
  for (let rank = p.length; rank >= 1; rank--) {
    smallest = Math.min(smallest, ((sorted[rank - 1] ?? 1) * factor * p.length) / rank);
    adjusted[rank - 1] = smallest;
  }
  return inOriginalOrder(order, adjusted);
}

function ascending(p: readonly number[]): { order: number[]; sorted: number[] } {
  requireProbabilities(p);
  const order = p.map((_, index) => index).sort((a, b) => (p[a] ?? 0) - (p[b] ?? 0));
  return { order, sorted: order.map((index) => p[index] ?? 1) };
}

function inOriginalOrder(order: readonly number[], sorted: readonly number[]): number[] {
  const values = new Array<number>(order.length).fill(1);
  for (const [rank, index] of order.entries()) values[index] = sorted[rank] ?? 1;
  return values;
}

function requireProbabilities(p: readonly number[]): void {
  for (const [index, value] of p.entries()) requireProbability(`p[${index}]`, value);
}
