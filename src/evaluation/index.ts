export { EvaluationHost } from './host.js';
export { judgeNow } from './judge.js';
