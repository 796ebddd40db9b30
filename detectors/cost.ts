import { measuredDetector } from './measured-detector.js';

/** What a call costs, where the client or the price table says it. A call of unknown cost is not counted, never free. */
export const cost = measuredDetector({
  name: 'cost',
  question: 'Is the candidate dearer?',
  metrics: [
    {
      name: 'cost',
      failure: 'call that cost more than nine of ten of the baseline did before the rollout',
      unit: 'USD',
      countedSql: 'cost_usd IS NOT NULL',
      failedSql: 'false',
      measureSql: 'cost_usd',
    },
  ],
  defaults: { cost: { weight: 0.01, harmFloor: 0.1, promoteMargin: 0.1, minimumFailures: 5, onHarm: 'hold' } },
});
