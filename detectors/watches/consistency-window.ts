import {
  COMPLIANCE_COUNTED,
  changedSurfaces,
  describeVersions,
  type FindingDraft,
  formatCount,
  formatRate,
  formatSeconds,
  type VersionValues,
  wordList,
} from '../../src/model/index.js';
import { proportionConfidenceSequence } from '../statistics/proportion-confidence-sequence.js';
import { publishedCells, servedCalls } from './cells-sql.js';
import { draftOf, methodOnCalls, named } from './draft.js';
import { pooledEvidence } from './group-evidence.js';
import { isSpreading, PODS, type PodRow, podFindings } from './pod-versions.js';
import {
  DEPLOYMENTS,
  type DeploymentRow,
  matches,
  parseRollout,
  ROLLOUTS,
  type RolloutRow,
  type WatchedRollout,
} from './rollout-facts.js';
import type { Watch, WatchContext } from './watch.js';
import { windowAlpha } from './window-budget.js';

const MIX_SECONDS = 600;
/** A combination was live in so many buckets, with so many calls, before it is more than a moment. */
const MINIMUM_MIX_BUCKETS = 12;
const MINIMUM_MIX_CALLS = 20;
const SESSIONS_SECONDS = 1800;
const BLOCK_SECONDS = 300;
const MINIMUM_STRADDLING = 30;
const MINIMUM_FAILURES = 5;
const SESSION_FLOOR = 0.05;
const LEVEL = 0.95;

const counted = COMPLIANCE_COUNTED.map((compliance) => `'${compliance}'`).join(', ');

type MixRow = { readonly targetId: string; readonly vectorId: string; readonly n: number; readonly buckets: number };

type SessionRow = {
  readonly targetId: string;
  readonly block: string;
  readonly straddles: number;
  readonly n: number;
  readonly failures: number;
};

/** The version pairs that sessions changed between, most frequent first. */
type CrossingRow = { readonly targetId: string; readonly pair: readonly [string, string]; readonly n: number };

type Facts = {
  readonly rollouts: readonly RolloutRow[];
  readonly deployments: readonly DeploymentRow[];
  readonly mix: readonly MixRow[];
  readonly sessions: readonly SessionRow[];
  readonly crossings: readonly CrossingRow[];
  readonly pods: readonly PodRow[];
};

const CALLS = servedCalls(
  'vector_id, session_id, trace_id, span_id, bucket, stratum, start_time, error_type, finish_reason, compliance',
  "session_id != ''",
);

/** The calls of each session in order: (time, vector, is known how it ended, failed, block). */
const SESSIONS = `(
  SELECT calls.target_id AS target_id, calls.session_id AS session_id,
    arraySort(groupArray((calls.start_time, toString(calls.vector_id),
      scores.found = 1 OR calls.error_type != '' OR calls.compliance IN (${counted}),
      (scores.found = 1 AND scores.score < 0.5) OR calls.error_type != '' OR calls.finish_reason = 'error'
        OR (calls.compliance IN (${counted}) AND calls.compliance != 'ok'),
      concat(toString(intDiv(toUnixTimestamp(calls.bucket), ${BLOCK_SECONDS}) * ${BLOCK_SECONDS}), ' ', calls.stratum)))) AS steps,
    arrayFirstIndex(step -> step.2 != steps[1].2, steps) AS crossing
  FROM ${CALLS} AS calls
  LEFT JOIN (
    SELECT trace_id, span_id, toUInt8(1) AS found, argMax(value, loaded_at) AS score FROM outcomes
    WHERE name = 'task_success' AND time >= toDateTime({since:Int64}, 'UTC') GROUP BY trace_id, span_id) AS scores
    ON scores.trace_id = calls.trace_id AND scores.span_id = calls.span_id
  GROUP BY target_id, session_id HAVING length(steps) > 1)`;

