import {
  describeVersions,
  type FindingDraft,
  formatCount,
  formatRate,
  formatSeconds,
  type RolloutPolicy,
  SURFACES,
  wordList,
} from '../../src/model/index.js';
import { wilson } from '../statistics/reference/proportion-intervals.js';
import { sampleRatioLogE } from '../statistics/sample-ratio.js';
import { publishedCells, storedCalls } from './cells-sql.js';
import { clockWords, draftOf, named } from './draft.js';
import {
  DEPLOYMENTS,
  type DeploymentRow,
  matches,
  parseRollout,
  ROLLOUTS,
  type RolloutRow,
  STAGED,
  type StagedRow,
  type WatchedRollout,
} from './rollout-facts.js';
import { type Ascent, ascentOf, type MinuteShare } from './stage-history.js';
import type { Watch, WatchContext } from './watch.js';

const LOOKBACK_SECONDS = 21_600;
/** A promotion that lies back this far is not looked into. */
const OLD_SECONDS = 7 * 86_400;
const MINUTE_SECONDS = 60;
/** This part of the soak time counts as all of it: stages are changed by hand and by the minute. */
const SOAKED_PART = 0.8;
/** A share that was there this long was a stage; shorter, it was passed through. */
const SEEN_SECONDS = 60;
/** Generations of the baseline from which there is something to return to. */
const MINIMUM_BASELINE = 20;
/** α = .001 for "traffic is split as declared". */
const LOG_SHARE_THRESHOLD = Math.log(1000);
/** Users are hashed, not calls: a share this near to what was declared is as declared. */
const SHARE_TOLERANCE = 0.2;
/** Minutes that tell what a stage is being left for, and the part of a stage's share from which it is reached. */
const NEWEST_MINUTES = 2;
const REACHED_PART = 0.8;
/** Deployments this near to a jump are named with it. */
const DEPLOYMENT_REACH_SECONDS = 900;
const LEVEL = 0.95;

type TrafficRow = {
  readonly targetId: string;
  readonly vectorId: string;
  readonly minutes: readonly number[];
  readonly n: readonly number[];
};

/** The names by which a model version was asked for. */
type RequestedRow = { readonly targetId: string; readonly model: string; readonly requested: readonly string[] };

type SessionsRow = { readonly targetId: string; readonly n: number; readonly sessions: number };

type Facts = {
  readonly sessions: readonly SessionsRow[];
  readonly requested: readonly RequestedRow[];
  readonly rollouts: readonly RolloutRow[];
  readonly staged: readonly StagedRow[];
  readonly traffic: readonly TrafficRow[];
  readonly deployments: readonly DeploymentRow[];
};

/** Was the change rolled out in the stages that were agreed, and does each get the share that it should? */
export const stageGuard: Watch<Facts> = {
  name: 'stage_guard',
  question: 'Was the change rolled out in stages, each held for its time and with its share?',
  everySeconds: 30,
  holdSeconds: 600,
  facts: {
    rollouts: ROLLOUTS,
    traffic: {
      sql: `
        SELECT target_id AS targetId, vector_id AS vectorId, groupArray(minute) AS minutes, groupArray(units) AS n
        FROM (
          SELECT target_id, vector_id, intDiv(toUnixTimestamp(bucket), ${MINUTE_SECONDS}) * ${MINUTE_SECONDS} AS minute,
            sum(n) AS units
          FROM ${publishedCells("metric = 'errors'")}
          GROUP BY target_id, vector_id, minute ORDER BY minute)
        GROUP BY target_id, vector_id`,
      lookbackSeconds: LOOKBACK_SECONDS,
      isNeeded: ({ rollouts = [] }, context) => rollouts.map(parseRollout).some((one) => hasStages(one, context)),
    },
    staged: { ...STAGED, isNeeded: hasTraffic },
    deployments: { ...DEPLOYMENTS, goodForSeconds: 60, isNeeded: hasTraffic },
    sessions: {
      sql: `SELECT target_id AS targetId, count() AS n, uniq(session_id) AS sessions
        FROM ${storedCalls("session_id != ''")} GROUP BY target_id`,
      lookbackSeconds: LOOKBACK_SECONDS,
      goodForSeconds: 300,
      isNeeded: ({ rollouts = [] }) => rollouts.map(parseRollout).some(hasDeclaredShare),
    },
    requested: {
      sql: `SELECT target_id AS targetId, model_version AS model, groupUniqArray(50)(requested_model) AS requested
        FROM ${storedCalls("requested_model != ''")} GROUP BY target_id, model_version`,
      lookbackSeconds: LOOKBACK_SECONDS,
      goodForSeconds: 300,
      isNeeded: (facts) => hasTraffic(facts) && (facts.rollouts ?? []).map(parseRollout).some(mayBeAlias),
    },
  },
  judge: ({ rollouts, staged, traffic, deployments, requested, sessions }, context) => {
    const guarded = rollouts.map(parseRollout);
    return guarded
      .filter(isGuarded)
      .filter((rollout) => !isAliasSwap(rollout, requested))
      .flatMap((rollout) => {
        const minutes = minutesOf(rollout, traffic, context);
        return [
          ...ascentFinding(rollout, minutes, { context, deployments, guarded, staged }),
          ...shareFinding(rollout, minutes, callsPerSession(sessions), context),
        ];
      });
  },
};

