import {
  COMPLIANCE_COUNTED,
  describeVersions,
  type FindingDraft,
  formatCount,
  formatRate,
  type VersionValues,
} from '../../src/model/index.js';
import { logRatios } from '../statistics/change-point.js';
import { HARM_GRID } from '../statistics/conditional-e-process.js';
import { logMeanExp } from '../statistics/log-sum-exp.js';
import { proportionConfidenceSequence } from '../statistics/proportion-confidence-sequence.js';
import { upperFailureRate } from '../statistics/reference/proportion-intervals.js';
import { servedCalls } from './cells-sql.js';
import { draftOf, methodOnCalls, named } from './draft.js';
import { comparedGroups, type GroupCounts, type OutlyingGroup, pooledEvidence } from './group-evidence.js';
import type { Watch, WatchContext } from './watch.js';
import { windowAlpha } from './window-budget.js';

const WINDOW_SECONDS = 1800;
const HISTORY_SECONDS = 86_400;
const BLOCK_SECONDS = 300;
/** A group this much worse than the rest is worth a name; less is noise that people cannot act on. */
const GROUP_FLOOR = 0.05;
const MINIMUM_FAILURES = 5;
/** Sessions that keep failing: so many, failing so much, and so much more than all others. */
const MINIMUM_SESSIONS = 5;
const STICKY_RATE = 0.3;
const STICKY_RATIO = 5;
const MINIMUM_SCRIPT_CALLS = 5;
const MINIMUM_SCRIPT_TRACES = 5;
/** So much of an unexpected script is not worth a look (a proportion). */
const SCRIPT_FLOOR = 0.0005;
const LEVEL = 0.95;

const broken = COMPLIANCE_COUNTED.filter((compliance) => compliance !== 'ok').map((compliance) => `'${compliance}'`);

/** What went wrong, whichever detector counts it. */
const FAILED = `(error_type != '' OR finish_reason = 'error' OR compliance IN (${broken.join(', ')}) OR unexpected_script != '')`;

const BLOCK = `intDiv(toUnixTimestamp(bucket), ${BLOCK_SECONDS}) * ${BLOCK_SECONDS}`;

type GroupRow = {
  readonly targetId: string;
  readonly vectorId: string;
  readonly dimension: 'pod' | 'region';
  readonly name: string;
  /** Block and stratum as one name. */
  readonly blocks: readonly string[];
  readonly n: readonly number[];
  readonly failures: readonly number[];
  /** Calls with letters that no request had. */
  readonly inScript: number;
};

type SessionRow = {
  readonly targetId: string;
  readonly vectorId: string;
  readonly block: string;
  readonly stickyN: number;
  readonly stickyFailures: number;
  readonly otherN: number;
  readonly otherFailures: number;
};

type SessionCountRow = {
  readonly targetId: string;
  readonly vectorId: string;
  readonly sessions: number;
  readonly stickySessions: number;
  readonly regions: readonly string[];
  readonly servedModels: readonly string[];
};

type ScriptRow = {
  readonly targetId: string;
  readonly vectorId: string;
  readonly script: string;
  readonly n: number;
  readonly traces: number;
};

type Facts = {
  readonly groups: readonly GroupRow[];
  readonly sessions: readonly SessionRow[];
  readonly sessionCounts: readonly SessionCountRow[];
  readonly scripts: readonly ScriptRow[];
  readonly scriptHistory: readonly ScriptRow[];
};

/** Calls of sessions in order, each with what its session had seen before it. */
const SESSION_CALLS = `(
  SELECT target_id, vector_id, session_id, bucket, stratum, failed, region, served_model,
    sum(failed) OVER (PARTITION BY target_id, vector_id, session_id ORDER BY start_time
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) > 0 AS after_failure
  FROM (SELECT target_id, vector_id, session_id, bucket, stratum, start_time, region, served_model, ${FAILED} AS failed
    FROM ${servedCalls(
      'vector_id, session_id, bucket, stratum, start_time, region, served_model, error_type, finish_reason, compliance, unexpected_script',
      "session_id != ''",
    )}))`;

