import type { BehaviourBlock, Output } from './block.js';
import type { Contrast } from './contrast.js';
import { scoresOf } from './label-bets.js';
import { learnedDirection } from './learned-direction.js';

/** Examples are taken a little inside the extremes: characteristic, but not the strangest output of all. */
const LEAST_TYPICAL_SKIPPED = 0.03;
const EFFECT = 0.8;

/** Outputs that show the difference, by id, the most characteristic first. */
export interface ExampleOutputs {
  readonly baseline: readonly string[];
  readonly candidate: readonly string[];
}

/** The outputs of each arm that look least like the other's, along the direction that tells the arms apart best. */
export function exampleOutputs(contrast: Contrast, blocks: readonly BehaviourBlock[], count = 3): ExampleOutputs {
  const direction = learnedDirection(contrast, EFFECT);
  const characteristic = (outputs: readonly Output[], sign: number) => {
    const scores = scoresOf(outputs, contrast, direction);
    const order = outputs.map((output, index) => ({ id: output.id, score: sign * (scores[index] ?? 0) }));
    order.sort((a, b) => b.score - a.score);
    const skipped = Math.min(Math.floor(LEAST_TYPICAL_SKIPPED * order.length), Math.max(0, order.length - count));
    return order.slice(skipped, skipped + count).map(({ id }) => id);
  };
  return {
    baseline: characteristic(
      blocks.flatMap((block) => block.baseline),
      -1,
    ),
    candidate: characteristic(
      blocks.flatMap((block) => block.candidate),
      1,
    ),
  };
}
