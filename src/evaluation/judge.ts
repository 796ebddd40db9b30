import { LRUCache } from 'lru-cache';
import type { Clock } from '../model/index.js';
import { type Judgement, judgeStanding } from '../rollouts/index.js';
import type { RolloutRecord } from '../store/queries/rollouts.js';
import type { Ledgers } from './ledger/ledgers.js';

/** Pages and gates that ask within this time share an answer: buckets take longer to close. */
const SHARED_MS = 2000;
const MAX_SHARED = 100;

/** Judges a rollout as the newest closed cells have it, for whoever looks at it. Reads what was closed since the last look. */
export function createJudge(ledgers: Ledgers, clock: Clock): (record: RolloutRecord) => Promise<Judgement> {
  const shared = new LRUCache<string, Promise<Judgement>>({ max: MAX_SHARED, ttl: SHARED_MS });
  return (record) => {
    const key = `${record.rollout.id} ${record.state.revision}`;
    const known = shared.get(key);
    if (known) return known;
    const judgement = judgeNow(ledgers, clock, record);
    shared.set(key, judgement);
    // A store that did not answer is asked again by the next look.
    judgement.catch(() => shared.delete(key));
    return judgement;
  };
}

async function judgeNow(ledgers: Ledgers, clock: Clock, { rollout, state }: RolloutRecord): Promise<Judgement> {
  const standing = await ledgers.standing(rollout);
  return judgeStanding({ rollout, previous: state, standing, now: clock.now() });
}