/** What was found worse, or given up, is somebody else's business. */
function isGuarded({ status, latched }: WatchedRollout): boolean {
  return latched === 0 && (status === 'running' || status === 'promoted');
}

/** Only what was declared can be missed. */
function hasDeclaredShare({ origin, status, stage }: WatchedRollout): boolean {
  return origin === 'declared' && status === 'running' && stage > 0 && stage < 100;
}

/** Can its traffic say anything? With one version only, nothing rises, and what was done with a week ago is history. */
function hasStages(rollout: WatchedRollout, { vectors, until }: WatchContext): boolean {
  const served = vectors.filter(({ lastSeen }) => lastSeen >= (until - LOOKBACK_SECONDS) * 1000);
  const isOld = rollout.status === 'promoted' && rollout.stageSince < until - OLD_SECONDS;
  return isGuarded(rollout) && !isOld && (served.length > 1 || hasDeclaredShare(rollout));
}

function hasTraffic({ traffic = [] }: Partial<Facts>): boolean {
  return traffic.length > 0;
}

function minutesOf(
  { candidate, changed }: WatchedRollout,
  traffic: readonly TrafficRow[],
  { vectors }: WatchContext,
): MinuteShare[] {
  const byMinute = new Map<number, { candidate: number; all: number }>();
  for (const { vectorId, minutes, n } of traffic) {
    const values = vectors.find((vector) => vector.vectorId === vectorId)?.values;
    const isCandidate = values !== undefined && matches(values, candidate, changed);
    for (const [index, at] of minutes.entries()) {
      const sum = byMinute.get(at) ?? { candidate: 0, all: 0 };
      sum.all += n[index] ?? 0;
      if (isCandidate) sum.candidate += n[index] ?? 0;
      byMinute.set(at, sum);
    }
  }
  return [...byMinute].map(([at, sum]) => ({ at, ...sum })).sort((a, b) => a.at - b.at);
}

function mayBeAlias({ origin, changed }: Pick<WatchedRollout, 'origin' | 'changed'>): boolean {
  return origin === 'observed' && changed.length === 1 && changed[0] === 'model';
}

/** The same name was asked for, and another model answered: nobody here could have rolled that out (see model-identity). */
function isAliasSwap(
  { origin, changed, baseline, candidate }: WatchedRollout,
  requested: readonly RequestedRow[],
): boolean {
  if (!mayBeAlias({ origin, changed })) return false;
  const names = (model: string | undefined) => requested.find((row) => row.model === model)?.requested ?? [];
  const before = names(baseline.model);
  return names(candidate.model).some((name) => before.includes(name));
}

interface Surroundings {
  readonly context: WatchContext;
  readonly deployments: readonly DeploymentRow[];
  readonly guarded: readonly WatchedRollout[];
  readonly staged: readonly StagedRow[];
}

type Shortcut = 'no_rollout' | 'stages_skipped' | 'soak_cut_short';

/** What was left out on the way to everybody; `null` when nothing was. */
function shortcutOf({ stages }: Ascent, soakSeconds: number): Shortcut | null {
  const required = Math.max(SEEN_SECONDS, soakSeconds * SOAKED_PART);
  const top = stages.at(-1);
  if (!top || top.seconds >= required) return null;
  const held = stages.filter(({ seconds }) => seconds >= required);
  if (held.length === 0) return 'no_rollout';
  return top.seconds >= SEEN_SECONDS ? 'soak_cut_short' : 'stages_skipped';
}

