import type { IncidentDetail } from '../../../src/api/schemas.js';

/** Prompt and tools always changed together, and long contexts have most of the harm. */
export const CONFOUNDED: IncidentDetail['attributions'][number] = {
  metric: 'compliance',
  sentence:
    'Prompt and tools always changed together, so traffic cannot tell which did it; run an arm with only prompt taken back and ' +
    'only tools taken back. +4.6 of the +5.1 points come from other answers to the same kind of requests, +0.5 from other ' +
    'requests; most of it at a context size of 16k-50k, where 14.1 % fail instead of 1.3 %.',
  surfaces: {
    kind: 'not_identifiable',
    confounded: ['prompt', 'tools'],
    revertOneArms: [
      { reverted: 'prompt', changed: ['tools'] },
      { reverted: 'tools', changed: ['prompt'] },
    ],
  },
  total: 0.051,
  mix: 0.005,
  behaviour: 0.046,
  strata: [
    {
      stratum: '16k-50k',
      baseline: { n: 1210, failures: 16 },
      candidate: { n: 142, failures: 20 },
      behaviour: 0.042,
    },
    { stratum: '0-4k', baseline: { n: 2580, failures: 26 }, candidate: { n: 278, failures: 6 }, behaviour: 0.004 },
  ],
};
