import {
  formatCount,
  formatEvidence,
  formatRate,
  formatSeconds,
  type Gate,
  leadingHarm,
  type MetricEvaluation,
  type RolloutPolicy,
} from '../model/index.js';
import { hasFired, onHarmOf } from './harm.js';
import type { DetectorProblem } from './rollout-fold.js';
import { COVERED_TRAFFIC_SHARE, type StratumTraffic } from './strata.js';
import { describeEffect, fallMeaning } from './wording.js';

/** With fewer units in an arm there is no verdict but a rollback, which has minima of its own. */
const MINIMUM_UNITS_TO_JUDGE = 10;

/** After this long without traffic of the target, what was seen before says nothing about now. */
const STALE_SECONDS = 300;

/** At least one of these must have data before anything is promoted: they judge every call or every output. */
const REQUIRED_FOR_PROMOTION: readonly string[] = ['compliance', 'errors'];

/** Everything a gate is decided from. */
export interface GateQuestion {
  readonly policy: RolloutPolicy;
  readonly evaluations: readonly MetricEvaluation[];
  /** Metrics that could not be judged because their detector failed. */
  readonly problems?: readonly DetectorProblem[];
  readonly strata: readonly StratumTraffic[];
  /** Current stage in per cent, and since when (ms). */
  readonly stage: number;
  readonly stageSince: number;
  /** Observed share of the candidate in the newest closed minute, 0 to 1. */
  readonly candidateShare: number;
  /** Newest traffic of the target (ms); `null` when there is none. */
  readonly lastTrafficAt: number | null;
  /** The gate at which a rollback was decided earlier; it stands for good. */
  readonly latched: Gate | null;
  /** Metrics of which at least one needs data before a promotion; empty when any will do (a backtest). */
  readonly requiredForPromotion?: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/**
 * The verdict on a rollout's stage, with its reasons in sentences.
 *
 * `insufficient_data` while the newest traffic is stale; `rollback` if a metric has fired whose harm rolls back (latched for good); else `insufficient_data` while there is too little to compare;
 * else `promote` if every guardrail's margin e-value passes, no metric that holds has fired, every important stratum is covered and the soak time is
 * over; else `hold`. No data never rolls back and never promotes.
 */
export function decideGate(question: GateQuestion): Gate {
  if (question.latched !== null) return question.latched;
  const { evaluations } = question;
  const stale = staleReason(question);
  if (stale !== null) return gate(question, 'insufficient_data', [stale]);
  const fired = evaluations.filter((evaluation) => hasFired(evaluation, 'rollback'));
  if (fired.length > 0) return gate(question, 'rollback', fired.map(rollbackReason), fired);
  const judging = evaluations.filter((evaluation) => onHarmOf(evaluation) === 'rollback');
  const guardrails = judging.filter(({ baseline, candidate }) => baseline.n + candidate.n > 0);
  const unlabelled = [
    ...unlabelledReasons(judging.filter((evaluation) => !guardrails.includes(evaluation))),
    ...evaluations.filter((evaluation) => hasFired(evaluation, 'notify')).map(noticedReason),
  ];
  const missing = missingData(question, guardrails);
  if (missing.length > 0) return gate(question, 'insufficient_data', [...missing, ...unlabelled]);
  const obstacles = promotionObstacles(question, guardrails);
  if (obstacles.length > 0) return gate(question, 'hold', [...obstacles, ...unlabelled]);
  return gate(question, 'promote', [...guardrails.map(passedReason), ...unlabelled]);
}

function gate(
  question: GateQuestion,
  verdict: Gate['verdict'],
  reasons: readonly string[],
  fired: readonly MetricEvaluation[] = [],
): Gate {
  const { now, stage, candidateShare, evaluations } = question;
  return { verdict, reasons, blame: fired.map(({ metric }) => metric), at: now, stage, candidateShare, evaluations };
}

/**
 * Old data is no reason to act now: after an outage or a backfill, evidence waits for traffic that is fresh, and then
 * counts in full.
 */
function staleReason({ now, lastTrafficAt }: GateQuestion): string | null {
  if (lastTrafficAt === null) return null;
  const silent = (now - lastTrafficAt) / 1000;
  return silent > STALE_SECONDS ? `No traffic has been seen for ${formatSeconds(silent)}.` : null;
}

/** Why there is no verdict yet; empty when there is enough to compare. */
function missingData(question: GateQuestion, guardrails: readonly MetricEvaluation[]): string[] {
  const required = question.requiredForPromotion ?? REQUIRED_FOR_PROMOTION;
  const compared = guardrails.filter(({ baseline, candidate }) => Math.min(baseline.n, candidate.n) > 0);
  if (compared.length === 0) {
    return ['No metric has units in both arms yet: there is nothing to compare.'];
  }
  if (required.length > 0 && !compared.some(({ metric }) => required.includes(metric))) {
    return [`None of ${required.join(', ')} has units in both arms yet.`];
  }
  const most = (arm: 'baseline' | 'candidate'): number => Math.max(...compared.map((evaluation) => evaluation[arm].n));
  return (['baseline', 'candidate'] as const)
    .filter((arm) => most(arm) < MINIMUM_UNITS_TO_JUDGE)
    .map((arm) => `The ${arm} has ${formatCount(most(arm))} units; at least ${MINIMUM_UNITS_TO_JUDGE} are needed.`);
}

/** What stands between a healthy candidate and its next stage. */
function promotionObstacles(question: GateQuestion, guardrails: readonly MetricEvaluation[]): string[] {
  const { policy, now, stageSince, stage, candidateShare } = question;
  const obstacles = [
    ...question.evaluations.filter((evaluation) => hasFired(evaluation, 'hold')).map(heldReason),
    ...guardrails.filter(({ promotion }) => !promotion.passed).map(notPassedReason),
  ];
  for (const { metric, problem } of question.problems ?? [])
    obstacles.push(`${metric} cannot be judged: its detector failed (${problem}).`);
  if (candidateShare === 0) obstacles.push('The candidate serves no traffic now.');
  for (const { stratum, baselineShare, candidateUnits } of question.strata) {
    if (baselineShare < COVERED_TRAFFIC_SHARE || candidateUnits >= policy.minimumStratumUnits) continue;
    obstacles.push(
      `Stratum ${stratum} (${formatRate(baselineShare)} of traffic): the candidate has ${formatCount(candidateUnits)} units; ` +
        `${formatCount(policy.minimumStratumUnits)} are needed.`,
    );
  }
  const soaked = (now - stageSince) / 1000;
  if (soaked < policy.soakSeconds) {
    obstacles.push(
      `Stage ${stage} % has lasted ${formatSeconds(Math.max(0, soaked))} of the ${formatSeconds(policy.soakSeconds)} it must.`,
    );
  }
  return obstacles;
}

function rollbackReason(evaluation: MetricEvaluation): string {
  return `${firedReason(evaluation)}: rollback`;
}

function heldReason(evaluation: MetricEvaluation): string {
  return `${firedReason(evaluation)}: held`;
}

function noticedReason(evaluation: MetricEvaluation): string {
  return `${firedReason(evaluation)}: told, decides nothing`;
}

function firedReason(evaluation: MetricEvaluation): string {
  const { maxLogE, logThreshold } = leadingHarm(evaluation);
  const meaning = fallMeaning(evaluation);
  return (
    `${describeEffect(evaluation)}${meaning === '' ? '' : ` (${meaning.replace(/\.$/, '')})`}; ` +
    `evidence e = ${formatEvidence(maxLogE)} against ${formatEvidence(logThreshold)}`
  );
}

function notPassedReason(evaluation: MetricEvaluation): string {
  const { metric, baseline, candidate, harm, promotion } = evaluation;
  if (candidate.n === 0)
    return `${metric}: the candidate has no counted units yet (baseline ${formatCount(baseline.n)}).`;
  if (baseline.n === 0)
    return `${metric}: the baseline has no counted units beside the candidate’s ${formatCount(candidate.n)}.`;
  const margin = formatRate(promotion.margin).replace(' %', '');
  return (
    `${describeEffect(evaluation)}; harm e = ${formatEvidence(harm.maxLogE)} against ${formatEvidence(harm.logThreshold)}; ` +
    `“at most ${margin} points worse” e = ${formatEvidence(promotion.logE)} against ${formatEvidence(promotion.logThreshold)}: not shown yet`
  );
}

function passedReason(evaluation: MetricEvaluation): string {
  const { logE, logThreshold, margin } = evaluation.promotion;
  return (
    `${describeEffect(evaluation)}; at most ${formatRate(margin).replace(' %', '')} points worse: ` +
    `e = ${formatEvidence(logE)} against ${formatEvidence(logThreshold)}: passed`
  );
}

function unlabelledReasons(evaluations: readonly MetricEvaluation[]): string[] {
  const names = evaluations.map(({ metric }) => metric);
  if (names.length === 0) return [];
  return names.length === 1
    ? [`${names[0]}: no counted units in either arm, so it is not a guardrail.`]
    : [`${names.join(', ')}: no counted units in either arm, so they are no guardrails.`];
}
