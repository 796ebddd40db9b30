export { type BehaviourRunner, InlineBehaviourRunner, ThreadBehaviourRunner } from './runner.js';
export { BehaviourWatch } from './watch.js';
