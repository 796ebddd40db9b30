import { type Action, type ActionKind, type ActionStatus, type Incident, rowId } from '../model/index.js';
import { backoffMs, type Random } from './backoff.js';
import type { Delivery } from './delivery.js';
import type { Occasion } from './occasion.js';

/** After so many attempts an action has failed for good: minutes of a registry's outage, then a person is called. */
export const MAX_ATTEMPTS: Readonly<Record<ActionKind, number>> = { rollback: 12, notify: 10 };

export interface ActionDraft {
  readonly incident: Pick<Incident, 'id' | 'rolloutId'>;
  readonly kind: ActionKind;
  readonly destination: string;
  readonly occasion: Occasion;
  readonly status: Extract<ActionStatus, 'pending' | 'awaiting_approval'>;
}

/** The id an action has whoever plans it, and however often: also its idempotency key. */
export function actionId(draft: Omit<ActionDraft, 'status'>): string {
  return rowId('act', draft.incident.id, draft.kind, draft.destination, draft.occasion);
}

/** An action as it is planned, before any attempt. */
export function firstRevision(draft: ActionDraft, now: number): Action {
  return {
    id: actionId(draft),
    incidentId: draft.incident.id,
    rolloutId: draft.incident.rolloutId,
    kind: draft.kind,
    destination: draft.destination,
    occasion: draft.occasion,
    revision: 1,
    status: draft.status,
    attempts: 0,
    nextAttemptAt: draft.status === 'pending' ? now : 0,
    payloadDigest: '',
    detail: '',
    at: now,
  };
}

/** The action after one attempt: done, to be tried again, or given up. */
export function afterDelivery(action: Action, delivery: Delivery, now: number, random: Random): Action {
  const attempts = action.attempts + 1;
  const tried = { ...action, attempts, payloadDigest: delivery.payloadDigest || action.payloadDigest };
  if (delivery.kind === 'delivered') return revised(tried, 'succeeded', delivery.detail, now);
  if (delivery.kind === 'rejected') return revised(tried, 'failed', delivery.detail, now);
  if (attempts >= MAX_ATTEMPTS[action.kind])
    return revised(tried, 'failed', `given up after ${attempts} attempts; the last: ${delivery.detail}`, now);
  const nextAttemptAt = now + backoffMs(attempts, random, delivery.afterSeconds);
  return { ...revised(tried, 'pending', delivery.detail, now), nextAttemptAt };
}

/** The next revision of an action with another status. */
export function revised(action: Action, status: ActionStatus, detail: string, now: number): Action {
  const nextAttemptAt = status === 'pending' ? now : 0;
  return { ...action, revision: action.revision + 1, status, detail, nextAttemptAt, at: now };
}
