import { failureDetector } from './compare.js';

/**
 * Are outcomes of both arms reported alike? If not, task success compares reporting and not answers. A target without any
 * outcomes has every call of both arms unlabelled, which says nothing.
 */
export const labelRate = failureDetector({
  name: 'label_rate',
  question: 'Are outcomes of both arms reported equally often?',
  metrics: [
    {
      name: 'labels',
      failure: 'call whose outcome nobody has reported',
      countedSql: `error_type = ''`,
      failedSql: 'task_score IS NULL',
      readsOutcomes: true,
    },
  ],
  falls: { labels: 'More outcomes are reported for the candidate than for the baseline.' },
  defaults: { labels: { weight: 0.005, harmFloor: 0.05, promoteMargin: 0.1, minimumFailures: 5, onHarm: 'notify' } },
});
