import type { Detector, OutputFingerprint } from '../src/model/index.js';
import { compliance } from './compliance.js';
import { cost } from './cost.js';
import { errors } from './errors.js';
import { FINGERPRINT_VERSION, fingerprintOf } from './fingerprint/index.js';
import { labelRate } from './label-rate.js';
import { latency } from './latency.js';
import { isRefusal } from './refusal.js';
import { safety } from './safety.js';
import { success } from './success.js';
import { tokens } from './tokens.js';
import { toolCalls } from './tool-calls.js';
import { truncation } from './truncation.js';

export { attributeDifference } from './attribution.js';
export {
  type BehaviourBlock,
  BehaviourTest,
  behaviourFinding,
  exampleOutputs,
  type FeatureMove,
  movedFeatures,
  type Output,
  StandingTest,
} from './behaviour/index.js';
export type { Change, ChangeEvidence } from './change.js';
export { evaluateBlocks } from './compare.js';
export { FINGERPRINT_VERSION, fingerprintOf } from './fingerprint/index.js';
export { JoinForward } from './join-forward.js';
export { LENGTH_WEIGHT, lengthChange } from './length-change.js';
export { REFUSAL_POLICY, rateChange } from './rate-change.js';
export { isRefusal, REFUSAL_LANGUAGES } from './refusal.js';
export { TWO_SIDED_DETECTORS, WATCHES } from './watches/index.js';
export {
  type Fact,
  type FactRow,
  QUIET_LOOK_SECONDS,
  type Watch,
  type WatchContext,
  type WatchedMetric,
  type WatchedVector,
} from './watches/watch.js';

/** Every detector that judges rollouts. To add one, add its file and a line here; the default weights must sum to 1. */
export const DETECTORS: readonly Detector[] = [
  compliance,
  toolCalls,
  success,
  errors,
  truncation,
  safety,
  latency,
  tokens,
  cost,
  labelRate,
];

/** What collectors read out of an output's words. */
export const OUTPUT_READER = {
  isRefusal,
  fingerprint: (text: string): OutputFingerprint => ({
    version: String(FINGERPRINT_VERSION),
    features: [...fingerprintOf(text)],
  }),
} as const;

/** The metric whose units are all generations: what traffic and its shares are read from. */
export const TRAFFIC_METRIC = 'errors';
