/** A set of code points: sorted, disjoint, non-touching ranges, both ends included. */
export type CharSet = readonly (readonly [number, number])[];

const LAST_CODE_POINT = 0x10ffff;
/**
 * Two symbols beyond Unicode that stand before and after every string, so that the anchors `^` and `$` are characters
 * like others: a pattern is then searched in ⊢text⊣.
 */
export const START = LAST_CODE_POINT + 1;
export const END = LAST_CODE_POINT + 2;

/** Every character of a text, without the two markers. */
export const ANY_CHARACTER: CharSet = [[0, LAST_CODE_POINT]];
export const ANY_SYMBOL: CharSet = [[0, END]];

export function single(codePoint: number): CharSet {
  return [[codePoint, codePoint]];
}

export function union(...sets: readonly CharSet[]): CharSet {
  const ranges = sets.flat().sort(([a], [b]) => a - b);
  const merged: [number, number][] = [];
  for (const [low, high] of ranges) {
    const last = merged.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

/** The characters that are not in the set. */
export function complement(set: CharSet): CharSet {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [low, high] of union(set)) {
    if (low > next) rest.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= LAST_CODE_POINT) rest.push([next, LAST_CODE_POINT]);
  return rest;
}

export function contains(set: CharSet, codePoint: number): boolean {
  return set.some(([low, high]) => low <= codePoint && codePoint <= high);
}

/** Characters that read well in a counterexample, best first. */
const PREFERRED = [
  ...'aAx0-1_ .@/bcdefghijklmnopqrstuvwyzBCDEFGHIJKLMNOPQRSTUVWXYZ23456789,:;!?#%&+*=()[]{}<>|~^$\'"`\\',
].map((character) => character.codePointAt(0) ?? 0);

/**
 * One representative of each class of characters that the sets do not tell apart, the best readable first. Lone
 * surrogates are left out: they are no text.
 */
export function representatives(sets: readonly CharSet[]): number[] {
  const cuts = new Set<number>([0, 0xd800, 0xe000, START, END]);
  for (const [low, high] of sets.flat()) cuts.add(low).add(high + 1);
  const starts = [...cuts].filter((cut) => cut <= END).sort((a, b) => a - b);
  const chosen = starts
    .map((start, index) => [start, (starts[index + 1] ?? END + 1) - 1] as const)
    .filter(([start]) => start < 0xd800 || start >= 0xe000)
    .map(([start, end]) => PREFERRED.find((one) => start <= one && one <= end) ?? start);
  const rank = (one: number): number => (PREFERRED.includes(one) ? PREFERRED.indexOf(one) : PREFERRED.length + one);
  return chosen.sort((a, b) => rank(a) - rank(b));
}
