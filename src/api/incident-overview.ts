import { foldIncident, type IncidentStatus } from '../incidents/index.js';
import type { Incident, IncidentEvent } from '../model/index.js';
import type { Database } from '../store/index.js';
import { type IncidentFilter, listIncidentEvents, listIncidents } from '../store/queries/incidents.js';

export interface IncidentOverview {
  readonly incident: Incident;
  readonly status: IncidentStatus;
}

/** Incidents with what became of them, newest first. Reads incidents and their events, nothing that grows with traffic. */
export async function incidentOverviews(database: Database, filter: IncidentFilter = {}): Promise<IncidentOverview[]> {
  const incidents = await listIncidents(database, filter);
  const events = await listIncidentEvents(
    database,
    incidents.map(({ id }) => id),
  );
  const eventsOf = byIncident(events);
  return incidents.map((incident) => ({ incident, status: foldIncident(incident, eventsOf.get(incident.id) ?? []) }));
}

function byIncident(events: readonly IncidentEvent[]): ReadonlyMap<string, IncidentEvent[]> {
  const groups = new Map<string, IncidentEvent[]>();
  for (const event of events) {
    const group = groups.get(event.incidentId);
    if (group) group.push(event);
    else groups.set(event.incidentId, [event]);
  }
  return groups;
}
