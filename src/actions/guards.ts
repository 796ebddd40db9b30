import type { IncidentStatus } from '../incidents/index.js';
import type { RequestedRollback } from '../store/queries/actions.js';

/** After a rollback of a target, no other for this long. */
export const ROLLBACK_COOL_DOWN_SECONDS = 300;
/** Rollbacks of a target within an hour, over all its rollouts. */
export const ROLLBACKS_PER_HOUR = 3;
export const ROLLBACK_BUDGET_WINDOW_MS = 3_600_000;

export interface GuardedRollback {
  /** Would it start without a person? Asking a person is limited neither by the cool-down nor by the budget. */
  readonly automatic: boolean;
  readonly rolloutId: string;
  readonly status: IncidentStatus;
  /** Has the baseline served this target, and is it not failing itself? */
  readonly baselineLive: boolean;
  /** Rollbacks of the same target in the last hour. */
  readonly recent: readonly RequestedRollback[];
  readonly now: number;
}

type Guard = 'human_decision' | 'baseline_not_live' | 'cool_down' | 'hourly_budget';

export type GuardVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly guard: Guard; readonly reason: string };

/** May Leeway start this rollback, or ask for it? Pure; the first guard that objects is named. */
export function guardRollback(rollback: GuardedRollback): GuardVerdict {
  const { status, baselineLive, now } = rollback;
  if (status.acknowledged || status.state === 'resolved')
    return withheld('human_decision', 'a person has taken the incident on');
  if (!baselineLive)
    return withheld('baseline_not_live', 'the baseline is failing itself, or was never live on this target');
  if (!rollback.automatic) return { allowed: true };
  const others = rollback.recent.filter(
    ({ rolloutId, requestedAt }) => rolloutId !== rollback.rolloutId && now - requestedAt < ROLLBACK_BUDGET_WINDOW_MS,
  );
  if (others.some(({ requestedAt }) => now - requestedAt < ROLLBACK_COOL_DOWN_SECONDS * 1000))
    return withheld('cool_down', `this target was rolled back less than ${ROLLBACK_COOL_DOWN_SECONDS} s ago`);
  if (others.length >= ROLLBACKS_PER_HOUR)
    return withheld('hourly_budget', `this target was rolled back ${others.length} times within the hour`);
  return { allowed: true };
}

function withheld(guard: Guard, reason: string): GuardVerdict {
  return { allowed: false, guard, reason };
}
