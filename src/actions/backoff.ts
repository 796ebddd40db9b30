import { MAX_RETRY_AFTER_SECONDS } from './retry-after.js';

/** First delay before jitter, and the longest. */
export const BACKOFF_BASE_MS = 1000;
export const BACKOFF_CAP_MS = 60_000;

/** Where chance comes from: a number in [0, 1). */
export type Random = () => number;

/**
 * Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", 2015): uniform between 0 and
 * `base · 2^(attempts − 1)`, capped. A destination that says when to come back is obeyed, with a little jitter on top.
 * @param attempts made so far, at least 1
 * @returns milliseconds to wait
 */
export function backoffMs(attempts: number, random: Random, afterSeconds?: number): number {
  const ceiling = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (attempts - 1));
  if (afterSeconds === undefined) return Math.floor(random() * ceiling);
  const asked = Math.min(Math.max(0, afterSeconds), MAX_RETRY_AFTER_SECONDS) * 1000;
  return asked + Math.floor(random() * BACKOFF_BASE_MS);
}
