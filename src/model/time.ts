/** Event time is counted in buckets of this many seconds; a bucket is named by its first second (Unix). */
export const BUCKET_SECONDS = 10;

/** The bucket that a time falls in. */
export function bucketOf(unixSeconds: number): number {
  return Math.floor(unixSeconds / BUCKET_SECONDS) * BUCKET_SECONDS;
}

/** Where "now" comes from, so that tests and the backtest bring their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** `2026-11-23T08:17:08.000Z` */
export function isoTime(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
