export { BehaviourTest } from './behaviour-test.js';
export type { BehaviourBlock, Output } from './block.js';
export { type ExampleOutputs, exampleOutputs } from './example-outputs.js';
export { behaviourFinding } from './finding.js';
export { type FeatureMove, movedFeatures, prominence } from './moved-features.js';
export { StandingTest } from './standing.js';
