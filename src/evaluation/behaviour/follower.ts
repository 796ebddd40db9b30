import { type BehaviourStanding, bucketOf } from '../../model/index.js';
import type { Database } from '../../store/index.js';
import { knownVectors } from '../../store/queries/cells.js';
import { listRollouts } from '../../store/queries/rollouts.js';
import type { ClosePass } from '../closer.js';
import type { Follower } from '../follower.js';
import type { BehaviourWatch } from './watch.js';

/** Keeps the behaviour of every running rollout in view. */
export class BehaviourFollower implements Follower {
  readonly name = 'behaviour';
  readonly #database: Database;
  readonly #watch: BehaviourWatch;
  /** Up to this bucket every rollout was followed; `null` when one is behind. */
  #followedUntil: number | null = null;

  constructor(database: Database, watch: BehaviourWatch) {
    this.#database = database;
    this.#watch = watch;
  }

  standingOf(rolloutId: string): BehaviourStanding | null {
    return this.#watch.standingOf(rolloutId);
  }

  /** One step for each rollout, so that a long history of one does not keep the others waiting. */
  async follow({ closedUntil }: ClosePass): Promise<boolean> {
    if (this.#followedUntil === bucketOf(closedUntil)) return false;
    this.#followedUntil = null;
    const running = (await listRollouts(this.#database, { status: 'running' })).map(({ rollout }) => rollout);
    this.#watch.keepOnly(new Set(running.map(({ id }) => id)));
    let isBehind = false;
    for (const rollout of running) {
      if (!this.#watch.isDue(rollout, closedUntil)) continue;
      const vectors = await knownVectors(this.#database, rollout.targetId);
      if (await this.#watch.look({ rollout, vectors }, closedUntil)) isBehind = true;
    }
    this.#followedUntil = isBehind ? null : bucketOf(closedUntil);
    return isBehind;
  }
}