const scripts = `
  SELECT target_id AS targetId, vector_id AS vectorId, unexpected_script AS script, count() AS n, uniq(trace_id) AS traces
  FROM ${servedCalls('vector_id, unexpected_script, trace_id', "finish_reason != 'error'")}
  GROUP BY target_id, vector_id, unexpected_script`;

/** Is a small part of the calls served badly while the mean looks fine? */
export const subPopulation: Watch<Facts> = {
  name: 'sub_population',
  question: 'Is a part of the calls served badly while the mean looks fine?',
  everySeconds: 60,
  holdSeconds: 1800,
  facts: {
    groups: {
      sql: `
        SELECT target_id AS targetId, vector_id AS vectorId, dimension, name,
          groupArray(block) AS blocks, groupArray(units) AS n, groupArray(failed) AS failures, sum(foreign) AS inScript
        FROM (
          SELECT target_id, vector_id, place.1 AS dimension, place.2 AS name, concat(toString(${BLOCK}), ' ', stratum) AS block,
            count() AS units, countIf(${FAILED}) AS failed, countIf(unexpected_script != '') AS foreign
          FROM ${servedCalls('vector_id, bucket, stratum, pod, region, error_type, finish_reason, compliance, unexpected_script')}
          ARRAY JOIN [('pod', toString(pod)), ('region', toString(region))] AS place
          GROUP BY target_id, vector_id, dimension, name, block)
        GROUP BY target_id, vector_id, dimension, name ORDER BY arraySum(n) DESC LIMIT 200 BY target_id, dimension`,
      lookbackSeconds: WINDOW_SECONDS,
    },
    sessions: {
      sql: `
        SELECT target_id AS targetId, vector_id AS vectorId, concat(toString(bucket), ' ', stratum) AS block,
          countIf(after_failure) AS stickyN, countIf(after_failure AND failed) AS stickyFailures,
          countIf(NOT after_failure) AS otherN, countIf(NOT after_failure AND failed) AS otherFailures
        FROM ${SESSION_CALLS} GROUP BY target_id, vector_id, block`,
      lookbackSeconds: WINDOW_SECONDS,
      // One that keeps failing has failed before.
      isNeeded: ({ groups = [] }) => most(groups, failuresOf) >= 2 * MINIMUM_SESSIONS,
    },
    sessionCounts: {
      sql: `
        SELECT target_id AS targetId, vector_id AS vectorId, uniqExact(session_id) AS sessions,
          uniqExactIf(session_id, after_failure AND failed) AS stickySessions,
          topKIf(3)(region, after_failure AND failed AND region != '') AS regions,
          topKIf(3)(served_model, after_failure AND failed) AS servedModels
        FROM ${SESSION_CALLS} GROUP BY target_id, vector_id`,
      lookbackSeconds: WINDOW_SECONDS,
      isNeeded: ({ sessions = [] }) => sum(sessions, ({ stickyFailures }) => stickyFailures) >= MINIMUM_FAILURES,
    },
    scripts: {
      sql: scripts,
      lookbackSeconds: WINDOW_SECONDS,
      isNeeded: ({ groups = [] }) => most(groups, ({ inScript }) => inScript) >= MINIMUM_SCRIPT_CALLS,
    },
    scriptHistory: {
      sql: scripts,
      lookbackSeconds: HISTORY_SECONDS,
      endsSecondsAgo: WINDOW_SECONDS,
      goodForSeconds: 3600,
      frozenByFindings: true,
      isNeeded: ({ scripts: now = [] }) => now.some(({ script, n }) => script !== '' && n >= MINIMUM_SCRIPT_CALLS),
    },
  },
  judge: (facts, context) =>
    context.vectors.flatMap(({ vectorId, values }) => {
      const judged: JudgedVector = { context, vectorId, versions: values };
      return [
        ...groupFindings(facts.groups, judged),
        ...sessionFinding(facts, judged),
        ...scriptFindings(facts, judged),
      ];
    }),
};

function failuresOf({ failures }: GroupRow): number {
  return failures.reduce((total, failed) => total + failed, 0);
}

