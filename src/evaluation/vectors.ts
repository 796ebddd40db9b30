import { LRUCache } from 'lru-cache';
import type { Database } from '../store/index.js';
import { type KnownVector, knownVectors } from '../store/queries/cells.js';

const MAX_TARGETS = 4096;
/** When a vector was last seen is at most this old; what it is never changes. */
const MAX_AGE_MS = 60_000;

/** The vectors of targets, read again when a stranger turns up: targets get new ones a few times a day and are looked at every second. */
export class Vectors {
  readonly #database: Database;
  readonly #known = new LRUCache<string, readonly KnownVector[]>({ max: MAX_TARGETS, ttl: MAX_AGE_MS });

  constructor(database: Database) {
    this.#database = database;
  }

  async of(targetIds: readonly string[]): Promise<ReadonlyMap<string, readonly KnownVector[]>> {
    const known = new Map(targetIds.map((targetId) => [targetId, this.#known.get(targetId)]));
    const missing = targetIds.filter((targetId) => known.get(targetId) === undefined);
    const read = missing.length === 0 ? [] : await knownVectors(this.#database, ...missing);
    for (const targetId of missing) {
      const own = read.filter((vector) => vector.targetId === targetId);
      this.#known.set(targetId, own);
      known.set(targetId, own);
    }
    return new Map([...known].map(([targetId, own]) => [targetId, own ?? []]));
  }

  forget(targetId: string): void {
    this.#known.delete(targetId);
  }
}