/**
 * Has anybody agreed to stages here? A team that gives every change to everybody at once is told, not alarmed: it is alarmed
 * from its first staged change on, and where its policy asks for the change to be taken back.
 */
function isAgreed({ origin, policy }: WatchedRollout, { reachedAt }: Ascent, staged: readonly StagedRow[]): boolean {
  return (
    origin === 'declared' || policy.onSkippedStage === 'rollback' || staged.some(({ firstAt }) => firstAt <= reachedAt)
  );
}

function ascentFinding(rollout: WatchedRollout, minutes: readonly MinuteShare[], around: Surroundings): FindingDraft[] {
  const { policy, baseline, candidate, origin, changed } = rollout;
  const ascent = ascentOf(minutes, policy.stages);
  const shortcut = ascent === null ? null : shortcutOf(ascent, policy.soakSeconds);
  if (ascent === null || shortcut === null) return [];
  // Nobody has promised how long an undeclared change stays at a stage.
  if (shortcut === 'soak_cut_short' && origin === 'observed') return [];
  const { context, deployments } = around;
  const change = changed.map(
    (surface) => `${surface} ${named(baseline[surface] ?? '')} → ${named(candidate[surface] ?? '')}`,
  );
  const who = deploymentWords(rollout, ascent, deployments);
  const served = minutes.reduce((sum, minute) => sum + minute.all - minute.candidate, 0);
  const mayReturn = served >= MINIMUM_BASELINE && !isCondemned(rollout, around.guarded);
  const isNews = shortcut === 'no_rollout' && !isAgreed(rollout, ascent, around.staged);
  const wantsBack = policy.onSkippedStage === 'rollback' && shortcut !== 'soak_cut_short' && mayReturn;
  return [
    draftOf(stageGuard, context, {
      metric: shortcut,
      subject: rollout.id,
      rolloutId: rollout.id,
      severity: isNews ? 'info' : 'warning',
      title: `${changed.map((surface) => `${surface} ${named(candidate[surface] ?? '')}`).join(' · ')} ${TITLES[shortcut]}`,
      sentence:
        `${wordList(change)} ${howItWent(shortcut, ascent, policy)}, at ${clockWords(ascent.reachedAt)}; it has answered ` +
        `${formatCount(ascent.generations)} calls since. ${who}${isNews ? FIRST_STAGES : ''}`,
      method: `share of each version by the minute against the stages ${policy.stages.join(', ')} % and a soak time of ${formatSeconds(policy.soakSeconds)}`,
      n: { 'calls since': ascent.generations, 'calls of other versions': served },
      surface: changed.length === 1 ? (changed[0] ?? null) : null,
      behind: { targetId: context.targetId, since: ascent.reachedAt - ascent.tookSeconds, until: context.until },
      details: {
        baseline: describeVersions(baseline),
        candidate: describeVersions(candidate),
        stages: ascent.stages.map(({ stage, seconds }) => `${stage} %: ${formatSeconds(seconds)}`),
      },
      ...(wantsBack ? { remedy: 'rollback' as const } : {}),
    }),
  ];
}

const FIRST_STAGES =
  ' Changes of this target were never staged: declare a rollout, or give it a part of the traffic first, to be warned when one is not.';

const TITLES: Readonly<Record<Shortcut, string>> = {
  no_rollout: 'went to everybody without a rollout',
  stages_skipped: 'skipped stages on its way to everybody',
  soak_cut_short: 'went to everybody before its last stage was over',
};

function howItWent(shortcut: Shortcut, { stages, tookSeconds }: Ascent, { soakSeconds }: RolloutPolicy): string {
  const highest = stages.findLast(({ seconds }) => seconds >= Math.max(SEEN_SECONDS, soakSeconds * SOAKED_PART));
  const top = stages.at(-1);
  const fast = tookSeconds < MINUTE_SECONDS ? 'within a minute' : `within ${formatSeconds(tookSeconds)}`;
  if (shortcut === 'no_rollout') return `went from nothing to all traffic ${fast}, without any stage`;
  if (shortcut === 'soak_cut_short')
    return `was at ${top?.stage} % for only ${formatSeconds(top?.seconds ?? 0)} of ${formatSeconds(soakSeconds)} before it got all traffic`;
  const skipped = stages.filter(({ stage, seconds }) => stage > (highest?.stage ?? 0) && seconds < SEEN_SECONDS);
  return `went from ${highest?.stage} % to all traffic ${fast} and skipped ${wordList(skipped.map(({ stage }) => `${stage} %`))}`;
}

