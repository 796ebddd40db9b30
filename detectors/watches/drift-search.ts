import { changePointLogE, logRatios, startChangePoint, updateChangePointInStrata } from '../statistics/change-point.js';
import { HARM_GRID } from '../statistics/conditional-e-process.js';
import type { FailureCounts } from '../statistics/counts.js';
import { type Interval, proportionConfidenceSequence } from '../statistics/proportion-confidence-sequence.js';
import { type Direction, type Expectation, type HourlyCounts, referenceLookup } from './drift-reference.js';

/** One stratum of a stream: what was usual, and the blocks that are judged, in time. */
export interface DriftStratum {
  readonly hours: HourlyCounts;
  readonly blocks: readonly (FailureCounts & { readonly at: number })[];
}

export interface DriftSearch {
  readonly strata: readonly DriftStratum[];
  readonly direction: Direction;
  /** A move of the rate up to this is no drift (a proportion). */
  readonly tolerated: number;
  readonly blockSeconds: number;
  readonly logThreshold: number;
}

export interface FoundDrift {
  /** First second (Unix) of the block with which it most likely began. */
  readonly since: number;
  readonly after: FailureCounts;
  /** What was usual for these very blocks. */
  readonly expectedRate: number;
  readonly comparedWith: Expectation['comparedWith'];
  readonly referenceUnits: number;
  readonly interval: Interval;
  /** Level of the interval. */
  readonly level: number;
  readonly logE: number;
}

/** An outage is no drift: it must have lasted this long… */
const MINIMUM_BLOCKS = 6;
/** …and the newest blocks must still show it. */
const NEWEST_BLOCKS = 3;
const MINIMUM_FAILURES = 5;
const LEVEL = 0.95;

interface JudgedBlock {
  readonly at: number;
  readonly counts: FailureCounts;
  readonly expected: Expectation;
}

/**
 * Has the rate moved away from what was usual, and is it still away? `null` when not.
 *
 * e-SR over the window only: each look forgets where the window ends, which makes the statistic smaller than one that never
 * forgets, so that its average run length is at least as long.
 */
export function findDrift({ strata, direction, tolerated, logThreshold }: DriftSearch): FoundDrift | null {
  const grid = direction === 'rise' ? HARM_GRID : HARM_GRID.map((g) => -g);
  const byTime = new Map<number, JudgedBlock[]>();
  for (const { hours, blocks } of strata) {
    const usualAt = referenceLookup(hours, direction, tolerated);
    for (const { at, n, failures } of blocks) {
      const expected = usualAt(at * 1000);
      if (expected === null || n === 0) continue;
      byTime.set(at, [...(byTime.get(at) ?? []), { at, counts: { n, failures }, expected }]);
    }
  }
  const times = [...byTime.keys()].sort((a, b) => a - b);
  let state = startChangePoint(grid);
  for (const time of times)
    state = updateChangePointInStrata(
      state,
      (byTime.get(time) ?? []).map(({ counts, expected }) => ({ block: counts, ...expected })),
    );
  const logE = changePointLogE(state);
  if (times.length < MINIMUM_BLOCKS || !(logE >= logThreshold)) return null;
  const strongest = grid[state.logStatistics.indexOf(Math.max(...state.logStatistics))] ?? 0;
  const start = likelyStart(times, byTime, strongest);
  const judged = times.slice(start).flatMap((time) => byTime.get(time) ?? []);
  const newest = times.slice(-NEWEST_BLOCKS).flatMap((time) => byTime.get(time) ?? []);
  if (times.length - start < MINIMUM_BLOCKS || !isAway(newest, direction) || !isAway(judged, direction)) return null;
  return described(judged, strata, logE, direction);
}

/** The start that the evidence since then is largest for. */
function likelyStart(times: readonly number[], byTime: ReadonlyMap<number, JudgedBlock[]>, g: number): number {
  let best = times.length - 1;
  let largest = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let index = times.length - 1; index >= 0; index--) {
    for (const { counts, expected } of byTime.get(times[index] ?? 0) ?? [])
      sum += logRatios([g], counts, expected.nullFailureRate)[0] ?? 0;
    if (sum > largest) {
      largest = sum;
      best = index;
    }
  }
  return best;
}

/** Beyond the null rate of these very blocks, not just of their average hour. */
function isAway(blocks: readonly JudgedBlock[], direction: Direction): boolean {
  const { n, failures } = totalOf(blocks);
  const allowed = blocks.reduce((sum, { counts, expected }) => sum + counts.n * expected.nullFailureRate, 0);
  return n > 0 && (direction === 'rise' ? failures > allowed : failures < allowed);
}

function described(
  judged: readonly JudgedBlock[],
  strata: readonly DriftStratum[],
  logE: number,
  direction: Direction,
): FoundDrift | null {
  const after = totalOf(judged);
  const first = judged[0];
  if (!first || (direction === 'rise' && after.failures < MINIMUM_FAILURES)) return null;
  const reference = strata.flatMap(({ hours }) => [...hours.values()]);
  return {
    since: first.at,
    after,
    expectedRate: judged.reduce((sum, { counts, expected }) => sum + counts.n * expected.rate, 0) / after.n,
    comparedWith: first.expected.comparedWith,
    referenceUnits: totalOf(reference.map((counts) => ({ counts }))).n,
    interval: proportionConfidenceSequence(after, 1 - LEVEL),
    level: LEVEL,
    logE,
  };
}

function totalOf(blocks: readonly { readonly counts: FailureCounts }[]): FailureCounts {
  return blocks.reduce((sum, { counts }) => ({ n: sum.n + counts.n, failures: sum.failures + counts.failures }), {
    n: 0,
    failures: 0,
  });
}
