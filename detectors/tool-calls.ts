import { failureDetector } from './compare.js';

const COUNTED = ['ok', 'unknown_tool', 'not_json', 'invalid_arguments'];

/** Tool calls: do they name tools that exist, with arguments that fit their schemas? Answers without one are not counted. */
export const toolCalls = failureDetector({
  name: 'tool_calls',
  question: 'Do tool calls fit the tools that the model was told of?',
  metrics: [
    {
      name: 'tool_calls',
      failure: 'answer with a tool call that names no known tool or does not fit its schema',
      countedSql: `tool_call_verdict IN (${COUNTED.map((verdict) => `'${verdict}'`).join(', ')})`,
      failedSql: `tool_call_verdict != 'ok'`,
    },
  ],
  defaults: {
    tool_calls: { weight: 0.06, harmFloor: 0.005, promoteMargin: 0.02, minimumFailures: 3, onHarm: 'rollback' },
  },
});
