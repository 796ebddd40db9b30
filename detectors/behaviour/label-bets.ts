import { logMeanExp } from '../statistics/log-sum-exp.js';
import type { BehaviourBlock, Output } from './block.js';
import type { Contrast } from './contrast.js';
import { labelLogE } from './label-bet.js';
import { learnedDirection } from './learned-direction.js';

/** Prior sizes of the change; each learns a direction of its own. */
const LEARNED_EFFECTS: readonly number[] = [0.4, 0.8, 1.6];
/** Shares of the learned score that are staked: the full one wins most when the direction is right. */
const STAKES: readonly number[] = [0.5, 1];

/**
 * Bets on the labels of each block, by a direction learned from the blocks before it: evidence that grows without limit.
 *
 * A mixture of one product of label bets per learner and stake, equal weights: an e-process while labels are exchangeable
 * within blocks (Podkopaev and Ramdas 2023, sequential predictive two-sample testing; here over all pairs within a block).
 */
export class LabelBets {
  private readonly logWealth = new Array<number>(LEARNED_EFFECTS.length * STAKES.length).fill(0);
  private learned: { readonly contrast: Contrast; readonly directions: readonly Float64Array[] } | undefined;

  /** Of the contrast last learned from; 0 before. */
  get learnedInformation(): number {
    return this.learned?.contrast.information ?? 0;
  }

  /** ln of the mixture's wealth; 0 before anything was learned. */
  get logE(): number {
    return logMeanExp(this.logWealth);
  }

  learn(contrast: Contrast): void {
    const directions = LEARNED_EFFECTS.map((effect) => learnedDirection(contrast, effect));
    this.learned = { contrast, directions };
  }

  /** Stakes on a block that was not learned from. */
  bet({ baseline, candidate }: BehaviourBlock): void {
    const { learned } = this;
    if (learned === undefined) return;
    const outputs = [...baseline, ...candidate];
    learned.directions.forEach((direction, learner) => {
      const scores = scoresOf(outputs, learned.contrast, direction);
      STAKES.forEach((stake, index) => {
        const at = learner * STAKES.length + index;
        const staked = scores.map((score) => stake * score);
        this.logWealth[at] = (this.logWealth[at] ?? 0) + labelLogE(staked, candidate.length);
      });
    });
  }
}

/** How much like the candidate's each output looks along a direction, in the ranks of a contrast. */
export function scoresOf(
  outputs: readonly Output[],
  { ranks, featureCount }: Contrast,
  direction: Float64Array,
): Float64Array {
  const row = new Float64Array(featureCount);
  return Float64Array.from(outputs, ({ fingerprint }) => {
    ranks.read(fingerprint, row, 0);
    let score = 0;
    for (let feature = 0; feature < featureCount; feature++) score += (row[feature] ?? 0) * (direction[feature] ?? 0);
    return score;
  });
}
