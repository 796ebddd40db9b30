import {
  foldIncident,
  incidentEvent,
  rollbackAcceptedAt,
  type Verification,
  verificationEvent,
  verifyRollback,
} from '../incidents/index.js';
import type { Clock, Incident, IncidentEvent } from '../model/index.js';
import { endState } from '../rollouts/index.js';
import type { Database } from '../store/index.js';
import { knownVectors, readCells } from '../store/queries/cells.js';
import { listIncidentEvents, listIncidents, recordIncidentEvents } from '../store/queries/incidents.js';
import { getRollout, type RolloutRecord, recordRolloutState } from '../store/queries/rollouts.js';
import type { Acting } from './host.js';
import { trafficByArm } from './traffic.js';

/** States in which traffic still has something to say. */
const WATCHED = ['open', 'awaiting_approval', 'rolling_back', 'rollback_unconfirmed'] as const;
type Watched = (typeof WATCHED)[number];

/**
 * Looks whether traffic left the candidate: after a rollback that the registry accepted, and also when nobody asked
 * Leeway for one (a person moved the pointer). Reads the cells since then.
 * @param closedUntil every bucket that ends at or before this second (Unix) is closed
 * @returns whether an incident changed
 */
export async function verifyIncidents(
  database: Database,
  clock: Clock,
  acting: Acting,
  closedUntil: number,
): Promise<boolean> {
  const incidents = await listIncidents(database);
  const events = await listIncidentEvents(
    database,
    incidents.map(({ id }) => id),
  );
  let changed = false;
  for (const incident of incidents) {
    const own = events.filter(({ incidentId }) => incidentId === incident.id);
    const state = WATCHED.find((watched) => watched === foldIncident(incident, own).state);
    if (state && (await verifyIncident({ database, clock, acting, closedUntil, incident, events: own, state })))
      changed = true;
  }
  return changed;
}

interface Question {
  readonly database: Database;
  readonly clock: Clock;
  readonly acting: Acting;
  readonly closedUntil: number;
  readonly incident: Incident;
  readonly events: readonly IncidentEvent[];
  readonly state: Watched;
}

async function verifyIncident(question: Question): Promise<boolean> {
  const { database, incident, events, state } = question;
  const record = await getRollout(database, incident.rolloutId);
  if (!record) return false;
  const isAsked = state === 'rolling_back' || state === 'rollback_unconfirmed';
  const since = isAsked ? rollbackAcceptedAt(events) : incident.openedAt;
  if (since === null) return false;
  const verification = await askTraffic(question, record, since);
  return isAsked ? verified(question, record, verification) : departed(question, record, verification);
}

async function askTraffic(
  { database, clock, closedUntil, incident }: Question,
  { rollout }: RolloutRecord,
  since: number,
): Promise<Verification> {
  const [cells, vectors] = await Promise.all([
    readCells(database, { targetId: rollout.targetId, since: Math.floor(since / 1000) }),
    knownVectors(database, rollout.targetId),
  ]);
  return verifyRollback({
    acceptedAt: since,
    shareBefore: incident.evidence.candidateShare,
    buckets: trafficByArm(rollout, cells, vectors, incident.evidence.blame),
    closedUntil,
    now: clock.now(),
    propagationSeconds: rollout.policy.propagationSeconds,
  });
}

async function verified(
  { database, clock, acting, incident, events }: Question,
  record: RolloutRecord,
  verification: Verification,
): Promise<boolean> {
  const event = verificationEvent(incident.id, verification, clock.now());
  if (event === null || events.some(({ id }) => id === event.id)) return false;
  if (verification.kind === 'confirmed') await endRollout(database, record, event.message, clock.now());
  await recordIncidentEvents(database, [event]);
  await acting.verified(incident.id, verification.kind);
  return true;
}

/** Nobody asked Leeway, and the candidate is gone all the same: the incident is over. */
async function departed(
  { database, clock, acting, incident }: Question,
  record: RolloutRecord,
  verification: Verification,
): Promise<boolean> {
  if (verification.kind !== 'confirmed') return false;
  const at = clock.now();
  const message = 'The candidate has left the traffic without a rollback by Leeway.';
  await endRollout(database, record, message, at);
  await recordIncidentEvents(database, [
    incidentEvent({ incidentId: incident.id, kind: 'resolved', at, message, data: { ...verification } }),
  ]);
  await acting.departed(incident.id);
  return true;
}

async function endRollout(database: Database, { state }: RolloutRecord, reason: string, at: number): Promise<void> {
  const ended = endState(state, 'rolled_back', reason, at);
  if (ended !== state) await recordRolloutState(database, ended);
}
