import { type FindingDraft, formatCount, formatSeconds, wordList } from '../../src/model/index.js';
import { interpolatedQuantile } from '../statistics/reference/interpolated-quantile.js';
import { storedCalls } from './cells-sql.js';
import { clockWords, draftOf, named } from './draft.js';
import type { DeploymentRow, WatchedRollout } from './rollout-facts.js';
import type { Fact, WatchContext } from './watch.js';

const PODS_SECONDS = 7200;
const RECENT_SECONDS = 300;
/** A pod may take this long to hear of a new version. */
const PROPAGATION_SECONDS = 300;
const MINIMUM_POD_CALLS = 10;
/** A pod with at most this share of the new version has not heard of it. */
const STALE_SHARE = 0.05;
/** From this share of the pods on the pointer has moved, and the others are late. */
const MOVED_PODS = 0.5;

/** What one pod served. */
export type PodRow = {
  readonly targetId: string;
  readonly pod: string;
  readonly vectorId: string;
  /** In the last five minutes. */
  readonly recent: number;
  /** Unix seconds. */
  readonly firstAt: number;
  readonly lastAt: number;
};

export const PODS: Fact = {
  sql: `
    SELECT target_id AS targetId, pod, vector_id AS vectorId,
      countIf(bucket >= toDateTime({until:Int64} - ${RECENT_SECONDS}, 'UTC')) AS recent,
      toUnixTimestamp(min(start_time)) AS firstAt, toUnixTimestamp(max(start_time)) AS lastAt
    FROM ${storedCalls("pod != ''")}
    GROUP BY target_id, pod, vector_id ORDER BY lastAt DESC LIMIT 2000 BY target_id`,
  lookbackSeconds: PODS_SECONDS,
};

interface PodFacts {
  readonly rollouts: readonly WatchedRollout[];
  readonly deployments: readonly DeploymentRow[];
  readonly pods: readonly PodRow[];
}

/** How a pointer that moved reached the pods: those it has not reached, or how long it took. */
export function podFindings(
  watch: { readonly name: string; readonly question: string },
  { rollouts, deployments, pods }: PodFacts,
  context: WatchContext,
): FindingDraft[] {
  return newestBySurface(deployments)
    .filter((deployment) => isSpreading(deployment, context))
    .filter((deployment) => !isStaged(deployment, rollouts))
    .flatMap((deployment) => {
      const reach = reachOf(deployment, pods, context);
      if (reach.length < 2) return [];
      const stale = reach.filter(({ share, recent }) => recent >= MINIMUM_POD_CALLS && share <= STALE_SHARE);
      const moved = reach.filter(({ share }) => share >= 1 - STALE_SHARE);
      if (moved.length / reach.length < MOVED_PODS) return [];
      return stale.length > 0
        ? [staleFinding(watch, deployment, stale, reach.length, context)]
        : moved.length === reach.length
          ? [propagatedFinding(watch, deployment, reach, context)]
          : [];
    });
}

/** Every pod should have heard of it, and its first calls are not out of sight yet. */
export function isSpreading({ at }: DeploymentRow, { until }: WatchContext): boolean {
  return at <= until - PROPAGATION_SECONDS && at > until - PODS_SECONDS + RECENT_SECONDS;
}

/** A later deployment of a surface takes the place of an earlier one. */
function newestBySurface(deployments: readonly DeploymentRow[]): DeploymentRow[] {
  const newest = new Map<string, DeploymentRow>();
  for (const one of [...deployments].sort((a, b) => a.at - b.at)) newest.set(one.surface, one);
  return [...newest.values()];
}

/** A declared rollout brings the version to a part of the pods or calls on purpose. */
function isStaged({ surface, version }: DeploymentRow, rollouts: readonly WatchedRollout[]): boolean {
  return rollouts.some(
    ({ origin, status, candidate }) => origin === 'declared' && status === 'running' && candidate[surface] === version,
  );
}

interface PodReach {
  readonly pod: string;
  readonly recent: number;
  /** Part of the pod's newest calls that ran the new version. */
  readonly share: number;
  /** Unix seconds; `null` before. */
  readonly firstNewAt: number | null;
  readonly lastOldAt: number;
  readonly olds: readonly string[];
}

