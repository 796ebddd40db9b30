import type { FindingDraft } from '../../model/index.js';
import { packageFile } from '../../package-file.js';
import type { Database } from '../../store/index.js';
import { BehaviourFollower } from './follower.js';
import { ThreadBehaviourRunner } from './runner.js';
import { BehaviourWatch } from './watch.js';

export { BehaviourFollower } from './follower.js';
export { type BehaviourRunner, InlineBehaviourRunner, ThreadBehaviourRunner } from './runner.js';
export { BehaviourWatch } from './watch.js';

const THREAD = 'dist/src/evaluation/behaviour/thread.js';

/** The behaviour tests of all running rollouts, in a thread of their own. */
export function createBehaviour(
  database: Database,
  report: (drafts: readonly FindingDraft[]) => Promise<void>,
): BehaviourFollower & { close(): Promise<void> } {
  const runner = new ThreadBehaviourRunner(packageFile(THREAD), () => watch.restart());
  const watch = new BehaviourWatch({ database, runner, report });
  return Object.assign(new BehaviourFollower(database, watch), { close: () => runner.close() });
}
