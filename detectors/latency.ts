import { measuredDetector } from './measured-detector.js';

/** How long answers take, of calls that got one. */
export const latency = measuredDetector({
  name: 'latency',
  question: 'Is the candidate slower?',
  metrics: [
    {
      name: 'latency',
      failure: 'answer that took longer than nine of ten of the baseline did before the rollout',
      unit: 's',
      countedSql: `error_type = ''`,
      failedSql: 'false',
      measureSql: '(toUnixTimestamp64Nano(end_time) - toUnixTimestamp64Nano(start_time)) / 1e9',
    },
    {
      name: 'time_to_first_token',
      failure: 'stream whose first token came later than nine of ten of the baseline’s did before the rollout',
      unit: 's',
      countedSql: `error_type = '' AND time_to_first_token_ns IS NOT NULL`,
      failedSql: 'false',
      measureSql: 'time_to_first_token_ns / 1e9',
    },
  ],
  defaults: {
    latency: { weight: 0.02, harmFloor: 0.1, promoteMargin: 0.1, minimumFailures: 5, onHarm: 'hold' },
    time_to_first_token: { weight: 0.01, harmFloor: 0.1, promoteMargin: 0.1, minimumFailures: 5, onHarm: 'hold' },
  },
});