/** Which versions are live at once, and who suffers from it? */
export const consistencyWindow: Watch<Facts> = {
  name: 'consistency_window',
  question: 'Which versions are live at once, for how long, and who suffers from it?',
  everySeconds: 60,
  holdSeconds: 900,
  facts: {
    rollouts: ROLLOUTS,
    deployments: DEPLOYMENTS,
    mix: {
      sql: `
        SELECT target_id AS targetId, vector_id AS vectorId, sum(n) AS n, uniqExact(bucket) AS buckets
        FROM ${publishedCells("metric = 'errors'")} GROUP BY target_id, vector_id`,
      lookbackSeconds: MIX_SECONDS,
      isNeeded: ({ rollouts = [] }) =>
        rollouts.some(({ status, changed }) => status === 'running' && changed.length > 1),
    },
    sessions: {
      // A session that straddles gives one call: the first after its version changed whose end is known. The others give
      // one in each block, so that there is something to compare with at that time; never their first.
      sql: `
        SELECT target_id AS targetId, crossing > 0 AS straddles, unit.5 AS block, count() AS n, countIf(unit.4) AS failures
        FROM (
          SELECT target_id, crossing,
            arrayFilter(step -> step.3, arraySlice(steps, if(crossing > 0, crossing, 2))) AS known,
            arrayJoin(if(crossing > 0, arraySlice(known, 1, 1), arrayMap(block -> arrayFirst(step -> step.5 = block, known),
              arrayDistinct(arrayMap(step -> step.5, known))))) AS unit
          FROM ${SESSIONS})
        GROUP BY target_id, straddles, block`,
      lookbackSeconds: SESSIONS_SECONDS,
      isNeeded: (_, { vectors, until }) =>
        vectors.filter(({ lastSeen }) => lastSeen >= (until - SESSIONS_SECONDS) * 1000).length > 1,
    },
    crossings: {
      sql: `
        SELECT target_id AS targetId, (steps[1].2, steps[crossing].2) AS pair, count() AS n
        FROM ${SESSIONS} WHERE crossing > 0 GROUP BY target_id, pair ORDER BY n DESC LIMIT 5 BY target_id`,
      lookbackSeconds: SESSIONS_SECONDS,
      isNeeded: ({ sessions = [] }) => {
        const { n, failures } = straddling(sessions);
        return n >= MINIMUM_STRADDLING && failures >= MINIMUM_FAILURES;
      },
    },
    pods: {
      ...PODS,
      isNeeded: ({ deployments = [] }, context) => deployments.some((one) => isSpreading(one, context)),
    },
  },
  judge: (facts, context) => {
    const rollouts = facts.rollouts.map(parseRollout);
    return [
      ...rollouts.flatMap((rollout) => mixFindings(rollout, facts.mix, context)),
      ...straddlingFindings(facts, context),
      ...podFindings(consistencyWindow, { ...facts, rollouts }, context),
    ];
  },
};

/** Some of the changed surfaces new, others old: a combination that neither arm of the rollout is. */
function mixFindings(rollout: WatchedRollout, mix: readonly MixRow[], context: WatchContext): FindingDraft[] {
  const { baseline, candidate, changed, status } = rollout;
  if (status !== 'running' || changed.length < 2) return [];
  const isPart = (values: VersionValues) =>
    changed.every((surface) => values[surface] === baseline[surface] || values[surface] === candidate[surface]) &&
    !matches(values, baseline, changed) &&
    !matches(values, candidate, changed);
  const total = mix.reduce((sum, { n }) => sum + n, 0);
  return mix.flatMap(({ vectorId, n, buckets }) => {
    const values = context.vectors.find((vector) => vector.vectorId === vectorId)?.values;
    if (!values || !isPart(values) || n < MINIMUM_MIX_CALLS || buckets < MINIMUM_MIX_BUCKETS) return [];
    const pair = changed.map((surface) => `${surface} ${named(values[surface])}`);
    return [
      draftOf(consistencyWindow, context, {
        metric: 'untested_pair',
        subject: `${rollout.id} ${vectorId}`,
        rolloutId: rollout.id,
        severity: 'warning',
        title: `${wordList(pair)} are live together, which nobody rolled out`,
        sentence:
          `${wordList(pair)} answered ${formatCount(n)} of ${formatCount(total)} calls in the last ${MIX_SECONDS / 60} minutes ` +
          `(${formatRate(n / total)}): the rollout moves ${wordList(changed)} together, and this combination is neither what was ` +
          'before nor what is to come. Their pointers move at different times.',
        method: `version combinations in closed buckets of ${MIX_SECONDS / 60} minutes`,
        n: { calls: total, together: n },
        behind: { targetId: context.targetId, vectorId, since: context.until - MIX_SECONDS, until: context.until },
        details: { combination: describeVersions(values), seconds: buckets * 10 },
      }),
    ];
  });
}

