import { type Action, type ActionKind, type ActionStatus, isoTime } from '../../model/index.js';
import type { Database } from '../database.js';

/** Rows that one list answers at most. */
const MAX_LISTED_ACTIONS = 1000;

export interface ActionFilter {
  readonly incidentIds?: readonly string[];
  readonly rolloutId?: string;
  readonly kind?: ActionKind;
  readonly status?: ActionStatus;
  readonly limit?: number;
}

interface ActionRow {
  readonly id: string;
  readonly incident_id: string;
  readonly rollout_id: string;
  readonly kind: ActionKind;
  readonly destination: string;
  readonly occasion: string;
  readonly revision: number;
  readonly status: ActionStatus;
  readonly attempts: number;
  readonly next_attempt_ms: number;
  readonly payload_digest: string;
  readonly detail: string;
  readonly at_ms: number;
}

/** When a rollback of a rollout was first asked for, over all registries it went to. */
export interface RequestedRollback {
  readonly rolloutId: string;
  readonly requestedAt: number;
}

const ACTION_COLUMNS =
  'id, incident_id, rollout_id, kind, destination, occasion, revision, status, attempts, ' +
  'toUnixTimestamp64Milli(next_attempt_at) AS next_attempt_ms, payload_digest, detail, ' +
  'toUnixTimestamp64Milli(at) AS at_ms';

/** Appends revisions; the same revision again changes nothing. */
export async function recordActions(database: Database, actions: readonly Action[]): Promise<void> {
  await database.insert(
    'actions',
    actions.map((action) => ({
      id: action.id,
      incident_id: action.incidentId,
      rollout_id: action.rolloutId,
      kind: action.kind,
      destination: action.destination,
      occasion: action.occasion,
      revision: action.revision,
      status: action.status,
      attempts: action.attempts,
      next_attempt_at: isoTime(action.nextAttemptAt),
      payload_digest: action.payloadDigest,
      detail: action.detail,
      at: isoTime(action.at),
    })),
  );
}

/** The newest revision. Reads one action's range of the primary index. `null` when there is no such action. */
export async function getAction(database: Database, id: string): Promise<Action | null> {
  const rows = await database.query<ActionRow>(
    `SELECT ${ACTION_COLUMNS} FROM actions WHERE id = {id:String} ORDER BY revision DESC, at DESC LIMIT 1`,
    { id },
  );
  return rows[0] ? toAction(rows[0]) : null;
}

/** Every revision of one action, oldest first. Reads one action's range of the primary index. */
export async function listActionRevisions(database: Database, id: string): Promise<Action[]> {
  const rows = await database.query<ActionRow>(
    `SELECT * FROM (
       SELECT ${ACTION_COLUMNS} FROM actions WHERE id = {id:String} ORDER BY at DESC LIMIT 1 BY revision
     ) ORDER BY revision`,
    { id },
  );
  return rows.map(toAction);
}

/** Newest revision of each action, newest first. Reads all actions (a dozen rows per incident). */
export async function listActions(database: Database, filter: ActionFilter = {}): Promise<Action[]> {
  const { incidentIds = [], rolloutId = '', kind = '', status = '', limit = MAX_LISTED_ACTIONS } = filter;
  if (filter.incidentIds?.length === 0) return [];
  const rows = await database.query<ActionRow>(
    `SELECT * FROM (
       SELECT ${ACTION_COLUMNS} FROM actions
       WHERE (empty({incidentIds:Array(String)}) OR incident_id IN {incidentIds:Array(String)})
         AND ({rolloutId:String} = '' OR rollout_id = {rolloutId:String})
         AND ({kind:String} = '' OR kind = {kind:String})
       ORDER BY revision DESC, at DESC LIMIT 1 BY id
     ) WHERE {status:String} = '' OR status = {status:String}
     ORDER BY at_ms DESC, id LIMIT {limit:UInt32}`,
    { incidentIds, rolloutId, kind, status, limit: Math.min(limit, MAX_LISTED_ACTIONS) },
  );
  return rows.map(toAction);
}

/** Pending actions whose time has come, the longest waiting first. Reads all actions (a dozen rows per incident). */
export async function listDueActions(database: Database, nowMs: number): Promise<Action[]> {
  const rows = await database.query<ActionRow>(
    `SELECT * FROM (
       SELECT ${ACTION_COLUMNS} FROM actions ORDER BY revision DESC, at DESC LIMIT 1 BY id
     ) WHERE status = 'pending' AND next_attempt_ms <= {nowMs:Int64}
     ORDER BY next_attempt_ms, id LIMIT {limit:UInt32}`,
    { nowMs, limit: MAX_LISTED_ACTIONS },
  );
  return rows.map(toAction);
}

/** Rollbacks of a target that were asked for since a time, newest first. Reads all actions and incidents (few rows). */
export async function listRequestedRollbacks(
  database: Database,
  targetId: string,
  sinceMs: number,
): Promise<RequestedRollback[]> {
  const rows = await database.query<{ rollout_id: string; requested_ms: number }>(
    `SELECT rollout_id, toUnixTimestamp64Milli(min(at)) AS requested_ms FROM actions
     WHERE kind = 'rollback' AND status = 'pending'
       AND incident_id IN (SELECT id FROM incidents WHERE target_id = {targetId:String})
     GROUP BY rollout_id HAVING requested_ms >= {sinceMs:Int64} ORDER BY requested_ms DESC`,
    { targetId, sinceMs },
  );
  return rows.map((row) => ({ rolloutId: row.rollout_id, requestedAt: row.requested_ms }));
}

function toAction(row: ActionRow): Action {
  return {
    id: row.id,
    incidentId: row.incident_id,
    rolloutId: row.rollout_id,
    kind: row.kind,
    destination: row.destination,
    occasion: row.occasion,
    revision: row.revision,
    status: row.status,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_ms,
    payloadDigest: row.payload_digest,
    detail: row.detail,
    at: row.at_ms,
  };
}
