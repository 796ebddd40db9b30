/** The traffic of one closed bucket, by arm, and how it fared on the blamed metrics over both arms. */
export interface TrafficBucket {
  /** First second of the bucket (Unix). */
  readonly bucket: number;
  /** Generations that do not run the candidate (baseline or another version). */
  readonly baseline: number;
  readonly candidate: number;
  readonly metrics: readonly MetricCount[];
}

interface MetricCount {
  readonly metric: string;
  readonly n: number;
  readonly failures: number;
}

/** A blamed metric after the rollback; `null` when nothing was counted. */
export interface RecoveredMetric extends MetricCount {
  readonly rate: number | null;
}

export interface VerificationInput {
  /** When the (last) registry accepted the rollback, in milliseconds. */
  readonly acceptedAt: number;
  /** The candidate's share when the rollback was decided, 0 to 1. */
  readonly shareBefore: number;
  /** Closed buckets in any order; those before the acceptance are left out. */
  readonly buckets: readonly TrafficBucket[];
  /** Every bucket that ends at or before this second (Unix) is closed. */
  readonly closedUntil: number;
  readonly now: number;
  /** How long traffic may take to leave the candidate. */
  readonly propagationSeconds: number;
}

type UnconfirmedReason = 'share_left' | 'no_traffic' | 'too_little_traffic';

/** What traffic says about a rollback that the registry accepted. */
export type Verification =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'moving'; readonly share: number }
  | {
      readonly kind: 'confirmed';
      /** First seconds of the buckets that prove it. */
      readonly buckets: readonly number[];
      readonly share: number;
      readonly baseline: number;
      readonly metrics: readonly RecoveredMetric[];
    }
  | { readonly kind: 'unconfirmed'; readonly reason: UnconfirmedReason; readonly share: number | null };

/** A candidate's share up to this counts as gone: a retry or a pinned session is not a failed rollback. */
const NEGLIGIBLE_SHARE = 0.005;
/** A rollback is proven by no fewer buckets in a row, … */
const MIN_QUIET_BUCKETS = 2;
/** … no less traffic on the other versions in them, … */
const MIN_BASELINE_GENERATIONS = 10;
/** … and only if so few candidates would be this improbable had its share not moved. */
const MAX_CHANCE_OF_QUIET = 0.01;
/** A candidate at a smaller share than this is judged as if it had this share. */
const MIN_SHARE_BEFORE = 0.01;
/** If buckets stop being closed at all, the verdict is not waited for longer than this beyond the window. */
const CLOSING_GRACE_SECONDS = 120;

/**
 * Did the rollback take effect? Pure. Only traffic can confirm it: the newest buckets that started after the registry
 * accepted must be (nearly) free of the candidate, at least {@link MIN_QUIET_BUCKETS} in a row, with enough traffic that
 * their silence is not chance (a 1 % canary is absent from 100 generations more than one time in three).
 * Buckets without any traffic say nothing, neither for nor against.
 */
export function verifyRollback(input: VerificationInput): Verification {
  const buckets = input.buckets
    .filter(({ bucket, baseline, candidate }) => bucket * 1000 >= input.acceptedAt && baseline + candidate > 0)
    .sort((a, b) => a.bucket - b.bucket);
  const quiet = quietTail(buckets);
  if (isProof(quiet, input.shareBefore)) return confirmed(quiet);
  const newest = buckets.at(-1);
  if (isWindowOver(input))
    return { kind: 'unconfirmed', reason: reasonOf(buckets, quiet), share: newest ? shareOf([newest]) : null };
  return newest ? { kind: 'moving', share: shareOf([newest]) } : { kind: 'waiting' };
}

/** The unbroken run of quiet buckets that reaches to the newest one. */
function quietTail(buckets: readonly TrafficBucket[]): readonly TrafficBucket[] {
  const lastLoud = buckets.findLastIndex((bucket) => shareOf([bucket]) > NEGLIGIBLE_SHARE);
  return buckets.slice(lastLoud + 1);
}

function isProof(quiet: readonly TrafficBucket[], shareBefore: number): boolean {
  const { baseline, candidate } = totals(quiet);
  return (
    quiet.length >= MIN_QUIET_BUCKETS &&
    baseline >= MIN_BASELINE_GENERATIONS &&
    chanceOfAtMost(candidate, baseline + candidate, Math.max(shareBefore, MIN_SHARE_BEFORE)) <= MAX_CHANCE_OF_QUIET
  );
}

function isWindowOver({ acceptedAt, propagationSeconds, closedUntil, now }: VerificationInput): boolean {
  const deadline = acceptedAt / 1000 + propagationSeconds;
  return closedUntil >= deadline || now / 1000 > deadline + CLOSING_GRACE_SECONDS;
}

function reasonOf(buckets: readonly TrafficBucket[], quiet: readonly TrafficBucket[]): UnconfirmedReason {
  if (buckets.length === 0) return 'no_traffic';
  return quiet.length > 0 ? 'too_little_traffic' : 'share_left';
}

function confirmed(quiet: readonly TrafficBucket[]): Verification {
  return {
    kind: 'confirmed',
    buckets: quiet.map(({ bucket }) => bucket),
    share: shareOf(quiet),
    baseline: totals(quiet).baseline,
    metrics: recoveredMetrics(quiet),
  };
}

function recoveredMetrics(buckets: readonly TrafficBucket[]): RecoveredMetric[] {
  const sums = new Map<string, { n: number; failures: number }>();
  for (const { metric, n, failures } of buckets.flatMap((bucket) => bucket.metrics)) {
    const sum = sums.get(metric) ?? { n: 0, failures: 0 };
    sums.set(metric, { n: sum.n + n, failures: sum.failures + failures });
  }
  return [...sums].map(([metric, { n, failures }]) => ({ metric, n, failures, rate: n > 0 ? failures / n : null }));
}

function shareOf(buckets: readonly TrafficBucket[]): number {
  const { baseline, candidate } = totals(buckets);
  return baseline + candidate > 0 ? candidate / (baseline + candidate) : 0;
}

function totals(buckets: readonly TrafficBucket[]): { baseline: number; candidate: number } {
  return {
    baseline: buckets.reduce((sum, { baseline }) => sum + baseline, 0),
    candidate: buckets.reduce((sum, { candidate }) => sum + candidate, 0),
  };
}

/** P(X ≤ k) for X binomial (n, p); k is small (at most {@link NEGLIGIBLE_SHARE} of n), terms are summed in logarithms. */
function chanceOfAtMost(k: number, n: number, p: number): number {
  if (p >= 1) return k >= n ? 1 : 0;
  let logTerm = n * Math.log1p(-p);
  let sum = Math.exp(logTerm);
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log((n - i + 1) / i) + Math.log(p) - Math.log1p(-p);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}
