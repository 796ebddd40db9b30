import { errorMessage, type MetricAttribution } from '../model/index.js';
import { getRollout } from '../store/queries/rollouts.js';
import type { DeskParts } from './parts.js';

/**
 * Why the arms of a rollout differ, for the evidence of an incident that opens. What cannot be told does not keep the
 * incident from opening: the problem is logged, and the answer is empty.
 * @param rolloutId empty when the incident is about no rollout
 */
export async function attributionsOf(
  { database, attribute, log }: Pick<DeskParts, 'database' | 'attribute' | 'log'>,
  rolloutId: string,
): Promise<readonly MetricAttribution[]> {
  if (attribute === undefined || rolloutId === '') return [];
  try {
    const record = await getRollout(database, rolloutId);
    return record === null ? [] : await attribute(record);
  } catch (error) {
    log?.(`rollout ${rolloutId}: its incident opens without saying which surface did it: ${errorMessage(error)}`);
    return [];
  }
}
