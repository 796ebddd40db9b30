export { type ArmOfVector, armsOf, matchesSelector } from './arms.js';
export { blocksOf } from './blocks.js';
export type { Ending } from './endings.js';
export { decideGate, type GateQuestion } from './gate.js';
export { type Judgement, type JudgementQuestion, judgeRollout } from './judge.js';
export { mergeForward } from './merge-forward.js';
export {
  type KnownRollout,
  type Observation,
  type ObservationQuestion,
  observeRollouts,
  rolloutId,
} from './observe.js';
export {
  DEFAULT_METRIC_POLICIES,
  DEFAULT_ROLLOUT_POLICY,
  metricPolicy,
  type RolloutPolicyOverride,
  rolloutPolicy,
} from './policy.js';
export { endState, initialState } from './states.js';
export type { VectorTraffic } from './traffic.js';
export { describeEffect, formatCount, formatEvidence, formatPoints, formatRate } from './wording.js';
