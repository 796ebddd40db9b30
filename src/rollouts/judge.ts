import { DETECTORS } from '../../detectors/index.js';
import type { Cell, Gate, MetricEvaluation, Rollout, RolloutState, SeenVector } from '../model/index.js';
import { armsOf } from './arms.js';
import { decideGate } from './gate.js';
import { type DetectorProblem, RolloutFold } from './rollout-fold.js';
import { type ObservedShare, stageOf } from './stage.js';
import { nextState } from './states.js';
import type { StratumTraffic } from './strata.js';

/** Everything about a rollout that its closed buckets say. */
export interface RolloutStanding {
  /** In the order of the detectors. */
  readonly evaluations: readonly MetricEvaluation[];
  readonly problems: readonly DetectorProblem[];
  readonly strata: readonly StratumTraffic[];
  readonly observed: ObservedShare;
  /** First bucket of the rollout in which the candidate served; `null` before it did. */
  readonly candidateSince: number | null;
}

/** What is known of a rollout when it is judged. */
export interface StandingQuestion {
  readonly rollout: Rollout;
  /** `null` before the first judgement. */
  readonly previous: RolloutState | null;
  readonly standing: RolloutStanding;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** The verdict, and the rollout's state after it (`previous` itself when nothing changed). */
export interface Judgement {
  readonly gate: Gate;
  /** Current stage in per cent, and since when (ms). */
  readonly stage: number;
  readonly stageSince: number;
  /** Observed share of the candidate in the newest closed minute, 0 to 1. */
  readonly candidateShare: number;
  /** Every metric as it stands now, also after a rollback was latched. */
  readonly evaluations: readonly MetricEvaluation[];
  readonly state: RolloutState;
}

/** Judges a rollout by how it stands. */
export function judgeStanding({ rollout, previous, standing, now }: StandingQuestion): Judgement {
  const { evaluations, problems, strata, observed } = standing;
  const stage = stageOf(observed, rollout.policy, previous?.stage ?? null);
  const stageSince = previous !== null && previous.stage === stage ? previous.stageSince : now;
  const gate = decideGate({
    policy: rollout.policy,
    evaluations,
    problems,
    strata,
    stage,
    stageSince,
    candidateShare: observed.share,
    lastTrafficAt: observed.lastTrafficAt,
    latched: previous?.latched ?? null,
    now,
  });
  const judged = { gate, stage, stageSince };
  return { ...judged, candidateShare: observed.share, evaluations, state: nextState(rollout.id, previous, judged) };
}

/** What a straight replay is made from. */
export interface ReplayQuestion {
  readonly rollout: Rollout;
  /** All cells of the target that matter, in any order: the rollout's time, and some time before it for the baseline's rate. */
  readonly cells: readonly Cell[];
  readonly vectors: readonly SeenVector[];
}

/** How a rollout stands by all of its cells at once: what the ledger of a running rollout must agree with. Pure. */
export function replayRollout({ rollout, cells, vectors }: ReplayQuestion): RolloutStanding {
  const arms = armsOf(rollout, vectors);
  const buckets = new Map<number, Cell[]>();
  for (const cell of [...cells].sort(inOrder)) {
    const known = buckets.get(cell.bucket);
    if (known) known.push(cell);
    else buckets.set(cell.bucket, [cell]);
  }
  const fold = RolloutFold.start(rollout, METRICS);
  for (const [bucket, own] of buckets) fold.add(bucket, own, arms);
  const { strata, observed, candidateSince } = fold.traffic;
  return { ...fold.standings(), strata, observed, candidateSince };
}

/** Judges a rollout from its cells alone. Pure: the same cells give the same judgement, in whatever order they come. */
export function judgeRollout({
  previous,
  now,
  ...question
}: ReplayQuestion & Pick<StandingQuestion, 'previous' | 'now'>): Judgement {
  return judgeStanding({ rollout: question.rollout, previous, standing: replayRollout(question), now });
}

const METRICS = new Set(DETECTORS.flatMap(({ metrics }) => metrics.map(({ name }) => name)));

/** As the store gives them: sums of scores must not depend on the order of the rows. */
function inOrder(a: Cell, b: Cell): number {
  return (
    a.bucket - b.bucket ||
    compare(a.metric, b.metric) ||
    compare(a.stratum, b.stratum) ||
    compare(a.vectorId, b.vectorId) ||
    compare(a.arm, b.arm)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
