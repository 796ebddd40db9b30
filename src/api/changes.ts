import { type Clock, isoTime } from '../model/index.js';

/** What may have changed; a page asks again for what it shows. */
const CHANGE_TOPICS = ['targets', 'vectors', 'rollouts', 'incidents', 'actions'] as const;
type ChangeTopic = (typeof CHANGE_TOPICS)[number];

export interface Change {
  readonly topics: readonly ChangeTopic[];
  /** RFC 3339. */
  readonly at: string;
}

/** At least this long between two changes that listeners hear of. */
const COALESCE_MS = 250;

export interface ChangeFeed {
  /** Tells listeners, soon: what is published close together is told once. */
  publish(topics: readonly ChangeTopic[]): void;
  /** @returns ends the subscription */
  subscribe(listener: (change: Change) => void): () => void;
  /** Forgets what was not told yet. */
  close(): void;
}

/** A change feed within this process: it carries hints, so that losing one costs a page its freshness and nothing else. */
export function createChangeFeed(clock: Clock, coalesceMs: number = COALESCE_MS): ChangeFeed {
  const listeners = new Set<(change: Change) => void>();
  const pending = new Set<ChangeTopic>();
  let timer: NodeJS.Timeout | null = null;
  let toldAt = Number.NEGATIVE_INFINITY;

  const tell = () => {
    timer = null;
    toldAt = clock.now();
    const change = { topics: CHANGE_TOPICS.filter((topic) => pending.has(topic)), at: isoTime(toldAt) };
    pending.clear();
    for (const listener of listeners) listener(change);
  };

  return {
    publish(topics) {
      for (const topic of topics) pending.add(topic);
      if (timer !== null || pending.size === 0) return;
      // Clamped: a clock that was set back must not silence the feed.
      const waitMs = Math.min(coalesceMs, Math.max(0, toldAt + coalesceMs - clock.now()));
      timer = setTimeout(tell, waitMs);
      timer.unref();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      pending.clear();
      listeners.clear();
    },
  };
}
