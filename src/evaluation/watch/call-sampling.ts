import type { Fact } from '../../../detectors/index.js';
import type { Database } from '../../store/index.js';
import { closedGenerations } from '../../store/queries/closes.js';

/**
 * Calls that one statement looks at one by one. It keeps some hundred bytes of each, and where the engine is embedded, loading
 * waits for it.
 */
export const MAX_CALLS_AT_ONCE = 200_000;

/** Targets in one statement. */
const TARGETS_AT_ONCE = 50;

/** A statement's targets, and of how many sessions one is looked at. */
export interface SampledTargets {
  readonly targetIds: readonly string[];
  readonly every: number;
}

/** Keeps statements that read calls one by one from reading more than can be kept: by the number of calls in closed buckets. */
export class CallSampling {
  readonly #database: Database;
  readonly #maxCalls: number;
  /** Calls of each target by time: what belongs together must be sampled alike. */
  readonly #calls = new Map<string, Map<string, number>>();

  constructor(database: Database, maxCalls = MAX_CALLS_AT_ONCE) {
    this.#database = database;
    this.#maxCalls = maxCalls;
  }

  /** The next run counts anew. */
  endRun(): void {
    this.#calls.clear();
  }

  /** Of how many sessions a fact looks at one; a power of two, so that few targets need a statement of their own. */
  oneIn(fact: Fact, until: number, targetId: string): number {
    const calls = this.#calls.get(timeKey(fact, until))?.get(targetId) ?? 0;
    return 2 ** Math.ceil(Math.log2(Math.max(1, calls / this.#maxCalls)));
  }

  /** Divides targets among statements. */
  async statements(fact: Fact, targetIds: readonly string[], until: number): Promise<readonly SampledTargets[]> {
    const isSampled = fact.sql.includes('{every:');
    const calls = isSampled ? await this.#count(fact, targetIds, until) : new Map<string, number>();
    const statements: { targetIds: string[]; every: number; calls: number }[] = [];
    for (const targetId of targetIds) {
      const every = isSampled ? this.oneIn(fact, until, targetId) : 1;
      const own = (calls.get(targetId) ?? 0) / every;
      const open = statements.findLast((one) => one.every === every);
      if (open !== undefined && open.targetIds.length < TARGETS_AT_ONCE && open.calls + own <= this.#maxCalls) {
        open.targetIds.push(targetId);
        open.calls += own;
      } else statements.push({ targetIds: [targetId], every, calls: own });
    }
    return statements;
  }

  async #count(fact: Fact, targetIds: readonly string[], until: number): Promise<ReadonlyMap<string, number>> {
    const key = timeKey(fact, until);
    const known = this.#calls.get(key) ?? new Map<string, number>();
    this.#calls.set(key, known);
    const unknown = targetIds.filter((id) => !known.has(id));
    if (unknown.length === 0) return known;
    const time = { since: until - fact.lookbackSeconds, until };
    const counted = await closedGenerations(this.#database, { targetIds: unknown, ...time });
    for (const id of unknown) known.set(id, counted.get(id) ?? 0);
    return known;
  }
}

function timeKey({ lookbackSeconds }: Fact, until: number): string {
  return `${until - lookbackSeconds} ${until}`;
}
