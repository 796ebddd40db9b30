import { armsOf } from '../rollouts/index.js';
import type { Database } from '../store/index.js';
import { countsByStratum, knownVectors } from '../store/queries/cells.js';
import type { RolloutRecord } from '../store/queries/rollouts.js';
import type { RolloutDetail } from './schemas.js';

type StratumRates = RolloutDetail['strata'];

/** Every counted metric of both arms by context size, since the rollout began. */
export async function rolloutStrata(database: Database, { rollout }: RolloutRecord): Promise<StratumRates> {
  const { targetId, startedAt } = rollout;
  const [counts, vectors] = await Promise.all([
    countsByStratum(database, { targetId, since: Math.floor(startedAt / 1000) }),
    knownVectors(database, targetId),
  ]);
  const arms = armsOf(rollout, vectors);
  const rows = new Map<string, StratumRates[number]>();
  for (const { metric, stratum, vectorId, n, failures } of counts) {
    const arm = arms.get(vectorId)?.arm;
    if (arm === undefined) continue;
    const key = JSON.stringify([metric, stratum]);
    const row = rows.get(key) ?? { stratum, metric, baseline: NOTHING, candidate: NOTHING };
    const sum = { n: row[arm].n + n, failures: row[arm].failures + failures };
    rows.set(key, { ...row, [arm]: { ...sum, rate: sum.n === 0 ? null : sum.failures / sum.n } });
  }
  return [...rows.values()];
}

const NOTHING = { n: 0, failures: 0, rate: null };
