import { failureDetector } from './compare.js';

/** Calls that failed before there was an answer. Its denominator is every generation, which makes it the traffic too. */
export const errors = failureDetector({
  name: 'errors',
  question: 'Do calls still come back with an answer?',
  metrics: [
    {
      name: 'errors',
      failure: 'call that ended in an error instead of an answer',
      countedSql: 'true',
      failedSql: `error_type != '' OR finish_reason = 'error'`,
    },
  ],
  defaults: { errors: { weight: 0.08, harmFloor: 0.005, promoteMargin: 0.02, minimumFailures: 3, onHarm: 'rollback' } },
});
