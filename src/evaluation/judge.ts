import { LRUCache } from 'lru-cache';
import type { Clock } from '../model/index.js';
import { type Judgement, judgeRollout } from '../rollouts/index.js';
import type { Database } from '../store/index.js';
import { knownVectors, readCells } from '../store/queries/cells.js';
import type { RolloutRecord } from '../store/queries/rollouts.js';

/** Cells from this long before a rollout teach the baseline's rate. */
export const BASELINE_SECONDS = 3600;

/** Pages and gates that ask within this time share an answer: buckets take longer to close. */
const SHARED_MS = 2000;
const MAX_SHARED = 100;

/** Judges a rollout as the newest closed cells have it, for whoever looks at it. Reads the cells since an hour before it. */
export function createJudge(database: Database, clock: Clock): (record: RolloutRecord) => Promise<Judgement> {
  const shared = new LRUCache<string, Promise<Judgement>>({ max: MAX_SHARED, ttl: SHARED_MS });
  return (record) => {
    const key = `${record.rollout.id} ${record.state.revision}`;
    const known = shared.get(key);
    if (known) return known;
    const judgement = judgeNow(database, clock, record);
    shared.set(key, judgement);
    // A store that did not answer is asked again by the next look.
    judgement.catch(() => shared.delete(key));
    return judgement;
  };
}

async function judgeNow(database: Database, clock: Clock, { rollout, state }: RolloutRecord): Promise<Judgement> {
  const since = Math.floor(rollout.startedAt / 1000) - BASELINE_SECONDS;
  const [cells, vectors] = await Promise.all([
    readCells(database, { targetId: rollout.targetId, since }),
    knownVectors(database, rollout.targetId),
  ]);
  return judgeRollout({ rollout, previous: state, cells, vectors, now: clock.now() });
}
