import { failureDetector } from './compare.js';

/** Results that are known only later: reported outcomes, and failures further down in the same trace. */
export const success = failureDetector({
  name: 'success',
  question: 'Does what is built on the output still work?',
  metrics: [
    {
      name: 'task_success',
      failure: 'task whose reported outcome was a failure (score below 0.5)',
      countedSql: 'task_score IS NOT NULL',
      failedSql: 'task_score < 0.5',
      scoreSql: 'task_score',
      readsOutcomes: true,
    },
    {
      name: 'downstream_failure',
      failure: 'answer after which a later step of the same trace failed',
      countedSql: `error_type = ''`,
      failedSql: 'downstream_failed = 1',
      readsOutcomes: true,
    },
  ],
  defaults: {
    task_success: { weight: 0.3, harmFloor: 0.01, promoteMargin: 0.03, minimumFailures: 5, onHarm: 'rollback' },
    downstream_failure: { weight: 0.08, harmFloor: 0.01, promoteMargin: 0.03, minimumFailures: 5, onHarm: 'rollback' },
  },
});
