import type { Block, MetricPolicy } from '../src/model/index.js';
import { type Change, DirectionWatch, directionThreshold } from './change.js';
import { Comparison, estimateOf, SHOWN_LEVEL } from './comparison.js';
import {
  conditionalLogE,
  HARM_GRID,
  startConditionalEProcess,
  updateConditionalEProcess,
} from './statistics/conditional-e-process.js';

/** What a move of a rate must amount to before it is a finding; rises and falls apart, because they mean different things. */
export interface RateChangePolicy {
  /** Share of the false-alarm budget. */
  readonly weight: number;
  /** Smallest rise and fall of the rate (proportions) that are findings. */
  readonly riseFloor: number;
  readonly fallFloor: number;
  /** Events of the candidate before a rise, and events expected of it at the baseline's rate before a fall. */
  readonly minimumEvents: number;
  readonly minimumExpectedEvents: number;
}

/** Refusals: a fall says that a safeguard went, and matters at half of what a rise does. */
export const REFUSAL_POLICY: RateChangePolicy = {
  weight: 0.15,
  riseFloor: 0.02,
  fallFloor: 0.01,
  minimumEvents: 3,
  minimumExpectedEvents: 5,
};

export const FALL_GRID = HARM_GRID.map((g) => -g);

/**
 * Did the rate of an event move, either way? "Failures" of the blocks are the events.
 *
 * Guarantee: while arms are exchangeable within blocks, P(a finding ever) <= α; while the odds of the event do not rise (fall),
 * P(a rise (fall) is ever found) <= α/2, however often one looks. The conditional e-process on +G and on -G: the two halves of
 * the two-sided grid, each judged by itself, so that a finding has a direction.
 * @param blocks in bucket order
 * @param alpha the metric's share α w of the false-alarm budget
 */
export function rateChange(blocks: readonly Block[], policy: RateChangePolicy, alpha: number): Change {
  const logThreshold = directionThreshold(alpha);
  const comparison = new Comparison(shownPolicy(policy));
  const up = new DirectionWatch(logThreshold);
  const down = new DirectionWatch(logThreshold);
  let fall = startConditionalEProcess(FALL_GRID);
  for (const [index, block] of blocks.entries()) {
    for (const compared of comparison.add(block)) fall = updateConditionalEProcess(fall, compared);
    if (blocks[index + 1]?.bucket === block.bucket) continue;
    const { baseline, candidate, difference } = comparison;
    const expected = baseline.n === 0 ? 0 : (candidate.n * baseline.failures) / baseline.n;
    up.look(
      block.bucket,
      comparison.logE,
      difference >= policy.riseFloor && candidate.failures >= policy.minimumEvents,
    );
    down.look(
      block.bucket,
      conditionalLogE(fall),
      -difference >= policy.fallFloor && expected >= policy.minimumExpectedEvents,
    );
  }
  return {
    baseline: estimateOf(comparison.baseline),
    candidate: estimateOf(comparison.candidate),
    difference: { estimate: comparison.difference, ...comparison.differenceInterval(), level: SHOWN_LEVEL },
    up: up.evidence,
    down: down.evidence,
    logThreshold,
  };
}

/** A comparison also keeps evidence for a promotion; it is not asked for here, so its margin is of no consequence. */
function shownPolicy({ weight, riseFloor, minimumEvents }: RateChangePolicy): MetricPolicy {
  return { weight, harmFloor: riseFloor, promoteMargin: riseFloor, minimumFailures: minimumEvents, onHarm: 'notify' };
}
