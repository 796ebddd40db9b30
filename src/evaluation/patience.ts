/** After so many closes a bucket waits… */
const FREE_CLOSES = 2;
/** …this long, and with each further close twice as long… */
const FIRST_WAIT_MS = 2_000;
/** …up to this. Far less than how long a row is looked for after it was loaded. */
const MAX_WAIT_MS = 32_000;
/** A bucket that nothing came for this long begins anew. */
const FORGET_MS = 600_000;
/** Buckets that are remembered; a flood of old times makes more, and the oldest closes are forgotten. */
const MAX_REMEMBERED = 50_000;

/**
 * Keeps buckets for which rows trickle in from being counted anew for each: counting one costs all of its calls, so that
 * a bucket that fills slowly would be read as often as it has rows.
 */
export class Patience {
  readonly #closes = new Map<string, { readonly times: number; readonly at: number }>();

  /** The bucket was closed at this time (ms). */
  closed(key: string, nowMs: number): void {
    const before = this.#closes.get(key);
    const times = before !== undefined && nowMs - before.at < FORGET_MS ? before.times + 1 : 1;
    // Set anew, so that the map is in the order of the last closes.
    this.#closes.delete(key);
    this.#closes.set(key, { times, at: nowMs });
    for (const [oldest, { at }] of this.#closes) {
      if (this.#closes.size <= MAX_REMEMBERED && nowMs - at < FORGET_MS) break;
      this.#closes.delete(oldest);
    }
  }

  /** Waits end at whole multiples of their length, so that many buckets are closed together. */
  isWaiting(key: string, nowMs: number): boolean {
    const last = this.#closes.get(key);
    if (last === undefined || last.times < FREE_CLOSES) return false;
    const waitMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (last.times - FREE_CLOSES));
    return Math.floor(nowMs / waitMs) <= Math.floor(last.at / waitMs);
  }
}
