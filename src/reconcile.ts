import type { ActionDesk } from './actions/index.js';
import type { EvaluationHost } from './evaluation/index.js';
import { type Clock, errorMessage } from './model/index.js';
import type { Jobs } from './queue/index.js';

/** How often the tables are compared with what should have happened. */
const RECONCILE_INTERVAL_MS = 2000;
/** An action this late has lost its job (or the queue is away): it is attempted here, without the queue. */
const LATE_ACTION_MS = 5000;
/** Messages that a crash kept from being planned are looked for at the start, and this often. */
const CATCH_UP_INTERVAL_MS = 60_000;
/** So many missed runs, and at least this long: the evaluation has lost its job. */
const MISSED_RUNS = 5;
const LATE_EVALUATION_MS = 10_000;

export interface ReconcilerParts {
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly desk: ActionDesk;
  readonly evaluation: EvaluationHost;
  readonly evaluationIntervalMs: number;
  readonly log: (message: string) => void;
}

/** The job of an action's next attempt: one id an attempt, so that adding it twice is adding it once. */
export function scheduleAttempt({ jobs, clock, log }: Pick<ReconcilerParts, 'jobs' | 'clock' | 'log'>) {
  return (actionId: string, atMs: number): void => {
    jobs
      .add('delivery', `${actionId}-${atMs}`, { actionId }, atMs - clock.now())
      .catch((error: unknown) => log(`queue: ${actionId} could not be enqueued: ${errorMessage(error)}`));
  };
}

/**
 * Makes lost jobs harmless: what the tables say is due is enqueued again, and what is overdue is done without the queue.
 * @returns stops it and waits for what is under way
 */
export function startReconciler(parts: ReconcilerParts): () => Promise<void> {
  const schedule = scheduleAttempt(parts);
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let caughtUpAt = Number.NEGATIVE_INFINITY;
  const reconcile = async () => {
    const now = parts.clock.now();
    if (now - caughtUpAt >= CATCH_UP_INTERVAL_MS) {
      caughtUpAt = now;
      await attempt(parts, 'catching up', () => parts.desk.catchUp());
    }
    await attempt(parts, 'due actions', () => deliverDue(parts, schedule, now));
    await attempt(parts, 'evaluation', () => evaluateIfLate(parts, now));
  };
  const next = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = reconcile().finally(next);
    }, RECONCILE_INTERVAL_MS);
  };
  next();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}

async function attempt({ log }: ReconcilerParts, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log(`reconciler: ${what}: ${errorMessage(error)}`);
  }
}

async function deliverDue(
  parts: ReconcilerParts,
  schedule: ReturnType<typeof scheduleAttempt>,
  now: number,
): Promise<void> {
  for (const action of await parts.desk.due(now)) {
    if (now - action.nextAttemptAt < LATE_ACTION_MS) schedule(action.id, action.nextAttemptAt);
    else
      await attempt(parts, action.id, async () => {
        await parts.desk.attempt(action.id);
      });
  }
}

async function evaluateIfLate({ evaluation, evaluationIntervalMs }: ReconcilerParts, now: number): Promise<void> {
  const late = Math.max(LATE_EVALUATION_MS, MISSED_RUNS * evaluationIntervalMs);
  if (now - (evaluation.status.lastRunAt ?? 0) > late) await evaluation.run();
}
