import {
  foldIncident,
  rollbackAcceptedAt,
  type Verification,
  verificationEvent,
  verifyRollback,
} from '../incidents/index.js';
import type { Clock, Incident, IncidentEvent } from '../model/index.js';
import { endState } from '../rollouts/index.js';
import type { Database } from '../store/index.js';
import { knownVectors, readCells } from '../store/queries/cells.js';
import { listIncidentEvents, listIncidents } from '../store/queries/incidents.js';
import { getRollout, type RolloutRecord, recordRolloutState } from '../store/queries/rollouts.js';
import type { EvaluationDesk } from './host.js';
import { trafficByArm } from './traffic.js';

/** States in which Leeway has asked for a rollback; traffic may prove it late. */
const ASKED = ['rolling_back', 'rollback_unconfirmed'];
/** States in which nobody has asked yet; the candidate may leave all the same. */
const UNDECIDED = ['open', 'awaiting_approval'];

/** Who speaks when traffic ends an incident by itself. */
const DEPARTED = { actor: 'Traffic', comment: 'the candidate is gone, without a rollback by Leeway' } as const;

export interface VerificationParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly desk: EvaluationDesk;
  /** Every bucket that ends at or before this second (Unix) is closed. */
  readonly closedUntil: number;
}

/**
 * Looks whether traffic left the candidate: after a rollback that the registry accepted, and also when nobody asked
 * Leeway for one (a person moved the pointer). Reads the cells since then.
 * @returns whether an incident changed
 */
export async function verifyIncidents(parts: VerificationParts): Promise<boolean> {
  const incidents = await listIncidents(parts.database);
  const ids = incidents.map(({ id }) => id);
  const events = await listIncidentEvents(parts.database, ids);
  let changed = false;
  for (const incident of incidents) {
    const own = events.filter(({ incidentId }) => incidentId === incident.id);
    const { state } = foldIncident(incident, own);
    if (ASKED.includes(state)) changed = (await verifyAsked(parts, incident, own)) || changed;
    else if (UNDECIDED.includes(state) && incident.kind === 'rollback')
      changed = (await verifyUndecided(parts, incident)) || changed;
  }
  return changed;
}

async function verifyAsked(
  parts: VerificationParts,
  incident: Incident,
  events: readonly IncidentEvent[],
): Promise<boolean> {
  const record = await getRollout(parts.database, incident.rolloutId);
  const acceptedAt = rollbackAcceptedAt(events);
  if (record === null || acceptedAt === null) return false;
  const verification = await askTraffic(parts, incident, record, acceptedAt);
  const event = verificationEvent(incident.id, verification, parts.clock.now());
  if (event === null || events.some(({ id }) => id === event.id)) return false;
  if (verification.kind === 'confirmed') await endRollout(parts, record, event.message);
  await parts.desk.settle(incident.id, verification);
  return true;
}

async function verifyUndecided(parts: VerificationParts, incident: Incident): Promise<boolean> {
  const record = await getRollout(parts.database, incident.rolloutId);
  if (record === null) return false;
  const verification = await askTraffic(parts, incident, record, incident.openedAt);
  if (verification.kind !== 'confirmed') return false;
  await endRollout(parts, record, 'The candidate has left the traffic.');
  await parts.desk.resolve(incident.id, DEPARTED);
  return true;
}

async function askTraffic(
  { database, clock, closedUntil }: VerificationParts,
  incident: Incident,
  { rollout }: RolloutRecord,
  sinceMs: number,
): Promise<Verification> {
  const { targetId } = rollout;
  // A change that a watch wants back serves (nearly) everybody: that is what it was found for.
  const { candidateShare: shareBefore, blame } =
    incident.kind === 'rollback' ? incident.evidence : { candidateShare: 1, blame: [] };
  const [cells, vectors] = await Promise.all([
    readCells(database, { targetId, since: Math.floor(sinceMs / 1000) }),
    knownVectors(database, targetId),
  ]);
  return verifyRollback({
    acceptedAt: sinceMs,
    shareBefore,
    buckets: trafficByArm(rollout, cells, vectors, blame),
    closedUntil,
    now: clock.now(),
    propagationSeconds: rollout.policy.propagationSeconds,
  });
}

async function endRollout({ database, clock }: VerificationParts, { state }: RolloutRecord, reason: string) {
  const ended = endState(state, 'rolled_back', reason, clock.now());
  if (ended !== state) await recordRolloutState(database, ended);
}
