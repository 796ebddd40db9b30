import { requireCount, requirePositive } from '../counts.js';

/**
 * Jaccard similarity of the word k-shingles of two texts (lower-cased, split at white space): shared over all, 0 to 1. 1
 * when neither text is long enough to have any.
 * @throws RangeError unless k is a positive count.
 */
export function shingleSimilarity(a: string, b: string, k: number): number {
  requireCount('k', k);
  requirePositive('k', k);
  const first = shinglesOf(a, k);
  const second = shinglesOf(b, k);
  const shared = [...first].filter((shingle) => second.has(shingle)).length;
  const all = first.size + second.size - shared;
  return all === 0 ? 1 : shared / all;
}

function shinglesOf(text: string, k: number): Set<string> {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return new Set(words.slice(k - 1).map((_, index) => words.slice(index, index + k).join(' ')));
}

/**
 * Cosine of the angle between two vectors; 0 when one of them is all zeros.
 * @throws RangeError when their lengths differ.
 */
export function cosineSimilarity(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new RangeError('a and b must be of equal length');
  let dot = 0;
  for (const [index, value] of a.entries()) dot += value * (b[index] ?? 0);
  const norms = Math.hypot(...a) * Math.hypot(...b);
  return norms === 0 ? 0 : dot / norms;
}
