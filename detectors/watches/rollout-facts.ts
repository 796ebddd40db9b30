import type { RolloutPolicy, RolloutStatus, Surface, VersionSelector, VersionValues } from '../../src/model/index.js';
import type { Fact } from './watch.js';

/** Rollouts that ended longer ago than this are history. */
const ROLLOUTS_SECONDS = 30 * 86_400;
const DEPLOYMENTS_SECONDS = 21_600;

/** A rollout with its newest state. */
export type RolloutRow = {
  readonly targetId: string;
  readonly id: string;
  /** VersionSelector as JSON. */
  readonly baseline: string;
  readonly candidate: string;
  readonly changed: readonly Surface[];
  readonly origin: 'declared' | 'observed';
  /** RolloutPolicy as JSON. */
  readonly policy: string;
  readonly status: RolloutStatus;
  readonly stage: number;
  /** Unix seconds. */
  readonly stageSince: number;
  readonly latched: number;
};

export type DeploymentRow = {
  readonly targetId: string;
  readonly surface: Surface;
  readonly version: string;
  readonly actor: string;
  readonly source: string;
  readonly at: number;
};

/** Rollouts that run, or changed lately. */
export const ROLLOUTS: Fact = {
  sql: `
        SELECT r.target_id AS targetId, r.id AS id, r.baseline AS baseline, r.candidate AS candidate, r.changed AS changed,
          r.origin AS origin, r.policy AS policy, s.status AS status, s.stage AS stage, s.stageSince AS stageSince,
          s.latched AS latched
        FROM (SELECT * FROM rollouts WHERE target_id IN {targets:Array(String)} LIMIT 1 BY id) AS r
        INNER JOIN (
          SELECT rollout_id, argMax(rollout_states.status, revision) AS status, argMax(rollout_states.stage, revision) AS stage,
            argMax(toUnixTimestamp(stage_since), revision) AS stageSince, max(rollout_states.latched != '') AS latched,
            max(toUnixTimestamp(at)) AS changedAt
          FROM rollout_states WHERE rollout_id IN (SELECT id FROM rollouts WHERE target_id IN {targets:Array(String)})
          GROUP BY rollout_id) AS s ON s.rollout_id = r.id
        WHERE s.status = 'running' OR s.changedAt >= {since:Int64}`,
  lookbackSeconds: ROLLOUTS_SECONDS,
};

/** A share that was kept for this long is a stage: a rolling restart passes through it faster. */
const STAGE_SECONDS = 300;
/** So far back shadow calls are looked for: they leave no rollout behind, and cells of months are dear to read. */
const SHADOW_SECONDS = 21_600;

/** When a target first had a change that was rolled out in stages: declared, kept at a share, or run in shadow. */
export type StagedRow = {
  readonly targetId: string;
  /** Unix seconds. */
  readonly firstAt: number;
};

/** A target whose changes were never rolled out in stages has no row. */
export const STAGED: Fact = {
  sql: `
        SELECT target_id AS targetId, min(began) AS firstAt FROM (
          SELECT target_id, toUnixTimestamp(started_at) AS began FROM rollouts
          WHERE target_id IN {targets:Array(String)} AND (origin = 'declared' OR id IN (
            SELECT rollout_id FROM (
              SELECT rollout_id, status, stage, stage_since, leadInFrame(at, 1, toDateTime64({until:Int64}, 3, 'UTC')) OVER (
                PARTITION BY rollout_id ORDER BY revision ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS left_at
              FROM rollout_states WHERE rollout_id IN (SELECT id FROM rollouts WHERE target_id IN {targets:Array(String)}))
            WHERE status = 'running' AND stage > 0 AND stage < 100
              AND dateDiff('second', stage_since, left_at) >= ${STAGE_SECONDS}))
          UNION ALL
          SELECT target_id, toUnixTimestamp(bucket) AS began FROM cells
          WHERE target_id IN {targets:Array(String)} AND bucket >= toDateTime({since:Int64}, 'UTC')
            AND bucket < toDateTime({until:Int64}, 'UTC') AND metric = 'errors' AND arm = 'shadow')
        GROUP BY target_id`,
  lookbackSeconds: SHADOW_SECONDS,
  goodForSeconds: 300,
};

/** What was announced lately for the services of the targets. */
export const DEPLOYMENTS: Fact = {
  sql: `
        SELECT seen.target_id AS targetId, d.surface AS surface, d.version AS version, d.actor AS actor, d.source AS source,
          toUnixTimestamp(d.at) AS at
        FROM (SELECT * FROM deployments WHERE at >= toDateTime({since:Int64}, 'UTC') LIMIT 1 BY id) AS d
        INNER JOIN (SELECT DISTINCT target_id, service FROM vectors WHERE target_id IN {targets:Array(String)}) AS seen
          ON seen.service = d.service`,
  lookbackSeconds: DEPLOYMENTS_SECONDS,
};

/** A rollout as watches see it. */
export interface WatchedRollout extends Omit<RolloutRow, 'baseline' | 'candidate' | 'policy'> {
  readonly baseline: VersionSelector;
  readonly candidate: VersionSelector;
  readonly policy: RolloutPolicy;
}

export function parseRollout(row: RolloutRow): WatchedRollout {
  const baseline: VersionSelector = JSON.parse(row.baseline);
  const candidate: VersionSelector = JSON.parse(row.candidate);
  const policy: RolloutPolicy = JSON.parse(row.policy);
  return { ...row, baseline, candidate, policy };
}

/** Does a vector carry the selector's version on every changed surface? */
export function matches(
  values: Partial<VersionValues>,
  selector: VersionSelector,
  changed: readonly Surface[],
): boolean {
  return changed.every((surface) => values[surface] === selector[surface]);
}
