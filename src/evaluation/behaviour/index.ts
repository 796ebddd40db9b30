import type { FindingDraft } from '../../model/index.js';
import type { Database } from '../../store/index.js';
import { BehaviourFollower } from './follower.js';
import { ThreadBehaviourRunner } from './runner.js';
import { BehaviourWatch } from './watch.js';

export { BehaviourFollower } from './follower.js';
export { InlineBehaviourRunner, ThreadBehaviourRunner } from './runner.js';
export { BehaviourWatch } from './watch.js';

/**
 * The behaviour tests of all running rollouts, in a thread of their own.
 * @param threadFile thread.ts, compiled
 */
export function createBehaviour(
  database: Database,
  threadFile: string,
  report: (drafts: readonly FindingDraft[]) => Promise<void>,
): BehaviourFollower & { close(): Promise<void> } {
  const runner = new ThreadBehaviourRunner(threadFile, () => watch.restart());
  const watch = new BehaviourWatch({ database, runner, report });
  return Object.assign(new BehaviourFollower(database, watch), { close: () => runner.close() });
}