function reachOf({ surface, version, at }: DeploymentRow, rows: readonly PodRow[], context: WatchContext): PodReach[] {
  const values = new Map(context.vectors.map((vector) => [vector.vectorId, vector.values[surface]]));
  const pods = [...new Set(rows.filter(({ recent }) => recent > 0).map(({ pod }) => pod))];
  return pods.map((pod) => {
    const own = rows.filter((row) => row.pod === pod);
    const isNew = ({ vectorId }: PodRow) => values.get(vectorId) === version;
    const recent = own.reduce((sum, row) => sum + row.recent, 0);
    const news = own.filter((row) => isNew(row) && row.lastAt >= at);
    const olds = own.filter((row) => !isNew(row));
    return {
      pod,
      recent,
      share: own.filter(isNew).reduce((sum, row) => sum + row.recent, 0) / recent,
      firstNewAt: news.length === 0 ? null : Math.max(at, Math.min(...news.map(({ firstAt }) => firstAt))),
      lastOldAt: Math.max(0, ...olds.map(({ lastAt }) => lastAt)),
      olds: [...new Set(olds.filter((row) => row.recent > 0).map(({ vectorId }) => values.get(vectorId) ?? ''))],
    };
  });
}

function staleFinding(
  watch: { readonly name: string; readonly question: string },
  { surface, version, at }: DeploymentRow,
  stale: readonly PodReach[],
  podCount: number,
  context: WatchContext,
): FindingDraft {
  const names = stale.slice(0, 3).map(({ pod }) => named(pod));
  const olds = [...new Set(stale.flatMap((pod) => pod.olds))].map(named);
  const calls = stale.reduce((sum, { recent }) => sum + recent, 0);
  return draftOf(watch, context, {
    metric: 'old_pods',
    subject: `${surface} ${version}`,
    severity: 'warning',
    title: `${formatCount(stale.length)} of ${formatCount(podCount)} pods still serve ${surface} ${wordList(olds)}`,
    sentence:
      `${wordList(names)}${stale.length > 3 ? ` and ${stale.length - 3} more` : ''} still ${stale.length === 1 ? 'serves' : 'serve'} ` +
      `${surface} ${wordList(olds)}, ${formatSeconds(context.until - at)} after ${named(version)} was deployed (${clockWords(at)}); ` +
      `${formatCount(calls)} calls of the last ${RECENT_SECONDS / 60} minutes. The pointer moved and they did not hear of it: restart them.`,
    method: `versions that each pod served in the last ${RECENT_SECONDS / 60} minutes, against what was deployed`,
    n: { pods: podCount, 'pods with the old version': stale.length, 'their calls': calls },
    surface,
    version,
    behind: { targetId: context.targetId, since: at, until: context.until },
    details: { pods: stale.slice(0, 20).map(({ pod }) => pod), version, old: olds },
  });
}

function propagatedFinding(
  watch: { readonly name: string; readonly question: string },
  { surface, version, at }: DeploymentRow,
  reach: readonly PodReach[],
  context: WatchContext,
): FindingDraft {
  const delays = reach
    .flatMap(({ firstNewAt }) => (firstNewAt === null ? [] : [firstNewAt - at]))
    .sort((a, b) => a - b);
  const p50 = interpolatedQuantile(delays, 0.5);
  const p99 = interpolatedQuantile(delays, 0.99);
  const last = Math.max(0, Math.max(...reach.map(({ lastOldAt }) => lastOldAt)) - at);
  return draftOf(watch, context, {
    metric: 'propagated',
    subject: `${surface} ${version} ${at}`,
    severity: 'info',
    title: `${surface} ${named(version)} reached all ${formatCount(reach.length)} pods`,
    sentence:
      `${surface} ${named(version)}, deployed at ${clockWords(at)}, reached half of ${formatCount(reach.length)} pods within ` +
      `${formatSeconds(p50)} and 99 % within ${formatSeconds(p99)}; the last call of an older version came ${formatSeconds(last)} after it.`,
    method: 'first call of the new version on each pod after its deployment was announced',
    n: { pods: reach.length },
    surface,
    details: { p50Seconds: p50, p99Seconds: p99, lastOldSeconds: last },
  });
}
