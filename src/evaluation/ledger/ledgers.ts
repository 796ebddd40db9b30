import { LRUCache } from 'lru-cache';
import type { Rollout } from '../../model/index.js';
import type { Measure, RolloutStanding } from '../../rollouts/index.js';
import type { Database } from '../../store/index.js';
import type { CellSource, Follower } from './cell-source.js';
import { RolloutLedger } from './rollout-ledger.js';

/** Rollouts whose ledgers are kept at once; one that was dropped is made anew from its cells. */
const MAX_LEDGERS = 2048;
/** A ledger that nobody asked for this long is dropped. */
const IDLE_MS = 3_600_000;

/** How rollouts stand, for the host that judges them and the API that shows them: both share a ledger. */
export class Ledgers {
  readonly #database: Database;
  readonly #measure: Measure;
  readonly #ledgers = new LRUCache<string, RolloutLedger>({ max: MAX_LEDGERS, ttl: IDLE_MS, updateAgeOnGet: true });
  /** The last refresh of a ledger: the next one waits for it. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(database: Database, measure: Measure) {
    this.#database = database;
    this.#measure = measure;
  }

  /** Whoever follows one of these rollouts already. */
  followers(rollouts: readonly Rollout[]): Follower[] {
    return rollouts.flatMap(({ id }) => this.#ledgers.peek(id) ?? []);
  }

  /**
   * The rollout as the newest closed buckets have it.
   * @param source where what is new was read ahead for its {@link followers}
   */
  async standing(rollout: Rollout, source?: CellSource): Promise<RolloutStanding> {
    const before = this.#turns.get(rollout.id) ?? Promise.resolve();
    const turn = before.then(() => this.#refreshed(rollout, source));
    const settled = turn.catch(() => {});
    this.#turns.set(rollout.id, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(rollout.id) === settled) this.#turns.delete(rollout.id);
    }
  }

  async #refreshed(rollout: Rollout, source?: CellSource): Promise<RolloutStanding> {
    const known = this.#ledgers.get(rollout.id);
    const ledger = known ?? new RolloutLedger(rollout, this.#measure);
    this.#ledgers.set(rollout.id, ledger);
    await ledger.refresh(this.#database, known && source);
    return ledger.standing();
  }
}
