import type { Clock } from '../model/index.js';
import { type Judgement, judgeRollout } from '../rollouts/index.js';
import type { Database } from '../store/index.js';
import { knownVectors, readCells } from '../store/queries/cells.js';
import type { RolloutRecord } from '../store/queries/rollouts.js';

/** Cells from this long before a rollout teach the baseline's rate. */
export const BASELINE_SECONDS = 3600;

/** The rollout as the newest closed cells have it. Reads the cells since an hour before it started. */
export async function judgeNow(
  database: Database,
  clock: Clock,
  { rollout, state }: RolloutRecord,
): Promise<Judgement> {
  const since = Math.floor(rollout.startedAt / 1000) - BASELINE_SECONDS;
  const [cells, vectors] = await Promise.all([
    readCells(database, { targetId: rollout.targetId, since }),
    knownVectors(database, rollout.targetId),
  ]);
  return judgeRollout({ rollout, previous: state, cells, vectors, now: clock.now() });
}
