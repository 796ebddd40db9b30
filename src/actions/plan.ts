import { type IncidentStatus, incidentEvent } from '../incidents/index.js';
import type { Action, Incident, IncidentEvent, Rollout, Surface } from '../model/index.js';
import type { RequestedRollback } from '../store/queries/actions.js';
import { guardRollback } from './guards.js';
import { type Move, planMoves } from './move.js';
import type { Occasion } from './occasion.js';
import type { Registry } from './registries/index.js';
import { actionId, firstRevision } from './revision.js';

export interface RollbackFacts {
  readonly incident: Incident;
  readonly rollout: Rollout;
  readonly status: IncidentStatus;
  /** Actions of the incident, newest revisions. */
  readonly existing: readonly Action[];
  readonly registries: readonly Registry[];
  readonly baselineLive: boolean;
  /** Rollbacks of the target in the last hour. */
  readonly recent: readonly RequestedRollback[];
  readonly now: number;
}

/** Actions to record and lines to add to the timeline. */
export interface Plan {
  readonly actions: readonly Action[];
  readonly events: readonly IncidentEvent[];
}

const NOTHING: Plan = { actions: [], events: [] };

/**
 * The rollback of an incident as its mode, the registries and the guards allow it. Pure. One rollback per rollout: where
 * one is recorded already, only its line in the timeline is told again, in case a crash came between the two.
 */
export function planRollback(facts: RollbackFacts): Plan {
  const { incident, rollout, status, existing, now } = facts;
  if (rollout.policy.mode === 'observe') return NOTHING;
  const automatic = rollout.policy.mode === 'auto';
  const moves = planMoves(rollout, facts.registries);
  const recorded = existing.filter(({ kind }) => kind === 'rollback');
  if (recorded.length > 0) return { actions: [], events: moves.possible ? retold(facts, recorded, moves.moves) : [] };
  if (!moves.possible) return withheld(facts, 'not_possible', moves.reason);
  const { rolloutId } = incident;
  const { baselineLive, recent } = facts;
  const guard = guardRollback({ automatic, rolloutId, status, baselineLive, recent, now });
  if (!guard.allowed) return withheld(facts, guard.guard, guard.reason);
  const actions = moves.moves.map(({ registry }) =>
    firstRevision(
      {
        incident,
        kind: 'rollback',
        destination: registry.name,
        occasion: 'opened',
        status: automatic ? 'pending' : 'awaiting_approval',
      },
      now,
    ),
  );
  return { actions, events: actions.map((action) => requested(facts, action, moves.moves)) };
}

/** One notification per notifier, without those that are recorded already. Pure. */
export function planNotifications(
  incident: Incident,
  occasion: Occasion,
  destinations: readonly string[],
  existing: readonly Action[],
  now: number,
): Action[] {
  const known = new Set(existing.map(({ id }) => id));
  return destinations
    .map((destination) => ({ incident, kind: 'notify', destination, occasion, status: 'pending' }) as const)
    .filter((draft) => !known.has(actionId(draft)))
    .map((draft) => firstRevision(draft, now));
}

/** The line that tells what is asked of a registry, or waits for approval; the same whoever tells it. Pure. */
export function requestLine(
  rollout: Rollout,
  action: Action,
  moves: readonly Move[],
  kind: 'rollback_requested' | 'approval_requested',
  at: number,
): IncidentEvent {
  const surfaces = moves.find(({ registry }) => registry.name === action.destination)?.surfaces ?? rollout.changed;
  const what = moveWords(rollout, surfaces);
  return incidentEvent({
    incidentId: action.incidentId,
    kind,
    at,
    message:
      kind === 'approval_requested'
        ? `Moving ${what} through ${action.destination} waits for a person's approval.`
        : `Leeway asks ${action.destination} to move ${what}.`,
    data: { actionId: action.id, registry: action.destination, surfaces },
    which: [action.id],
  });
}

/** `prompt from v13 back to v12` */
function moveWords(rollout: Rollout, surfaces: readonly Surface[]): string {
  return surfaces
    .map((surface) => `${surface} from ${rollout.candidate[surface] || 'no tag'} back to ${rollout.baseline[surface]}`)
    .join(', ');
}

/** A cancelled rollback was refused or given up by a person: nothing was asked for. */
function retold(facts: RollbackFacts, recorded: readonly Action[], moves: readonly Move[]): IncidentEvent[] {
  return recorded.filter(({ status }) => status !== 'cancelled').map((action) => requested(facts, action, moves));
}

function requested({ rollout, now }: RollbackFacts, action: Action, moves: readonly Move[]): IncidentEvent {
  const kind = action.status === 'awaiting_approval' ? 'approval_requested' : 'rollback_requested';
  return requestLine(rollout, action, moves, kind, now);
}

function withheld({ incident, now }: RollbackFacts, guard: string, reason: string): Plan {
  const event = incidentEvent({
    incidentId: incident.id,
    kind: 'rollback_withheld',
    at: now,
    message: `Leeway does not roll back: ${reason}. A person must act.`,
    data: { guard, reason },
    which: [guard],
  });
  return { actions: [], events: [event] };
}
