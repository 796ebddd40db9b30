import { spentBy } from './look-schedule.js';

/** Fewer fake labellings than this many for each that may be struck out make the level coarse. */
const LABELLINGS_PER_STRIKE = 25;
/** A look costs time in proportion; levels that would need more are left to the bets. */
const MAX_LABELLINGS = 10_000;

/** Evidence that differs by less is the same, summed in another order. */
const ROUNDING = 1e-9;

/** How many labellings, the true one among them, a level needs. */
function labellingsFor(level: number): number {
  return Math.min(MAX_LABELLINGS, Math.ceil(LABELLINGS_PER_STRIKE / level));
}

/**
 * A sequential permutation test: the true labelling among many fake ones, all of them followed from look to look.
 *
 * At each look the labellings with the strongest evidence are struck out, as many as the schedule allows; the true one
 * is significant when it is struck out. Given all outputs without their labels, true and fake labellings are exchangeable,
 * and nobody treats the true one differently: the chance that it is ever struck out is at most the share that ever
 * is, the level. Dependence between looks is used, not bounded (cf. group-sequential permutation tests; Hemerik and Goeman
 * 2018, theorem 2, for the exactness of random permutations that include the identity).
 */
export class LabelTournament {
  readonly level: number;
  readonly labellings: number;
  private readonly alive: Uint8Array;
  private struck = 0;

  constructor(level: number) {
    this.level = level;
    this.labellings = labellingsFor(level);
    this.alive = new Uint8Array(this.labellings).fill(1);
  }

  /** Whether the true labelling has been struck out. */
  get decided(): boolean {
    return this.alive[0] === 0;
  }

  /** @param evidence of every labelling at this look; the true one comes first */
  look(look: number, evidence: Float64Array): void {
    const allowed = Math.floor(this.level * spentBy(look) * this.labellings + Number.EPSILON) - this.struck;
    if (allowed < 1) return;
    const ranking = evidence.filter((_, index) => this.alive[index] === 1).sort();
    const strongestToStay = (ranking[ranking.length - 1 - allowed] ?? Number.NEGATIVE_INFINITY) + ROUNDING;
    for (let index = 0; index < this.labellings; index++) {
      if (this.alive[index] === 0 || !((evidence[index] ?? 0) > strongestToStay)) continue;
      this.alive[index] = 0;
      this.struck++;
    }
  }
}
