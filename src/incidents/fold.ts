import {
  INCIDENT_EVENT_KINDS,
  type Incident,
  type IncidentEvent,
  type IncidentEventKind,
  type IncidentState,
} from '../model/index.js';

/** What has become of an incident. */
export interface IncidentStatus {
  readonly state: IncidentState;
  /** A person has taken it on: Leeway starts nothing more by itself. */
  readonly acknowledged: boolean;
  /** Time of its newest event, in milliseconds. */
  readonly updatedAt: number;
}

/** Events of these kinds are a person's decision. */
const HUMAN_KINDS: readonly IncidentEventKind[] = ['acknowledged', 'rejected', 'resolved'];

type Transition = { readonly from: readonly IncidentState[]; readonly to: IncidentState };

const UNDECIDED: readonly IncidentState[] = ['open', 'awaiting_approval'];
const UNPROVEN: readonly IncidentState[] = ['rolling_back', 'rollback_unconfirmed'];

/** An event in any other state leaves the state as it is; `resolved` is final. */
const TRANSITIONS: Partial<Record<IncidentEventKind, Transition>> = {
  approval_requested: { from: ['open'], to: 'awaiting_approval' },
  approved: { from: UNDECIDED, to: 'rolling_back' },
  rejected: { from: ['awaiting_approval'], to: 'open' },
  rollback_requested: { from: UNDECIDED, to: 'rolling_back' },
  rollback_accepted: { from: UNDECIDED, to: 'rolling_back' },
  rollback_failed: { from: ['rolling_back'], to: 'rollback_unconfirmed' },
  rollback_unconfirmed: { from: ['rolling_back'], to: 'rollback_unconfirmed' },
  // Traffic may prove the rollback late, after the window in which it was expected.
  rollback_confirmed: { from: UNPROVEN, to: 'rolled_back' },
  resolved: {
    from: ['open', 'awaiting_approval', 'rolling_back', 'rolled_back', 'rollback_unconfirmed'],
    to: 'resolved',
  },
};

/**
 * The state an incident's events lead to. A function of the set of events: their order and repetitions change nothing.
 * @param events of any incident; those of others are left out
 */
export function foldIncident(
  incident: Pick<Incident, 'id' | 'openedAt'>,
  events: readonly IncidentEvent[],
): IncidentStatus {
  let status: IncidentStatus = { state: 'open', acknowledged: false, updatedAt: incident.openedAt };
  const own = events.filter(({ incidentId }) => incidentId === incident.id);
  for (const event of timeline(own)) status = step(status, event);
  return status;
}

/** Each event once, in time; events of the same millisecond in the order in which an incident lives through them. */
export function timeline(events: readonly IncidentEvent[]): IncidentEvent[] {
  const ordered = [...events].sort(
    (a, b) =>
      a.at - b.at ||
      INCIDENT_EVENT_KINDS.indexOf(a.kind) - INCIDENT_EVENT_KINDS.indexOf(b.kind) ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const seen = new Set<string>();
  return ordered.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/**
 * When the rollback was accepted by every registry that it was asked of; `null` until then. Traffic is watched from
 * this time on.
 */
export function rollbackAcceptedAt(events: readonly IncidentEvent[]): number | null {
  const once = timeline(events);
  const accepted = once.filter(({ kind }) => kind === 'rollback_accepted');
  const requested = once.filter(({ kind }) => kind === 'rollback_requested');
  const last = accepted.at(-1);
  return last && accepted.length >= requested.length ? last.at : null;
}

function step(status: IncidentStatus, event: IncidentEvent): IncidentStatus {
  const transition = TRANSITIONS[event.kind];
  return {
    state: transition?.from.includes(status.state) ? transition.to : status.state,
    acknowledged: status.acknowledged || HUMAN_KINDS.includes(event.kind),
    updatedAt: Math.max(status.updatedAt, event.at),
  };
}
