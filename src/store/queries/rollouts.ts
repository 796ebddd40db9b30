import type { Rollout, RolloutState, RolloutStatus } from '../../model/index.js';
import { type Database, ONE_THREAD } from '../database.js';

/** A rollout with its newest state. */
export interface RolloutRecord {
  readonly rollout: Rollout;
  readonly state: RolloutState;
}

/** Records a rollout and its first state; both again change nothing. */
export async function recordRollout(database: Database, rollout: Rollout, state: RolloutState): Promise<void> {
  await recordRolloutState(database, state);
  await database.insert('rollouts', [
    {
      id: rollout.id,
      target_id: rollout.targetId,
      ...rollout.target,
      baseline: JSON.stringify(rollout.baseline),
      candidate: JSON.stringify(rollout.candidate),
      changed: rollout.changed,
      origin: rollout.origin,
      policy: JSON.stringify(rollout.policy),
      started_at: new Date(rollout.startedAt).toISOString(),
    },
  ]);
}

/** Appends a state; the newest revision is the one that counts. */
export async function recordRolloutState(database: Database, state: RolloutState): Promise<void> {
  await database.insert('rollout_states', [
    {
      rollout_id: state.rolloutId,
      revision: state.revision,
      at: new Date(state.at).toISOString(),
      status: state.status,
      stage: state.stage,
      stage_since: new Date(state.stageSince).toISOString(),
      verdict: state.verdict,
      reasons: state.reasons,
      latched: state.latched === null ? '' : JSON.stringify(state.latched),
    },
  ]);
}

interface StateRow extends Omit<RolloutState, 'latched'> {
  latched: string;
}

interface RolloutRow {
  id: string;
  targetId: string;
  service: string;
  environment: string;
  operation: string;
  baseline: string;
  candidate: string;
  changed: Rollout['changed'];
  origin: Rollout['origin'];
  policy: string;
  startedAt: number;
}

const STATE_COLUMNS = `rollout_id AS rolloutId, revision, toUnixTimestamp64Milli(at) AS at, status, stage,
  toUnixTimestamp64Milli(stage_since) AS stageSince, verdict, reasons, latched`;

export interface RolloutFilter {
  /** All targets when absent. */
  readonly targetIds?: readonly string[];
  readonly targetId?: string;
  readonly status?: RolloutStatus;
  readonly id?: string;
}

/**
 * Rollouts with their newest state, newest first. Reads the rollouts and their states, nothing that grows with traffic.
 * The engine plans two plain statements in less time than their join.
 */
export async function listRollouts(
  database: Database,
  { targetId, id = '', status, targetIds = targetId === undefined ? [] : [targetId] }: RolloutFilter = {},
): Promise<RolloutRecord[]> {
  const rollouts = await database.query<RolloutRow>(
    `SELECT id, target_id AS targetId, service, environment, operation, baseline, candidate, changed, origin, policy,
       toUnixTimestamp64Milli(started_at) AS startedAt
     FROM rollouts
     WHERE {id:String} IN ('', id) ${targetIds.length > 0 ? 'AND target_id IN {targetIds:Array(String)}' : ''}
     ORDER BY startedAt DESC, id LIMIT 1 BY id ${ONE_THREAD}`,
    { id, targetIds },
  );
  if (rollouts.length === 0) return [];
  const states = await database.query<StateRow>(
    `SELECT ${STATE_COLUMNS} FROM rollout_states WHERE rollout_id IN {ids:Array(String)}
     ORDER BY revision DESC LIMIT 1 BY rollout_id ${ONE_THREAD}`,
    { ids: rollouts.map((rollout) => rollout.id) },
  );
  const newest = new Map(states.map((state) => [state.rolloutId, state]));
  return rollouts.flatMap((rollout) => {
    const state = newest.get(rollout.id);
    if (state === undefined || (status !== undefined && state.status !== status)) return [];
    return [{ rollout: rolloutOf(rollout), state: stateOf(state) }];
  });
}

/** One rollout with its newest state. */
export async function getRollout(database: Database, id: string): Promise<RolloutRecord | null> {
  return (await listRollouts(database, { id }))[0] ?? null;
}

/** Every state a rollout has had, oldest first. */
export async function rolloutHistory(database: Database, id: string): Promise<RolloutState[]> {
  const rows = await database.query<StateRow>(
    `SELECT ${STATE_COLUMNS} FROM rollout_states WHERE rollout_id = {id:String}
     ORDER BY revision LIMIT 1 BY rollout_id, revision`,
    { id },
  );
  return rows.map(stateOf);
}

function rolloutOf(row: RolloutRow): Rollout {
  return {
    id: row.id,
    targetId: row.targetId,
    target: { service: row.service, environment: row.environment, operation: row.operation },
    baseline: JSON.parse(row.baseline),
    candidate: JSON.parse(row.candidate),
    changed: row.changed,
    origin: row.origin,
    // What began before sessions were units goes on as it began.
    policy: { unit: 'generation', ...JSON.parse(row.policy) },
    startedAt: row.startedAt,
  };
}

function stateOf(row: StateRow): RolloutState {
  const { rolloutId, revision, at, status, stage, stageSince, verdict, reasons } = row;
  const latched = row.latched === '' ? null : JSON.parse(row.latched);
  return { rolloutId, revision, at, status, stage, stageSince, verdict, reasons, latched };
}
