import type { Cell, Gate, Rollout, RolloutState, TargetKey } from '../model/index.js';
import { endState, initialState, judgeRollout, matchesSelector, observeRollouts } from '../rollouts/index.js';
import { type KnownVector, knownVectors, readCells } from '../store/queries/cells.js';
import { listRollouts, type RolloutRecord, recordRollout, recordRolloutState } from '../store/queries/rollouts.js';
import type { EvaluationParts } from './host.js';
import { BASELINE_SECONDS } from './judge.js';
import { trafficByVector } from './traffic.js';

/**
 * Judges a target anew after some of its buckets were closed: finds rollouts that began or ended, judges those that run,
 * and opens incidents. Reads cells since the oldest running rollout, never generations.
 */
export async function evaluateTarget(parts: EvaluationParts, targetId: string): Promise<void> {
  const { database, clock, policyFor } = parts;
  const now = clock.now();
  const [vectors, rollouts] = await Promise.all([
    knownVectors(database, targetId),
    listRollouts(database, { targetId }),
  ]);
  const first = vectors[0];
  if (!first) return;
  const target: TargetKey = { service: first.service, environment: first.environment, operation: first.operation };
  const starts = rollouts.filter(isRunning).map(({ rollout }) => rollout.startedAt);
  const since = Math.floor(Math.min(now, ...starts) / 1000) - BASELINE_SECONDS;
  const cells = await readCells(database, { targetId, since });
  const traffic = trafficByVector(cells, vectors);
  const observation = observeRollouts({ targetId, target, traffic, rollouts, policy: policyFor(target), now });
  const ended = new Map(observation.end.map((ending) => [ending.rolloutId, ending]));
  const running: RolloutRecord[] = [];
  for (const record of rollouts.filter(isRunning)) {
    const ending = ended.get(record.rollout.id);
    if (ending) await recordRolloutState(database, endState(record.state, ending.status, ending.reason, now));
    else running.push(record);
  }
  for (const rollout of observation.open) {
    await recordRollout(database, rollout, initialState(rollout));
    running.push({ rollout, state: initialState(rollout) });
  }
  for (const record of running) await judge(parts, record, { cells, vectors, rollouts });
}

interface TargetFacts {
  readonly cells: readonly Cell[];
  readonly vectors: readonly KnownVector[];
  readonly rollouts: readonly RolloutRecord[];
}

/** A verdict is recorded before it is acted on; a latched one asks for its incident in every run, so no crash loses it. */
async function judge(parts: EvaluationParts, record: RolloutRecord, facts: TargetFacts): Promise<void> {
  const state = record.state.latched === null ? await judgedState(parts, record, facts) : record.state;
  if (state.latched === null) return;
  const baselineLive = isSafeToReturnTo(record.rollout, state.latched, facts);
  await parts.desk.open(record.rollout, state.latched, baselineLive);
  parts.onChange(['incidents', 'rollouts']);
}

async function judgedState(
  { database, clock }: EvaluationParts,
  { rollout, state: previous }: RolloutRecord,
  { cells, vectors }: TargetFacts,
): Promise<RolloutState> {
  const { state } = judgeRollout({ rollout, previous, cells, vectors, now: clock.now() });
  if (state !== previous) await recordRolloutState(database, state);
  return state;
}

/** The baseline served traffic in this comparison, and is not itself a version that was found worse. */
function isSafeToReturnTo(rollout: Rollout, latched: Gate, { vectors, rollouts }: TargetFacts): boolean {
  const served = latched.evaluations.some(({ baseline }) => baseline.n > 0);
  const condemned = rollouts.filter(({ rollout: other, state }) => other.id !== rollout.id && state.latched !== null);
  const baselines = vectors.filter(({ values }) => matchesSelector(values, rollout.baseline, rollout.changed));
  return (
    served &&
    !condemned.some(({ rollout: { candidate, changed } }) =>
      baselines.some(({ values }) => matchesSelector(values, candidate, changed)),
    )
  );
}

function isRunning({ state }: RolloutRecord): boolean {
  return state.status === 'running';
}
