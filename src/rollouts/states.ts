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
 * The state after a judgement, or `previous` itself when nothing but the time changed. A rollback is latched: it sets
 * `rolled_back` once, and no later judgement changes it. Whether traffic really moved is the incident's story.
 */
export function nextState(rolloutId: string, previous: RolloutState | null, judged: JudgedStage): RolloutState {
  if (previous !== null && previous.status !== 'running') return previous;
  const { gate, stage, stageSince } = judged;
  const isRollback = gate.verdict === 'rollback';
  const next: RolloutState = {
    rolloutId,
    revision: (previous?.revision ?? 0) + 1,
    at: gate.at,
    status: isRollback ? 'rolled_back' : 'running',
    stage,
    stageSince,
    verdict: gate.verdict,
    reasons: gate.reasons,
    latched: isRollback ? gate : null,
  };
  return previous !== null && isSameCourse(previous, next) ? previous : next;
}

/** Ends a running rollout for a reason that is not its verdict; a state that has ended already stays as it is. */
export function endState(
  previous: RolloutState,
  status: Exclude<RolloutStatus, 'running' | 'rolled_back'>,
  reason: string,
  at: number,
): RolloutState {
  if (previous.status !== 'running') return previous;
  return { ...previous, revision: previous.revision + 1, at, status, reasons: [reason, ...previous.reasons] };
}

/** Reasons carry numbers that move with every bucket: a new row is worth writing when they say something else. */
function isSameCourse(a: RolloutState, b: RolloutState): boolean {
  return (
    a.status === b.status &&
    a.stage === b.stage &&
    a.verdict === b.verdict &&
    a.reasons.length === b.reasons.length &&
    a.reasons.every((reason, index) => reason === b.reasons[index])
  );
}
