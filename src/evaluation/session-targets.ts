import type { RolloutRecord } from '../store/queries/rollouts.js';

/**
 * Targets whose sessions are to be counted, because a rollout runs there that has them as units. Sessions are not counted
 * elsewhere: that costs more than all other counts of a bucket together.
 */
export class SessionTargets {
  readonly #countSince: (targetId: string, since: number) => Promise<void>;
  /** By target, the rollouts whose buckets are known to be counted. */
  readonly #rollouts = new Map<string, ReadonlySet<string>>();

  /** @param countSince counts what was closed without sessions from a time (Unix seconds) on */
  constructor(countSince: (targetId: string, since: number) => Promise<void>) {
    this.#countSince = countSince;
  }

  get ids(): ReadonlySet<string> {
    return new Set(this.#rollouts.keys());
  }

  /** What is closed from now on counts the sessions of the rollout's target. */
  expect(record: RolloutRecord): void {
    const { targetId } = record.rollout;
    if (countsSessions(record) && !this.#rollouts.has(targetId)) this.#rollouts.set(targetId, new Set());
  }

  /**
   * To be called before these rollouts, all of the target's, are judged: a rollout begins some buckets before anybody sees
   * it, and many if Leeway was down, and none of them may count calls where sessions are meant.
   */
  async prepare(targetId: string, records: readonly RolloutRecord[]): Promise<void> {
    const own = records.filter(countsSessions).map(({ rollout }) => rollout);
    const known = this.#rollouts.get(targetId);
    const strangers = own.filter(({ id }) => known?.has(id) !== true);
    if (strangers.length > 0) {
      const since = Math.min(...strangers.map(({ startedAt }) => startedAt)) / 1000;
      await this.#countSince(targetId, Math.floor(since));
    }
    if (own.length === 0) this.#rollouts.delete(targetId);
    else this.#rollouts.set(targetId, new Set(own.map(({ id }) => id)));
  }
}

function countsSessions({ rollout, state }: RolloutRecord): boolean {
  return rollout.policy.unit === 'session' && state.status === 'running' && state.latched === null;
}
