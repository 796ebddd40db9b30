import { DETECTORS, TRAFFIC_METRIC } from '../../detectors/index.js';
import type { Cell, Gate, MetricEvaluation, Rollout, RolloutState, SeenVector } from '../model/index.js';
import { type BlocksByMetric, blocksOf } from './blocks.js';
import { decideGate } from './gate.js';
import { metricPolicy } from './policy.js';
import { observedShare, stageOf } from './stage.js';
import { nextState } from './states.js';
import { strataOf } from './strata.js';

/** What is known of a rollout when it is judged. */
export interface JudgementQuestion {
  readonly rollout: Rollout;
  /** `null` before the first judgement. */
  readonly previous: RolloutState | null;
  /** All cells of the target that matter: the rollout's time, and some time before it for the baseline's rate. */
  readonly cells: readonly Cell[];
  readonly vectors: readonly SeenVector[];
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

/** Judges a rollout from its cells alone. Pure: the same cells give the same judgement, in whatever order they come. */
export function judgeRollout({ rollout, previous, cells, vectors, now }: JudgementQuestion): Judgement {
  const blocks = blocksOf(rollout, cells, vectors);
  const evaluations = evaluate(rollout, blocks);
  const traffic = cells.filter((cell) => cell.metric === TRAFFIC_METRIC);
  const observed = observedShare(rollout, traffic, vectors);
  const stage = stageOf(observed, rollout.policy, previous?.stage ?? null);
  const stageSince = previous !== null && previous.stage === stage ? previous.stageSince : now;
  const gate = decideGate({
    policy: rollout.policy,
    evaluations,
    strata: strataOf(blocks.get(TRAFFIC_METRIC) ?? []),
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

function evaluate(rollout: Rollout, blocks: BlocksByMetric): MetricEvaluation[] {
  return DETECTORS.flatMap((detector) =>
    detector.metrics.map((metric) =>
      detector.evaluate(
        metric,
        blocks.get(metric.name) ?? [],
        metricPolicy(rollout.policy, metric.name),
        rollout.policy,
      ),
    ),
  );
}
