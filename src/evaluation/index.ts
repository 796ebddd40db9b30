export { EvaluationHost } from './host.js';
export { createJudge } from './judge.js';
