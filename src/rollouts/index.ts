export { armsOf, matchesSelector } from './arms.js';
export { decideGate } from './gate.js';
export { type Judgement, judgeRollout } from './judge.js';
export { mergeForward } from './merge-forward.js';
export { observeRollouts, rolloutId } from './observe.js';
export { DEFAULT_ROLLOUT_POLICY, metricPolicy, rolloutPolicy } from './policy.js';
export { endState, initialState } from './states.js';
export type { VectorTraffic } from './traffic.js';
export { describeEffect } from './wording.js';
