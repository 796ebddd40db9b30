import type { Gate, Rollout, RolloutState, RolloutStatus } from '../model/index.js';

/** What a judgement says about a rollout's course. */
export interface JudgedStage {
  readonly gate: Gate;
  readonly stage: number;
  readonly stageSince: number;
}

/** The state of a rollout that was just declared or observed. */
export function initialState(rollout: Rollout): RolloutState {
  return {
    rolloutId: rollout.id,
    revision: 1,
    at: rollout.startedAt,
    status: 'running',
    stage: 0,
    stageSince: rollout.startedAt,
    verdict: 'insufficient_data',
    reasons: ['Not judged yet.'],
    latched: null,
  };
}

/**
 * The state after a judgement, or `previous` itself when its course is the same (its reasons carry numbers that move with
 * every bucket; the present ones are in the judgement). A rollback verdict is latched: no later judgement changes it. The
 * rollout still runs then: it is `rolled_back` when traffic has shown it.
 */
export function nextState(rolloutId: string, previous: RolloutState | null, judged: JudgedStage): RolloutState {
  if (previous !== null && (previous.status !== 'running' || previous.latched !== null)) return previous;
  const { gate, stage, stageSince } = judged;
  const next: RolloutState = {
    rolloutId,
    revision: (previous?.revision ?? 0) + 1,
    at: gate.at,
    status: 'running',
    stage,
    stageSince,
    verdict: gate.verdict,
    reasons: gate.reasons,
    latched: gate.verdict === 'rollback' ? gate : null,
  };
  return previous !== null && isSameCourse(previous, next) ? previous : next;
}

/** Ends a running rollout; a state that has ended already stays as it is. */
export function endState(
  previous: RolloutState,
  status: Exclude<RolloutStatus, 'running'>,
  reason: string,
  at: number,
): RolloutState {
  if (previous.status !== 'running') return previous;
  return { ...previous, revision: previous.revision + 1, at, status, reasons: [reason, ...previous.reasons] };
}

function isSameCourse(a: RolloutState, b: RolloutState): boolean {
  return a.status === b.status && a.stage === b.stage && a.verdict === b.verdict;
}
