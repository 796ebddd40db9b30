export { createAttribution } from './attribution.js';
export { createBehaviour } from './behaviour/index.js';
export type { DetectorStatus } from './detector-times.js';
export { EvaluationHost } from './host.js';
export { createJudge } from './judge.js';
export { WatchHost, type WatchStatus } from './watch/index.js';
