import { foldIncident, type IncidentStatus, timeline } from '../incidents/index.js';
import { type Action, type Incident, type IncidentEvent, LeewayError, type Rollout } from '../model/index.js';
import type { Database } from '../store/index.js';
import { listActions } from '../store/queries/actions.js';
import { getIncident, listIncidentEvents } from '../store/queries/incidents.js';
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
