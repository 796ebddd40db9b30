import type {
  Behaviour,
  Deployment,
  Generation,
  IncidentDetail,
  RolloutDetail,
  ServiceStatus,
  TargetSummary,
  Trace,
  VectorSummary,
} from '../../../src/api/schemas.js';
import type { CatalogStory } from './catalog.js';

/** Everything the fixture server answers with. */
export interface Story {
  status: ServiceStatus;
  targets: TargetSummary[];
  vectors: VectorSummary[];
  rollouts: RolloutDetail[];
  /** Of every rollout. */
  behaviour: Behaviour;
  incidents: IncidentDetail[];
  /** Of the supported target. */
  findings: IncidentDetail['findings'];
  generations: Generation[];
  traces: Trace[];
  deployments: Deployment[];
  /** Of every target. */
  catalog: CatalogStory;
}

type Gate = RolloutDetail['gate'];
type Evaluation = Gate['evaluations'][number];

const PER_BUCKET = { baseline: 31, candidate: 4 };
const LOG_THRESHOLD = Math.log(60);

interface Course {
  start: number;
  buckets: number;
  baselineRate: number;
  candidateRate: number;
  at: string;
}

/** A gate whose curves have the shape of real ones: wide at first, closing in; evidence that rises only with harm. */
export function gateOf(course: Course): Gate {
  const compliance = evaluationOf('compliance', 'Does the output still parse and satisfy its JSON Schema?', course);
  const errors = evaluationOf('errors', 'Do calls fail more often?', {
    ...course,
    baselineRate: 0.003,
    candidateRate: 0.0035,
  });
  const harmful = compliance.harm.firedAtBucket !== null;
  return {
    verdict: harmful ? 'rollback' : 'hold',
    reasons: harmful
      ? [
          `compliance: ${compliance.candidate.failures} of ${compliance.candidate.n} candidate outputs fail (${(compliance.candidate.rate * 100).toFixed(1)} %), ` +
            `baseline ${compliance.baseline.failures} of ${compliance.baseline.n}; e-value ${Math.exp(compliance.harm.maxLogE).toFixed(0)} passed its threshold 60.`,
          'errors: no evidence of harm.',
        ]
      : [
          'compliance: no evidence of harm; not yet shown to be within 2.0 points of the baseline.',
          'Soak time: 4 of 10 min.',
        ],
    blame: harmful ? ['compliance'] : [],
    at: course.at,
    stage: harmful ? 10 : 25,
    candidateShare: harmful ? 0.104 : 0.25,
    evaluations: [compliance, errors],
  };
}

function evaluationOf(metric: string, question: string, course: Course): Evaluation {
  const trajectory = trajectoryOf(course);
  const last = trajectory.at(-1);
  const n = { baseline: last?.baselineN ?? 0, candidate: last?.candidateN ?? 0 };
  const fired = trajectory.find(({ logE, lower }) => logE > LOG_THRESHOLD && lower > -0.05);
  const logs = trajectory.map(({ logE }) => logE);
  return {
    detector: metric,
    metric,
    question,
    failure:
      metric === 'errors' ? 'a call that ended in an error' : 'output that does not parse or violates its JSON Schema',
    method: 'conditional e-process over blocks, strata of context size',
    baseline: estimateOf(n.baseline, course.baselineRate),
    candidate: estimateOf(n.candidate, course.candidateRate),
    difference: { estimate: last?.difference ?? 0, lower: last?.lower ?? -1, upper: last?.upper ?? 1, level: 0.95 },
    oddsRatio: { lower: 0.7, upper: null },
    harm: {
      logE: last?.logE ?? 0,
      maxLogE: Math.max(...logs),
      logThreshold: LOG_THRESHOLD,
      firedAtBucket: fired?.bucket ?? null,
    },
    promotion: { logE: 0.4, logThreshold: Math.log(20), margin: 0.02, passed: false },
    fall: null,
    measured: null,
    policy: { weight: 0.5, harmFloor: 0.005, promoteMargin: 0.02, minimumFailures: 5, onHarm: 'rollback' },
    trajectory,
  };
}

function estimateOf(n: number, rate: number): Evaluation['baseline'] {
  const failures = Math.round(n * rate);
  const radius = 2.6 * Math.sqrt((rate * (1 - rate)) / Math.max(1, n));
  return { n, failures, rate: failures / n, lower: Math.max(0, rate - radius), upper: Math.min(1, rate + radius) };
}

function trajectoryOf({ start, buckets, baselineRate, candidateRate }: Course): Evaluation['trajectory'] {
  const drift = candidateRate - baselineRate;
  return Array.from({ length: buckets }, (_, index) => {
    const candidateN = (index + 1) * PER_BUCKET.candidate;
    const radius = 3.1 * Math.sqrt((candidateRate * (1 - candidateRate) + 0.004) / candidateN) + 0.6 / candidateN;
    const difference = drift + (0.25 * Math.sin(index / 9) + 0.12 * Math.sin(index * 1.7)) * (radius / 2);
    return {
      bucket: start + index * 10,
      baselineN: (index + 1) * PER_BUCKET.baseline,
      candidateN,
      difference,
      lower: Math.max(-1, difference - radius),
      upper: Math.min(1, difference + radius),
      logE:
        drift > 0.01
          ? -0.6 + candidateN * drift * 0.32 + Math.sin(index / 3) * 0.5 + Math.sin(index * 1.9) * 0.15
          : -0.15 * Math.sqrt(index) + Math.sin(index / 4) * 0.2,
    };
  });
}

/** Buckets of a rollout's traffic in which the candidate serves a tenth between two of them. */
export function trafficOf(
  start: number,
  buckets: number,
  candidate: { from: number; to: number },
): RolloutDetail['traffic'] {
  return Array.from({ length: buckets }, (_, index) => {
    const serving = index >= candidate.from && index < candidate.to;
    return {
      bucket: start + index * 10,
      baseline: 30 + Math.round(4 * Math.sin(index / 5)),
      candidate: serving ? 4 + (index % 3) - 1 : 0,
      other: index % 11 === 0 ? 1 : 0,
    };
  });
}
