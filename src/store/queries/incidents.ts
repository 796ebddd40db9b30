import {
  type Incident,
  type IncidentEvent,
  type IncidentEventKind,
  isoTime,
  type Severity,
} from '../../model/index.js';
import type { Database } from '../database.js';

/** Rows that one list answers at most. */
const MAX_LISTED_INCIDENTS = 500;

export interface IncidentFilter {
  readonly targetId?: string;
  readonly rolloutId?: string;
  readonly limit?: number;
}

interface IncidentRow {
  readonly id: string;
  readonly kind: Incident['kind'];
  readonly target_id: string;
  readonly service: string;
  readonly environment: string;
  readonly operation: string;
  readonly rollout_id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly opened_ms: number;
  readonly evidence: string;
}

interface IncidentEventRow {
  readonly id: string;
  readonly incident_id: string;
  readonly at_ms: number;
  readonly kind: IncidentEventKind;
  readonly message: string;
  readonly data: string;
}

const INCIDENT_COLUMNS =
  'id, kind, target_id, service, environment, operation, rollout_id, title, severity, ' +
  'toUnixTimestamp64Milli(opened_at) AS opened_ms, evidence';

/** Writes one row; the same incident again replaces itself. */
export async function recordIncident(database: Database, incident: Incident): Promise<void> {
  await database.insert('incidents', [
    {
      id: incident.id,
      kind: incident.kind,
      target_id: incident.targetId,
      ...incident.target,
      rollout_id: incident.rolloutId,
      title: incident.title,
      severity: incident.severity,
      opened_at: isoTime(incident.openedAt),
      evidence: JSON.stringify(incident.evidence),
    },
  ]);
}

/** Reads one key of the primary index. `null` when there is no such incident. */
export async function getIncident(database: Database, id: string): Promise<Incident | null> {
  const rows = await database.query<IncidentRow>(
    `SELECT ${INCIDENT_COLUMNS} FROM incidents WHERE id = {id:String} ORDER BY opened_at LIMIT 1`,
    { id },
  );
  return rows[0] ? toIncident(rows[0]) : null;
}

/** Newest first. Reads all incidents (one row each, a handful a week). */
export async function listIncidents(database: Database, filter: IncidentFilter = {}): Promise<Incident[]> {
  const { targetId = '', rolloutId = '', limit = MAX_LISTED_INCIDENTS } = filter;
  const rows = await database.query<IncidentRow>(
    `SELECT * FROM (
       SELECT ${INCIDENT_COLUMNS} FROM incidents
       WHERE ({targetId:String} = '' OR target_id = {targetId:String})
         AND ({rolloutId:String} = '' OR rollout_id = {rolloutId:String})
       ORDER BY opened_at LIMIT 1 BY id
     ) ORDER BY opened_ms DESC, id LIMIT {limit:UInt32}`,
    { targetId, rolloutId, limit: Math.min(limit, MAX_LISTED_INCIDENTS) },
  );
  return rows.map(toIncident);
}

/** Appends to timelines; an event that is already there changes nothing. */
export async function recordIncidentEvents(database: Database, events: readonly IncidentEvent[]): Promise<void> {
  await database.insert(
    'incident_events',
    events.map((event) => ({
      id: event.id,
      incident_id: event.incidentId,
      at: isoTime(event.at),
      kind: event.kind,
      message: event.message,
      data: JSON.stringify(event.data),
    })),
  );
}

/** Timelines of the given incidents, each event once, oldest first. Reads the incidents' own index ranges. */
export async function listIncidentEvents(database: Database, incidentIds: readonly string[]): Promise<IncidentEvent[]> {
  if (incidentIds.length === 0) return [];
  const rows = await database.query<IncidentEventRow>(
    `SELECT * FROM (
       SELECT id, incident_id, toUnixTimestamp64Milli(at) AS at_ms, kind, message, data
       FROM incident_events WHERE incident_id IN {incidentIds:Array(String)}
       ORDER BY at LIMIT 1 BY incident_id, id
     ) ORDER BY at_ms, id`,
    { incidentIds },
  );
  return rows.map(toIncidentEvent);
}

function toIncident(row: IncidentRow): Incident {
  const { service, environment, operation } = row;
  const facts = {
    id: row.id,
    targetId: row.target_id,
    target: { service, environment, operation },
    rolloutId: row.rollout_id,
    title: row.title,
    severity: row.severity,
    openedAt: row.opened_ms,
  };
  return row.kind === 'finding'
    ? { ...facts, kind: 'finding', evidence: JSON.parse(row.evidence) }
    : { ...facts, kind: 'rollback', evidence: JSON.parse(row.evidence) };
}

function toIncidentEvent(row: IncidentEventRow): IncidentEvent {
  const data: Record<string, unknown> = JSON.parse(row.data);
  return { id: row.id, incidentId: row.incident_id, at: row.at_ms, kind: row.kind, message: row.message, data };
}
