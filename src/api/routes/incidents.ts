import { Type } from 'typebox';
import { foldIncident, timeline } from '../../incidents/index.js';
import { INCIDENT_STATES, isoTime } from '../../model/index.js';
import { listActions } from '../../store/queries/actions.js';
import { listFindings } from '../../store/queries/findings.js';
import { getIncident, listIncidentEvents } from '../../store/queries/incidents.js';
import { attributionView } from '../attribution-view.js';
import { findingEvidenceView, findingView } from '../finding-view.js';
import { incidentOverviews } from '../incident-overview.js';
import type { ServerParts } from '../ports.js';
import { notFound } from '../problems.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { IncidentDetail, IncidentSummary, oneOf, PersonalNote } from '../schemas.js';
import { actionView, gateView, incidentView } from '../views.js';

const IncidentId = Type.Object({ id: Type.String() });
const IncidentList = Type.Object({ incidents: Type.Array(IncidentSummary) });
const IncidentsQuery = Type.Object({
  target: Type.Optional(Type.String()),
  state: Type.Optional(oneOf(INCIDENT_STATES)),
});
const tags = ['incidents'];

export function incidentRoutes(server: TypedServer, parts: ServerParts): void {
  const { database, desk } = parts;

  const detail = async (id: string): Promise<IncidentDetail> => {
    const incident = await getIncident(database, id);
    if (!incident) throw notFound('incident', id, 'GET /api/v1/incidents lists those that Leeway knows');
    const [events, actions, findings] = await Promise.all([
      listIncidentEvents(database, [id]),
      listActions(database, { incidentIds: [id] }),
      listFindings(database, { incidentId: id }),
    ]);
    return {
      ...incidentView(incident, foldIncident(incident, events)),
      evidence: incident.kind === 'rollback' ? gateView(incident.evidence) : null,
      finding: incident.kind === 'finding' ? findingEvidenceView(incident.evidence) : null,
      attributions: (incident.evidence.attributions ?? []).map(attributionView),
      events: timeline(events).map(({ at, incidentId: _, ...event }) => ({ ...event, at: isoTime(at) })),
      actions: actions.map(actionView),
      findings: findings.map(findingView),
    };
  };

  server.get(
    '/incidents',
    {
      schema: {
        tags,
        summary: 'Incidents, newest first',
        querystring: IncidentsQuery,
        response: { 200: IncidentList, ...PROBLEMS },
      },
    },
    async ({ query: { target, state } }) => {
      const overviews = await incidentOverviews(database, target === undefined ? {} : { targetId: target });
      const wanted = overviews.filter(({ status }) => state === undefined || status.state === state);
      return { incidents: wanted.map(({ incident, status }) => incidentView(incident, status)) };
    },
  );

  server.get(
    '/incidents/:id',
    {
      schema: {
        tags,
        summary: 'One incident with its evidence, timeline and actions',
        params: IncidentId,
        response: { 200: IncidentDetail, ...PROBLEMS },
      },
    },
    ({ params }) => detail(params.id),
  );

  for (const [verb, summary] of [
    ['acknowledge', 'Take an incident on: Leeway starts nothing more by itself'],
    ['resolve', 'Close an incident'],
  ] as const)
    server.post(
      `/incidents/:id/${verb}`,
      {
        schema: {
          tags,
          summary,
          params: IncidentId,
          body: PersonalNote,
          response: { 200: IncidentDetail, ...PROBLEMS },
        },
      },
      async ({ params, body }) => {
        await detail(params.id);
        await desk[verb](params.id, body);
        parts.changes.publish(['incidents', 'actions']);
        return detail(params.id);
      },
    );
}
