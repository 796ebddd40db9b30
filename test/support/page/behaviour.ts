import type { Behaviour } from '../../../src/api/schemas.js';
import { TRACE_ID } from './subjects.js';

type Move = NonNullable<Behaviour['standing']>['features'][number];

function move(name: string, family: string, label: string, means: [number, number], interval: [number, number]): Move {
  const [baselineMean, candidateMean] = means;
  const [lower, upper] = interval;
  const superiority = (lower + upper) / 2;
  return { name, family, label, baselineMean, candidateMean, superiority, lower, upper, level: 0.95 };
}

/** A candidate that has begun to flatter. */
export const FLATTERY: Behaviour = {
  standing: {
    baselineN: 640,
    candidateN: 212,
    logE: 6.2,
    maxLogE: 6.9,
    logThreshold: Math.log(100),
    changed: true,
    features: [
      move('flatteryOpening', 'opening', 'opens with praise or thanks ("Great question")', [0.02, 0.61], [0.71, 0.87]),
      move('praiseWords', 'tone', 'words of praise', [0.3, 2.41], [0.69, 0.84]),
      move('characters', 'length', 'characters', [412, 655], [0.55, 0.72]),
    ],
    tone: [
      move('praiseWords', 'tone', 'words of praise', [0.3, 2.41], [0.69, 0.84]),
      move('hedgeWords', 'tone', 'hedges ("may", "perhaps")', [1.1, 0.98], [0.41, 0.58]),
      move('exclamations', 'tone', 'exclamation marks', [0.1, 1.9], [0.66, 0.81]),
    ],
    examples: {
      baseline: [{ traceId: TRACE_ID, spanId: '00f067aa0ba902b7' }],
      candidate: [{ traceId: TRACE_ID, spanId: '00f067aa0ba902b8' }],
    },
  },
};
