import { type Gate, type MetricEvaluation, type Rollout, type RolloutPolicy, targetId } from '../../src/model/index.js';

/** A rollout of prompt v12 → v13 at 10 %, and the gate that its broken JSON latched. */

const target = { service: 'support-bot', environment: 'production', operation: 'support-triage' };

const policy: RolloutPolicy = {
  mode: 'auto',
  unit: 'session',
  stages: [0, 10, 100],
  soakSeconds: 60,
  alphaRollback: 0.01,
  alphaPromote: 0.05,
  minimumStratumUnits: 50,
  propagationSeconds: 60,
  metrics: {},
};

const DECIDED_AT = Date.UTC(2026, 10, 23, 12, 0, 5);

export function makeRollout(overrides: Partial<Rollout> = {}): Rollout {
  return {
    id: 'rol_prompt_v13',
    targetId: targetId(overrides.target ?? target),
    target,
    baseline: { prompt: 'v12' },
    candidate: { prompt: 'v13' },
    changed: ['prompt'],
    origin: 'declared',
    policy,
    startedAt: DECIDED_AT - 120_000,
    ...overrides,
  };
}

export function makeEvaluation(overrides: Partial<MetricEvaluation> = {}): MetricEvaluation {
  return {
    detector: 'compliance',
    metric: 'compliance',
    question: 'Does the output still parse and satisfy its JSON Schema?',
    failure: 'output that does not parse as it stands or violates its JSON Schema',
    method: 'conditional mixture e-process',
    baseline: { n: 11_430, failures: 34, rate: 34 / 11_430, lower: 0.0018, upper: 0.0046 },
    candidate: { n: 1_270, failures: 62, rate: 62 / 1_270, lower: 0.036, upper: 0.064 },
    difference: { estimate: 0.0458, lower: 0.021, upper: 0.074, level: 0.95 },
    oddsRatio: { lower: 8.1, upper: null },
    harm: { logE: 28.2, maxLogE: 28.2, logThreshold: Math.log(200), firedAtBucket: 1_795_435_190 },
    promotion: { logE: -3, logThreshold: Math.log(20), margin: 0.01, passed: false },
    fall: null,
    measured: null,
    policy: { weight: 0.5, harmFloor: 0.005, promoteMargin: 0.01, minimumFailures: 5, onHarm: 'rollback' },
    trajectory: [],
    ...overrides,
  };
}

export function makeGate(overrides: Partial<Gate> = {}): Gate {
  return {
    verdict: 'rollback',
    reasons: ['compliance is worse by 4.6 points'],
    blame: ['compliance'],
    at: DECIDED_AT,
    stage: 10,
    candidateShare: 0.1,
    evaluations: [makeEvaluation()],
    ...overrides,
  };
}
