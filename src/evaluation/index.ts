export { type EvaluationDesk, EvaluationHost, type EvaluationParts, type EvaluationStatus } from './host.js';
export { judgeNow } from './judge.js';
