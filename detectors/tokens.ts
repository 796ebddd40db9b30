import { measuredDetector } from './measured-detector.js';

/** How much the model writes. */
export const tokens = measuredDetector({
  name: 'tokens',
  question: 'Does the candidate write more?',
  metrics: [
    {
      name: 'output_tokens',
      failure: 'answer with more tokens than nine of ten of the baseline had before the rollout',
      unit: 'tokens',
      countedSql: `error_type = '' AND output_tokens IS NOT NULL`,
      failedSql: 'false',
      measureSql: 'output_tokens',
    },
  ],
  defaults: {
    output_tokens: { weight: 0.01, harmFloor: 0.1, promoteMargin: 0.1, minimumFailures: 5, onHarm: 'hold' },
  },
});
