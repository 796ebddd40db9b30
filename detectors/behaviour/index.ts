export { BehaviourTest, type BehaviourTestOptions, MAX_KEPT_UNITS } from './behaviour-test.js';
export { type BehaviourBlock, MAX_BASELINE_PER_CANDIDATE, MAX_BLOCK_UNITS, type Output } from './block.js';
export type { Contrast } from './contrast.js';
export { type ExampleOutputs, exampleOutputs } from './example-outputs.js';
export { type FeatureMove, movedFeatures } from './moved-features.js';
