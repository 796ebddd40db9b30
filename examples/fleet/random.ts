import { createHash } from 'node:crypto';

/** Uniform on [0, 1). */
export type Random = () => number;

/**
 * Mulberry32 (T. Ettinger, public domain): 32 bits of state, enough for a simulation and the same on every machine.
 * @param parts what the sequence belongs to; the same parts give the same sequence
 */
export function randomOf(...parts: readonly (string | number)[]): Random {
  let state = createHash('sha256').update(parts.join('/')).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Where a session falls on [0, 1): below the candidate's weight it gets the candidate, every time it is asked. */
export function positionOf(session: string): number {
  return createHash('sha256').update(session).digest().readUInt32LE(0) / 2 ** 32;
}

export function pick<T>(random: Random, values: readonly [T, ...T[]]): T {
  return values[Math.floor(random() * values.length)] ?? values[0];
}
