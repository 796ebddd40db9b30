import type { Clock, MetricAttribution } from '../model/index.js';
import type { Database } from '../store/index.js';
import type { RolloutRecord } from '../store/queries/rollouts.js';
import type { Random } from './backoff.js';
import type { Notifier } from './notifiers/index.js';
import type { Registry } from './registries/index.js';

/** What the action desk is built from. */
export interface DeskParts {
  readonly database: Database;
  readonly notifiers: readonly Notifier[];
  readonly registries: readonly Registry[];
  readonly clock: Clock;
  readonly random: Random;
  /** Where people reach the page; links in messages start with it. */
  readonly publicUrl: string;
  /** Why the arms of a rollout differ; asked once, when an incident about it opens. Without it incidents do not say. */
  readonly attribute?: (record: RolloutRecord) => Promise<readonly MetricAttribution[]>;
  readonly log?: (message: string) => void;
  /** Told whenever an action is to be attempted at a time (ms): a hint for a queue. The table is the truth. */
  readonly onDue?: (actionId: string, atMs: number) => void;
}