/** Of all calls of the target, as far as their groups were read: pods may be too many, but hardly regions, too. */
function most(groups: readonly GroupRow[], count: (row: GroupRow) => number): number {
  const ofDimension = (dimension: GroupRow['dimension']) =>
    sum(
      groups.filter((row) => row.dimension === dimension),
      count,
    );
  return Math.max(ofDimension('pod'), ofDimension('region'));
}

function sum<Row>(rows: readonly Row[], count: (row: Row) => number): number {
  return rows.reduce((total, row) => total + count(row), 0);
}

interface JudgedVector {
  readonly context: WatchContext;
  readonly vectorId: string;
  readonly versions: VersionValues;
}

function behindOf({ context, vectorId }: JudgedVector): FindingDraft['behind'] {
  return { targetId: context.targetId, vectorId, since: context.until - WINDOW_SECONDS, until: context.until };
}

function groupFindings(rows: readonly GroupRow[], judged: JudgedVector): FindingDraft[] {
  return (['pod', 'region'] as const).flatMap((dimension) => {
    const own = rows.filter((row) => row.vectorId === judged.vectorId && row.dimension === dimension);
    const groups: GroupCounts[] = own.map(({ name, blocks, n, failures }) => ({
      name,
      blocks: new Map(blocks.map((block, index) => [block, { n: n[index] ?? 0, failures: failures[index] ?? 0 }])),
    }));
    return comparedGroups(groups, windowAlpha(judged.context.liveTargets, WINDOW_SECONDS))
      .filter(
        ({ name, rate, restRate, failures }) =>
          name !== '' && failures >= MINIMUM_FAILURES && rate - restRate >= GROUP_FLOOR,
      )
      .map((group) => groupFinding(dimension, group, judged));
  });
}

function groupFinding(dimension: GroupRow['dimension'], group: OutlyingGroup, judged: JudgedVector): FindingDraft {
  const { name, n, failures, rate, restN, restRate, logE, logThreshold } = group;
  const interval = proportionConfidenceSequence({ n, failures }, 1 - LEVEL);
  return draftOf(subPopulation, judged.context, {
    metric: `${dimension}_worse`,
    subject: `${judged.vectorId} ${dimension} ${name}`,
    severity: 'warning',
    title: `${dimension} ${named(name)} fails ${formatRate(rate)}, the others ${formatRate(restRate)}`,
    sentence:
      `Of ${describeVersions(judged.versions)}, ${dimension} ${named(name)} fails ${formatRate(rate)} of ${formatCount(n)} calls in the last ` +
      `${WINDOW_SECONDS / 60} minutes, all others ${formatRate(restRate)} of ${formatCount(restN)}: it is the ${dimension}, not the version.`,
    method: methodOnCalls(
      `conditional e-value of each ${dimension} against the rest within ${BLOCK_SECONDS / 60} minutes and context size, e-BH over all of them`,
      judged.context,
    ),
    n: { [dimension]: n, 'the others': restN },
    effect: {
      estimate: (rate - restRate) * 100,
      lower: (interval.lower - restRate) * 100,
      upper: (interval.upper - restRate) * 100,
      level: LEVEL,
      unit: 'percentage points',
    },
    evidence: { logE, logThreshold },
    versions: judged.versions,
    behind: behindOf(judged),
    details: { [dimension]: name },
  });
}

