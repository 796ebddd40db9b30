import type { CaseInput } from './case-input.js';

/** A quantity of a case by its name; `undefined` when the function has none of that name. */
export type Answer = (quantity: string) => unknown;

/** Cases of a family that are told by the names of their inputs, and the function that computes them. */
export interface CaseKind {
  readonly needs: readonly string[];
  readonly answer: (input: CaseInput) => Answer;
}

/** A family of vectors: what computes it, or why Leeway leaves it out. */
export type Family =
  | { readonly name: string; readonly kinds: readonly CaseKind[] }
  | { readonly name: string; readonly leftOut: string };

/** Quantities computed when they are asked for. */
export function quantities(table: Readonly<Record<string, () => unknown>>): Answer {
  return (quantity) => (Object.hasOwn(table, quantity) ? table[quantity]?.() : undefined);
}

/** The number at the end of a name such as `wilson_0.05`, with what stands before it; `null` without one. */
export function numberInName(name: string): { readonly stem: string; readonly value: number } | null {
  const [, stem, digits] = /^(.*?)_?(\d*\.\d+)$/.exec(name) ?? [];
  return stem === undefined || digits === undefined ? null : { stem, value: Number(digits) };
}

/** An interval in the form of the vectors. */
export function pair(interval: { readonly lower: number; readonly upper: number }): [number, number] {
  return [interval.lower, interval.upper];
}
