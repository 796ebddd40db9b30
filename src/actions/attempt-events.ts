import { incidentEvent } from '../incidents/index.js';
import type { Action, IncidentEvent, IncidentEventKind } from '../model/index.js';
import { MAX_ATTEMPTS } from './revision.js';

/**
 * The line that an attempt adds to the timeline, by what became of the action; `null` when a notification is merely to be
 * tried again, which its own history tells. Pure; the same attempt repeated after a crash gives the same line.
 */
export function attemptEvent(action: Action): IncidentEvent | null {
  const told = action.kind === 'rollback' ? rollbackLine(action) : notificationLine(action);
  if (!told) return null;
  const { kind, message } = told;
  return incidentEvent({
    incidentId: action.incidentId,
    kind,
    at: action.at,
    message,
    data: { actionId: action.id, destination: action.destination, attempts: action.attempts },
    which: kind === 'rollback_attempt_failed' ? [action.id, action.attempts] : [action.id],
  });
}

interface Line {
  readonly kind: IncidentEventKind;
  readonly message: string;
}

function rollbackLine({ status, destination, detail, attempts }: Action): Line | null {
  switch (status) {
    case 'succeeded':
      return {
        kind: 'rollback_accepted',
        message: `${destination} accepted the rollback (${detail}); now the traffic must show it.`,
      };
    case 'failed':
      return { kind: 'rollback_failed', message: `${destination} did not take the rollback: ${detail}.` };
    case 'pending':
      return {
        kind: 'rollback_attempt_failed',
        message: `Attempt ${attempts} of ${MAX_ATTEMPTS.rollback} at ${destination} failed: ${detail}.`,
      };
    default:
      return null;
  }
}

function notificationLine({ status, destination, occasion, detail }: Action): Line | null {
  const moment = occasion.replaceAll('_', ' ');
  if (status === 'succeeded') return { kind: 'notified', message: `${destination} was told: ${moment}.` };
  if (status === 'failed')
    return { kind: 'notification_failed', message: `${destination} could not be told (${moment}): ${detail}.` };
  return null;
}
