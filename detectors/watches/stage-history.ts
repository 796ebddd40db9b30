/** Traffic of a rollout in one minute. */
export interface MinuteShare {
  /** First second (Unix). */
  readonly at: number;
  readonly candidate: number;
  readonly all: number;
}

/** How long a stage was held, seconds. */
export interface HeldStage {
  /** In per cent. */
  readonly stage: number;
  readonly seconds: number;
}

const MINUTE_SECONDS = 60;
/** Generations from which a minute has a share; quieter ones are put together. */
const MINIMUM_GENERATIONS = 20;
/** A stage counts as reached from this part of its share on. */
const REACHED_PART = 0.8;
/** A candidate with this share serves everybody. */
const SERVES_ALL_SHARE = 0.95;
/** It must have done so for this long, with this many generations: a burst is no stage. */
const SERVES_ALL_SECONDS = 120;
const SERVES_ALL_GENERATIONS = 50;

interface Share {
  readonly at: number;
  readonly seconds: number;
  readonly share: number;
  readonly candidate: number;
}

/** What a candidate's share did until it served everybody. */
export interface Ascent {
  /** First second (Unix) at which it served everybody. */
  readonly reachedAt: number;
  /** Seconds from its last small share (or its first generation) to that. */
  readonly tookSeconds: number;
  readonly generations: number;
  /** Every configured stage strictly between 0 and 100 %, in order. */
  readonly stages: readonly HeldStage[];
}

/**
 * How the candidate came to serve everybody; `null` while it does not (or no longer does).
 * @param minutes in time
 * @param stages configured, per cent
 */
export function ascentOf(minutes: readonly MinuteShare[], stages: readonly number[]): Ascent | null {
  const shares = sharesOf(minutes);
  const last = shares.findLastIndex(({ share }) => share < SERVES_ALL_SHARE);
  const top = shares.slice(last + 1);
  const first = top[0];
  const seconds = top.reduce((sum, one) => sum + one.seconds, 0);
  const generations = top.reduce((sum, { candidate }) => sum + candidate, 0);
  if (!first || last < 0 || seconds < SERVES_ALL_SECONDS || generations < SERVES_ALL_GENERATIONS) return null;
  const ladder = [...stages].filter((stage) => stage > 0 && stage < 100).sort((a, b) => a - b);
  const before = shares.slice(0, last + 1);
  const smallest = (ladder[0] ?? 100) / 100;
  const small = before.findLast(({ share }) => share <= smallest);
  return {
    reachedAt: first.at,
    tookSeconds: small === undefined ? first.at - (before[0]?.at ?? first.at) : first.at - (small.at + small.seconds),
    generations,
    stages: ladder.map((stage, index) => ({
      stage,
      seconds: heldSeconds(before, stage, ladder[index + 1] ?? 100),
    })),
  };
}

/** Seconds in which the share was at a stage and not yet at the next. */
function heldSeconds(shares: readonly Share[], stage: number, next: number): number {
  const from = (stage / 100) * REACHED_PART;
  const to = (next / 100) * REACHED_PART;
  return shares.reduce((sum, { share, seconds }) => (share >= from && share < to ? sum + seconds : sum), 0);
}

/** Shares of stretches with enough generations to have one. A silent minute belongs to nobody. */
function sharesOf(minutes: readonly MinuteShare[]): Share[] {
  const shares: Share[] = [];
  let open: { at: number; seconds: number; candidate: number; all: number } | null = null;
  for (const { at, candidate, all } of minutes) {
    open = open ?? { at, seconds: 0, candidate: 0, all: 0 };
    open.seconds += MINUTE_SECONDS;
    open.candidate += candidate;
    open.all += all;
    if (open.all < MINIMUM_GENERATIONS) continue;
    shares.push({ at: open.at, seconds: open.seconds, share: open.candidate / open.all, candidate: open.candidate });
    open = null;
  }
  return shares;
}