function straddling(sessions: readonly SessionRow[]): Side {
  const units = { n: 0, failures: 0 };
  for (const { straddles, n, failures } of sessions) {
    if (straddles !== 1) continue;
    units.n += n;
    units.failures += failures;
  }
  return units;
}

interface Side {
  n: number;
  failures: number;
}

/** Sessions whose version changed half-way, against those that kept theirs at the same time. */
function straddlingFindings({ sessions, crossings }: Facts, context: WatchContext): FindingDraft[] {
  const blocks = new Map<string, { straddling: Side; steady: Side }>();
  const sides = { straddling: { n: 0, failures: 0 }, steady: { n: 0, failures: 0 } };
  for (const { block, straddles, n, failures } of sessions) {
    const both = blocks.get(block) ?? { straddling: { n: 0, failures: 0 }, steady: { n: 0, failures: 0 } };
    const side = straddles === 1 ? 'straddling' : 'steady';
    for (const sum of [both[side], sides[side]]) {
      sum.n += n;
      sum.failures += failures;
    }
    blocks.set(block, both);
  }
  const { straddling, steady } = sides;
  const rate = straddling.failures / straddling.n;
  const steadyRate = steady.failures / steady.n;
  if (straddling.n < MINIMUM_STRADDLING || straddling.failures < MINIMUM_FAILURES) return [];
  if (!(rate - steadyRate >= SESSION_FLOOR)) return [];
  const logThreshold = -Math.log(windowAlpha(context.liveTargets, SESSIONS_SECONDS));
  const logE = pooledEvidence(
    [...blocks.values()].map((both) => ({ candidate: both.straddling, baseline: both.steady })),
  );
  if (logE < logThreshold) return [];
  const values = (id: string | undefined) => context.vectors.find(({ vectorId }) => vectorId === id)?.values;
  const [before, after] = [values(crossings[0]?.pair[0]), values(crossings[0]?.pair[1])];
  const surfaces = before && after ? changedSurfaces(before, after) : [];
  const interval = proportionConfidenceSequence(straddling, 1 - LEVEL);
  return [
    draftOf(consistencyWindow, context, {
      metric: 'straddling_sessions',
      subject: surfaces.join(' ') || 'sessions',
      severity: 'warning',
      title: `Sessions whose ${wordList(surfaces) || 'version'} changes half-way fail ${formatRate(rate)}, others ${formatRate(steadyRate)}`,
      sentence:
        `${formatCount(straddling.n)} sessions of the last ${formatSeconds(SESSIONS_SECONDS)} got another ` +
        `${wordList(surfaces) || 'version'} half-way, and ${formatRate(rate)} of their next calls failed, against ` +
        `${formatRate(steadyRate)} of ${formatCount(steady.n)} calls in sessions that kept theirs. Keep a session on the versions it began with.`,
      method: methodOnCalls(
        `conditional e-value with sessions as units (one call each; others one in each block) within ${BLOCK_SECONDS / 60} minutes and context size`,
        context,
      ),
      n: { 'straddling sessions': straddling.n, 'calls of other sessions': steady.n },
      effect: {
        estimate: (rate - steadyRate) * 100,
        lower: (interval.lower - steadyRate) * 100,
        upper: (interval.upper - steadyRate) * 100,
        level: LEVEL,
        unit: 'percentage points',
      },
      evidence: { logE, logThreshold },
      surface: surfaces.length === 1 ? (surfaces[0] ?? null) : null,
      behind: { targetId: context.targetId, since: context.until - SESSIONS_SECONDS, until: context.until },
      details: {
        changes: crossings.map(({ pair, n }) => {
          const [from, to] = pair.map((id) => describeVersions(values(id) ?? {}));
          return `${from} → ${to}: ${formatCount(n)} sessions`;
        }),
      },
    }),
  ];
}
