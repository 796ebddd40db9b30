import { failureDetector } from './compare.js';

/**
 * Answers that end too early: at the token limit, cancelled, or a stream that began and never said why it stopped (its pod
 * went away). A call that streamed nothing and names no finish reason is a client that does not report one.
 */
export const truncation = failureDetector({
  name: 'truncation',
  question: 'Do answers come to their end?',
  metrics: [
    {
      name: 'truncation',
      failure: 'answer that was cut off by the token limit or whose stream broke off',
      countedSql: `error_type = '' AND finish_reason != 'error'`,
      failedSql:
        `finish_reason IN ('length', 'cancelled') OR ` +
        `(finish_reason = 'missing' AND time_to_first_token_ns IS NOT NULL AND output_length > 0)`,
    },
  ],
  defaults: {
    truncation: { weight: 0.03, harmFloor: 0.01, promoteMargin: 0.02, minimumFailures: 3, onHarm: 'rollback' },
  },
});
