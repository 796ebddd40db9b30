import { attributeDifference, DETECTORS } from '../../detectors/index.js';
import { bucketOf, type Clock, type MetricAttribution } from '../model/index.js';
import type { Database } from '../store/index.js';
import { knownVectors } from '../store/queries/cells.js';
import type { RolloutRecord } from '../store/queries/rollouts.js';
import { vectorCounts } from '../store/queries/vector-counts.js';

/** The newest part of a long rollout: it has more than enough calls to tell. */
const MAX_SECONDS = 7 * 86_400;

/** Why the arms of a rollout differ, for whoever asks: blamed metrics, or all while none is. Reads cells only. */
export function createAttribution(
  database: Database,
  clock: Clock,
): (record: RolloutRecord) => Promise<readonly MetricAttribution[]> {
  return async ({ rollout, state }) => {
    const { targetId, startedAt } = rollout;
    const until = Math.ceil((state.status === 'running' ? clock.now() : state.at) / 1000);
    const since = Math.max(bucketOf(startedAt / 1000), until - MAX_SECONDS);
    const [counts, vectors] = await Promise.all([
      vectorCounts(database, { targetId, since, until }),
      knownVectors(database, targetId),
    ]);
    const metrics = state.latched?.blame ?? DETECTORS.flatMap((detector) => detector.metrics.map(({ name }) => name));
    return metrics.flatMap((metric) => attributeDifference(rollout, metric, counts, vectors) ?? []);
  };
}
