import { COMPLIANCE_COUNTED } from '../src/model/index.js';
import { failureDetector } from './compare.js';

const counted = COMPLIANCE_COUNTED.map((compliance) => `'${compliance}'`).join(', ');

/** Structured output: is it still what the consumer's parser and schema accept, as it stands? */
export const compliance = failureDetector({
  name: 'compliance',
  question: 'Does the output still parse and satisfy its JSON Schema?',
  metrics: [
    {
      name: 'compliance',
      failure: 'output that does not parse as it stands or violates its JSON Schema',
      countedSql: `compliance IN (${counted})`,
      failedSql: `compliance != 'ok'`,
    },
  ],
  defaults: {
    compliance: { weight: 0.3, harmFloor: 0.005, promoteMargin: 0.02, minimumFailures: 3, onHarm: 'rollback' },
  },
});