/** Once a call of a session has failed, its later calls fail too: sessions that go somewhere bad, and stay there. */
function sessionFinding({ sessions, sessionCounts }: Facts, judged: JudgedVector): FindingDraft[] {
  const own = sessions.filter(({ vectorId }) => vectorId === judged.vectorId);
  const counts = sessionCounts.find(({ vectorId }) => vectorId === judged.vectorId);
  if (!counts || counts.stickySessions < MINIMUM_SESSIONS) return [];
  const sticky = { n: 0, failures: 0 };
  let expected = 0;
  // Beside the same moment's other calls: in an outage every session fails, whatever it did before.
  for (const row of own.filter(({ otherN }) => otherN > 0)) {
    sticky.n += row.stickyN;
    sticky.failures += row.stickyFailures;
    expected += (row.stickyN * row.otherFailures) / row.otherN;
  }
  const rate = sticky.failures / sticky.n;
  const otherRate = expected / sticky.n;
  if (!(rate >= STICKY_RATE && rate >= STICKY_RATIO * otherRate) || sticky.failures < MINIMUM_FAILURES) return [];
  const logThreshold = Math.log(1 / windowAlpha(judged.context.liveTargets, WINDOW_SECONDS));
  const logE = pooledEvidence(
    own.map((row) => ({
      baseline: { n: row.otherN, failures: row.otherFailures },
      candidate: { n: row.stickyN, failures: row.stickyFailures },
    })),
  );
  if (logE < logThreshold) return [];
  const interval = proportionConfidenceSequence(sticky, 1 - LEVEL);
  const share = counts.stickySessions / counts.sessions;
  return [
    draftOf(subPopulation, judged.context, {
      metric: 'sticky_sessions',
      subject: `${judged.vectorId} sessions`,
      severity: 'error',
      title: `${formatRate(share)} of the sessions keep failing while the mean looks fine`,
      sentence:
        `Of ${describeVersions(judged.versions)}, ${formatCount(counts.stickySessions)} of ${formatCount(counts.sessions)} sessions ` +
        `(${formatRate(share)}) keep failing: once a call has failed, ${formatRate(rate)} of the later calls of its session fail, ` +
        `against ${formatRate(otherRate)} of all other calls. These sessions are served by something else; look at sticky ` +
        'routing, and at what their calls have in common.',
      method: methodOnCalls(
        'conditional e-value of calls after a failure in their session against all others, within 10 seconds and context size',
        judged.context,
      ),
      n: {
        sessions: counts.sessions,
        'sessions that keep failing': counts.stickySessions,
        'their later calls': sticky.n,
      },
      effect: {
        estimate: (rate - otherRate) * 100,
        lower: (interval.lower - otherRate) * 100,
        upper: (interval.upper - otherRate) * 100,
        level: LEVEL,
        unit: 'percentage points',
      },
      evidence: { logE, logThreshold },
      versions: judged.versions,
      behind: behindOf(judged),
      details: { regions: counts.regions, servedModels: counts.servedModels },
    }),
  ];
}

/** Letters that no request had: more of them than there used to be. */
function scriptFindings({ scripts: now, scriptHistory }: Facts, judged: JudgedVector): FindingDraft[] {
  const own = (rows: readonly ScriptRow[]) => rows.filter(({ vectorId }) => vectorId === judged.vectorId);
  const total = own(now).reduce((sum, { n }) => sum + n, 0);
  const before = own(scriptHistory).reduce((sum, { n }) => sum + n, 0);
  return own(now).flatMap(({ script, n, traces }) => {
    if (script === '' || n < MINIMUM_SCRIPT_CALLS || traces < MINIMUM_SCRIPT_TRACES || before === 0) return [];
    const failures = own(scriptHistory).find((row) => row.script === script)?.n ?? 0;
    const usual = Math.min(0.99, upperFailureRate({ n: before, failures }, 0.99) + SCRIPT_FLOOR);
    const logE = logMeanExp(logRatios(HARM_GRID, { n: total, failures: n }, usual));
    const logThreshold = Math.log(1 / windowAlpha(judged.context.liveTargets, WINDOW_SECONDS));
    if (logE < logThreshold) return [];
    return [
      draftOf(subPopulation, judged.context, {
        metric: 'unexpected_script',
        subject: `${judged.vectorId} script ${script}`,
        severity: 'error',
        title: `${script} letters in ${formatRate(n / total)} of the answers`,
        sentence:
          `Of ${describeVersions(judged.versions)}, ${formatCount(n)} of ${formatCount(total)} answers (${formatRate(n / total)}) in the last ` +
          `${WINDOW_SECONDS / 60} minutes have ${script} letters that their requests have none of; usual is ` +
          `${formatRate(failures / before)}. The model, its decoding, or the machine that serves it is broken for a part of the calls.`,
        method: methodOnCalls('e-value of the share of answers in the script against the last day', judged.context),
        n: { answers: total, 'in the script': n },
        evidence: { logE, logThreshold },
        surface: 'model',
        versions: judged.versions,
        behind: behindOf(judged),
        details: { script },
      }),
    ];
  });
}