function deploymentWords(rollout: WatchedRollout, ascent: Ascent, deployments: readonly DeploymentRow[]): string {
  const { candidate, changed } = rollout;
  const from = ascent.reachedAt - ascent.tookSeconds - DEPLOYMENT_REACH_SECONDS;
  const told = deployments.filter(
    ({ surface, version, at }) =>
      changed.includes(surface) && candidate[surface] === version && at >= from && at <= ascent.reachedAt,
  );
  const last = told.sort((a, b) => a.at - b.at).at(-1);
  if (!last) return 'No deployment was announced.';
  return `${last.actor || 'Somebody'} deployed it at ${clockWords(last.at)} (told by ${last.source}).`;
}

/** The version to return to was itself found worse once. */
function isCondemned({ baseline }: WatchedRollout, guarded: readonly WatchedRollout[]): boolean {
  return guarded.some(({ latched, candidate, changed }) => latched === 1 && matches(baseline, candidate, changed));
}

/** The newest minutes belong to another stage already: the move is what there is to say, not the share of the old one. */
function isLeaving(minutes: readonly MinuteShare[], { stage, policy }: WatchedRollout): boolean {
  const newest = minutes.slice(-NEWEST_MINUTES);
  const all = newest.reduce((sum, minute) => sum + minute.all, 0);
  const share = newest.reduce((sum, minute) => sum + minute.candidate, 0) / all;
  const next = Math.min(...policy.stages.filter((other) => other > stage), 100);
  return all > 0 && share >= (next / 100) * REACHED_PART;
}

function callsPerSession([row]: readonly SessionsRow[]): number {
  return row === undefined ? 1 : Math.max(1, row.n / row.sessions);
}

/** Traffic is not split as declared. */
function shareFinding(
  rollout: WatchedRollout,
  minutes: readonly MinuteShare[],
  callsASession: number,
  context: WatchContext,
): FindingDraft[] {
  const { stage, stageSince, candidate } = rollout;
  if (!hasDeclaredShare(rollout)) return [];
  const since = minutes.filter(({ at }) => at >= stageSince + MINUTE_SECONDS);
  const all = since.reduce((sum, minute) => sum + minute.all, 0);
  const own = since.reduce((sum, minute) => sum + minute.candidate, 0);
  const share = stage / 100;
  const smaller = Math.min(share, 1 - share);
  // Whole sessions are assigned, as far as anybody knows: their calls are not units of their own.
  const units = [own, all - own].map((count) => Math.round(count / callsASession));
  const logE = sampleRatioLogE(units, [share, 1 - share]);
  if (isLeaving(minutes, rollout)) return [];
  if (logE < LOG_SHARE_THRESHOLD || Math.abs(own / all - share) < SHARE_TOLERANCE * smaller) return [];
  const interval = wilson(own, all, 1 - LEVEL);
  const names = SURFACES.flatMap((surface) => (candidate[surface] ? [`${surface} ${named(candidate[surface])}`] : []));
  return [
    draftOf(stageGuard, context, {
      metric: 'share_off',
      subject: `${rollout.id} ${stage}`,
      rolloutId: rollout.id,
      severity: 'warning',
      title: `${names.join(' · ')} gets ${formatRate(own / all)} of the traffic, not ${stage} %`,
      sentence:
        `Stage ${stage} % gives ${names.join(' · ')} ${formatRate(own / all)} of ${formatCount(all)} calls since ` +
        `${clockWords(stageSince)}: the split is not what was declared, so the arms may not be alike either. Look at how ` +
        'users are assigned before believing a verdict.',
      method:
        'Dirichlet-multinomial sample-ratio test of the stage with sessions as units, valid at any look, α = .001',
      n: { calls: all, candidate: own, 'calls a session': Math.round(callsASession) },
      effect: {
        estimate: (own / all - share) * 100,
        lower: (interval.lower - share) * 100,
        upper: (interval.upper - share) * 100,
        level: LEVEL,
        unit: 'percentage points',
      },
      evidence: { logE, logThreshold: LOG_SHARE_THRESHOLD },
      details: { declared: share, observed: own / all },
    }),
  ];
}
