import type { Output } from '../../detectors/behaviour/index.js';

/** An output with the instruction it answers. */
export interface Candidate extends Output {
  readonly key: string;
}

export type Random = () => number;

/** mulberry32: the same draws on every machine. */
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Draw {
  readonly baseline: readonly Candidate[];
  readonly candidate: readonly Candidate[];
}

/**
 * Up to n outputs a side, without replacement, no instruction on both sides and none twice on one.
 *
 * The same pool on both sides draws disjoint parts of it (an A/A run).
 */
export function drawSides(baseline: Pool, candidate: Pool, n: number, random: Random): Draw {
  const sides = { baseline: [] as Candidate[], candidate: [] as Candidate[] };
  for (const key of shuffled([...new Set([...baseline.keys(), ...candidate.keys()])], random)) {
    const choices = [
      { taken: sides.baseline, outputs: baseline.get(key) },
      { taken: sides.candidate, outputs: candidate.get(key) },
    ].filter(({ taken, outputs }) => outputs !== undefined && taken.length < n);
    const [first, second] = choices;
    if (first === undefined) continue;
    const toFill = second !== undefined && prefersSecond(first.taken, second.taken, random) ? second : first;
    const output = toFill.outputs?.[Math.floor(random() * toFill.outputs.length)];
    if (output !== undefined) toFill.taken.push(output);
  }
  return { baseline: shuffled(sides.baseline, random), candidate: shuffled(sides.candidate, random) };
}

function prefersSecond(first: readonly unknown[], second: readonly unknown[], random: Random): boolean {
  return first.length === second.length ? random() < 0.5 : second.length < first.length;
}

/** Outputs by instruction. */
export type Pool = ReadonlyMap<string, readonly Candidate[]>;

export function poolOf(outputs: readonly Candidate[]): Pool {
  const pool = new Map<string, Candidate[]>();
  for (const output of outputs) {
    const same = pool.get(output.key);
    if (same === undefined) pool.set(output.key, [output]);
    else same.push(output);
  }
  return pool;
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const value = result[last] as T;
    result[last] = result[other] as T;
    result[other] = value;
  }
  return result;
}
