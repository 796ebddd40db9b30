import { QUIET_LOOK_SECONDS, type WatchedVector } from '../../../detectors/index.js';

/** When a watch looked at a target (ms), and how far buckets were closed then (Unix seconds). */
interface Looked {
  readonly at: number;
  readonly until: number;
}

/**
 * Remembers what each watch has looked at, so that none looks again where nothing came. A target is quiet when all of its
 * calls had been seen by the last look. In memory only: a new process looks at everything.
 */
export class QuietTargets {
  readonly #looked = new Map<string, Map<string, Looked>>();

  isQuiet(
    watch: string,
    targetId: string,
    vectors: readonly Pick<WatchedVector, 'lastSeen'>[],
    nowMs: number,
  ): boolean {
    const last = this.#looked.get(watch)?.get(targetId);
    if (last === undefined || nowMs - last.at >= QUIET_LOOK_SECONDS * 1000) return false;
    return vectors.every(({ lastSeen }) => lastSeen < last.until * 1000);
  }

  lookedAt(watch: string, targetIds: ReadonlySet<string>, looked: Looked): void {
    const known = this.#looked.get(watch) ?? new Map<string, Looked>();
    for (const targetId of targetIds) known.set(targetId, looked);
    this.#looked.set(watch, known);
  }

  forgetAllBut(live: ReadonlySet<string>): void {
    for (const known of this.#looked.values()) for (const id of known.keys()) if (!live.has(id)) known.delete(id);
  }
}
