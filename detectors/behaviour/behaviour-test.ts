import { FEATURES, type Feature } from '../fingerprint/index.js';
import { type BehaviourBlock, partsOf, requireFingerprints } from './block.js';
import { type Contrast, contrastOf, informationOf } from './contrast.js';
import { evidenceFor } from './evidence.js';
import { LabelBets } from './label-bets.js';
import { LabelTournament } from './label-tournament.js';
import { lookAt } from './look-schedule.js';
import { permutedSums } from './permuted-labels.js';

/** Beyond, outputs are bet on but no longer kept: memory (2 MB) and time of a look (about a second) stay bounded. */
const MAX_KEPT_UNITS = 4_000;
/** Share of the level left to the bets; the tournament has the rest. */
const BET_WEIGHT = 0.2;
/** The bets learn anew when this much more is known, so that all learning costs a few times the last. */
const RELEARN_GROWTH = 1.25;
const LEARN_FROM_INFORMATION = 10;

export interface BehaviourTestOptions {
  /** Chance of a false alarm over the whole life of the test. */
  readonly alpha: number;
  /** Of the fake labellings; any whole number. The same seed and blocks give the same answer. */
  readonly seed: number;
  /** Of the fingerprints, in their order; by default those of this version. */
  readonly features?: readonly Feature[];
}

/**
 * Did the outputs change? A sequential two-sample test on fingerprints, from any number of blocks of any sizes.
 *
 * E = (1/α)·[true labelling struck out of the tournament at level α (1 - b)] + b · (wealth of the label bets), b = 0.2.
 * Guarantee: if within every block the labels were assigned regardless of the outputs, E of any stopping time has mean at
 * most 1, and P(E ever reaches 1/α) <= α, however often one looks, whatever the shares of the arms, and however outputs drift
 * from block to block. (The tournament's term never falls and its final mean is at most 1 - b; the wealth is a martingale.)
 * Paired outputs (shadow) are blocks of one and one.
 */
export class BehaviourTest {
  readonly features: readonly Feature[];
  private readonly options: BehaviourTestOptions;
  private readonly tournament: LabelTournament;
  private readonly bets = new LabelBets();
  private readonly kept: BehaviourBlock[] = [];
  private keptUnits = 0;
  private information = 0;
  private nextLook = 0;
  private highestLogE = Math.log(BET_WEIGHT);

  /** @throws RangeError when alpha is not in (0, 1) or the seed is not whole */
  constructor(options: BehaviourTestOptions) {
    if (!(options.alpha > 0 && options.alpha < 1)) throw new RangeError('alpha must lie between 0 and 1');
    if (!Number.isSafeInteger(options.seed)) throw new RangeError('seed must be a whole number');
    this.options = options;
    this.features = options.features ?? FEATURES;
    this.tournament = new LabelTournament(options.alpha * (1 - BET_WEIGHT));
  }

  /** ln E now. */
  get logE(): number {
    const bets = Math.log(BET_WEIGHT) + this.bets.logE;
    if (!this.tournament.decided) return bets;
    const decided = -Math.log(this.options.alpha);
    const larger = Math.max(bets, decided);
    return larger + Math.log1p(Math.exp(Math.min(bets, decided) - larger));
  }

  /** ln of the largest E so far. */
  get maxLogE(): number {
    return this.highestLogE;
  }

  /** Whether E has ever reached 1/α. Never taken back. */
  get changed(): boolean {
    return this.highestLogE >= -Math.log(this.options.alpha);
  }

  /** Blocks that evidence is read from, oldest first. */
  get blocks(): readonly BehaviourBlock[] {
    return this.kept;
  }

  /** Outputs a side, in balanced blocks, that would tell as much as what was seen. */
  get outputsPerSide(): number {
    return 2 * this.information;
  }

  /** What the kept blocks say, feature by feature. */
  contrast(): Contrast {
    return contrastOf(this.kept, this.features.length);
  }

  /**
   * Adds outputs that were exchangeable before they were seen. A block without one of the arms changes nothing.
   * @throws RangeError naming an output whose fingerprint is not one of this test's features
   */
  add(block: BehaviourBlock): void {
    requireFingerprints(block, this.features.length);
    for (const part of partsOf(block)) this.addPart(part);
  }

  private addPart(block: BehaviourBlock): void {
    this.bets.bet(block);
    this.information += informationOf(block);
    const units = block.baseline.length + block.candidate.length;
    if (this.keptUnits + units <= MAX_KEPT_UNITS) {
      this.kept.push(block);
      this.keptUnits += units;
      this.readKept();
    }
    this.highestLogE = Math.max(this.highestLogE, this.logE);
  }

  private readKept(): void {
    const isLook = this.outputsPerSide >= lookAt(this.nextLook);
    const isLesson =
      this.information >= Math.max(LEARN_FROM_INFORMATION, RELEARN_GROWTH * this.bets.learnedInformation);
    if (!isLook && !isLesson) return;
    const contrast = this.contrast();
    if (isLesson) this.bets.learn(contrast);
    if (isLook) this.look(contrast);
  }

  private look(contrast: Contrast): void {
    while (this.outputsPerSide >= lookAt(this.nextLook + 1)) this.nextLook++;
    if (!this.tournament.decided) this.tournament.look(this.nextLook, this.evidenceOfLabellings(contrast));
    this.nextLook++;
  }

  /** Evidence of the true labelling, then of the fake ones. */
  private evidenceOfLabellings(contrast: Contrast): Float64Array {
    const width = this.features.length;
    const evidence = evidenceFor(contrast, this.features);
    const { labellings } = this.tournament;
    const sums = permutedSums(this.kept, contrast.centred, width, labellings - 1, this.options.seed);
    const result = new Float64Array(labellings);
    result[0] = evidence.logBayesFactor(contrast.sum);
    for (let fake = 1; fake < labellings; fake++) {
      result[fake] = evidence.logBayesFactor(sums.subarray((fake - 1) * width, fake * width));
    }
    return result;
  }
}
