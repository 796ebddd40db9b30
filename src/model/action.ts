/** A notification, a rollback or a promotion; recorded before it is attempted. */
export const ACTION_KINDS = ['rollback', 'notify'] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** `pending` (also between retries) → `succeeded` | `failed` (final) | `cancelled`; `awaiting_approval` before `pending`. */
export const ACTION_STATUSES = ['awaiting_approval', 'pending', 'succeeded', 'failed', 'cancelled'] as const;
export type ActionStatus = (typeof ACTION_STATUSES)[number];

/** One row of an action's history; the newest revision is its state. */
export interface Action {
  /** Deterministic, and the idempotency key that is sent with every attempt. */
  readonly id: string;
  readonly incidentId: string;
  readonly rolloutId: string;
  readonly kind: ActionKind;
  /** Which registry or notifier, by its configured name. */
  readonly destination: string;
  /** The moment of the incident it is about: `opened`, `rolled_back`, `rollback_unconfirmed`, … */
  readonly occasion: string;
  readonly revision: number;
  readonly status: ActionStatus;
  /** Attempts made so far. */
  readonly attempts: number;
  /** Not before this time (ms); 0 when nothing is to be done. */
  readonly nextAttemptAt: number;
  /** SHA-256 of the payload of the last attempt, and what was answered; never a secret. */
  readonly payloadDigest: string;
  readonly detail: string;
  readonly at: number;
}
