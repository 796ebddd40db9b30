import { foldIncident, type IncidentCase, type IncidentStatus, timeline } from '../incidents/index.js';
import { type Action, type Incident, type IncidentEvent, LeewayError, type Rollout } from '../model/index.js';
import type { Database } from '../store/index.js';
import { listActions } from '../store/queries/actions.js';
import { getIncident, listIncidentEvents, listIncidents } from '../store/queries/incidents.js';
import { getRollout } from '../store/queries/rollouts.js';

/** Everything on record about one incident. */
export interface CaseFile {
  readonly incident: Incident;
  /** `null` when the incident is about no rollout. */
  readonly rollout: Rollout | null;
  /** In time. */
  readonly events: readonly IncidentEvent[];
  readonly status: IncidentStatus;
  /** Newest revisions. */
  readonly actions: readonly Action[];
}

/**
 * Reads an incident with its rollout, timeline and actions.
 * @throws LeewayError LEEWAY_NOT_FOUND when the incident or its rollout is not on record
 */
export async function readCase(database: Database, incidentId: string): Promise<CaseFile> {
  const incident = await getIncident(database, incidentId);
  if (!incident) throw new LeewayError('LEEWAY_NOT_FOUND', `there is no incident ${incidentId}`);
  const [record, stored, actions] = await Promise.all([
    incident.rolloutId === '' ? null : getRollout(database, incident.rolloutId),
    listIncidentEvents(database, [incidentId]),
    listActions(database, { incidentIds: [incidentId] }),
  ]);
  if (!record && incident.kind === 'rollback')
    throw new LeewayError('LEEWAY_NOT_FOUND', `incident ${incidentId}: its rollout is not on record`);
  const events = timeline(stored);
  return { incident, rollout: record?.rollout ?? null, events, status: foldIncident(incident, events), actions };
}

/** The incidents of a target that are not resolved, each with its rollout. Reads all incidents. */
export async function readTargetCases(database: Database, targetId: string): Promise<readonly IncidentCase[]> {
  const incidents = await listIncidents(database, { targetId });
  const events = await listIncidentEvents(
    database,
    incidents.map(({ id }) => id),
  );
  const open = incidents
    .map((incident) => ({ incident, status: foldIncident(incident, events) }))
    .filter(({ status }) => status.state !== 'resolved');
  const rolloutIds = [...new Set(open.map(({ incident }) => incident.rolloutId).filter((id) => id !== ''))];
  const records = await Promise.all(rolloutIds.map((id) => getRollout(database, id)));
  const rollouts = new Map(records.flatMap((record) => (record ? [[record.rollout.id, record.rollout] as const] : [])));
  return open.map((one) => ({ ...one, rollout: rollouts.get(one.incident.rolloutId) ?? null }));
}
