import { type Static, Type } from 'typebox';
import { PolicyOverride } from '../../config/index.js';
import { MODES, ON_HARM, ROLLOUT_STATUSES, SURFACES, VERDICTS } from '../../model/index.js';
import { Bucket, nullable, oneOf, Selector, Share, Target, Time } from './common.js';

const Estimate = Type.Object({
  n: Type.Integer(),
  failures: Type.Integer(),
  rate: Type.Number(),
  lower: Type.Number(),
  upper: Type.Number(),
});

const MetricPolicy = Type.Object({
  weight: Type.Number(),
  harmFloor: Type.Number(),
  promoteMargin: Type.Number(),
  minimumFailures: Type.Integer(),
  onHarm: oneOf(ON_HARM),
});

const HARM_EVIDENCE = {
  logE: Type.Number(),
  maxLogE: Type.Number(),
  logThreshold: Type.Number(),
  firedAtBucket: nullable(Bucket),
};

const MetricEvaluation = Type.Object({
  detector: Type.String(),
  metric: Type.String(),
  question: Type.String(),
  failure: Type.String(),
  method: Type.String(),
  baseline: Estimate,
  candidate: Estimate,
  difference: Type.Object({
    estimate: Type.Number(),
    lower: Type.Number(),
    upper: Type.Number(),
    level: Type.Number(),
  }),
  oddsRatio: Type.Object({ lower: Type.Number(), upper: nullable(Type.Number({ description: 'null: unbounded' })) }),
  harm: Type.Object(HARM_EVIDENCE),
  fall: nullable(
    Type.Object(
      { ...HARM_EVIDENCE, meaning: Type.String() },
      { description: 'Of a metric whose rate must not fall either; null where a fall is good news' },
    ),
  ),
  measured: nullable(
    Type.Object(
      {
        unit: Type.String(),
        quantiles: Type.Array(Type.Object({ quantile: Share, baseline: Type.Number(), candidate: Type.Number() })),
      },
      { description: 'Of a metric that is measured (time, tokens, money), within a tenth' },
    ),
  ),
  promotion: Type.Object({
    logE: Type.Number(),
    logThreshold: Type.Number(),
    margin: Type.Number(),
    passed: Type.Boolean(),
  }),
  policy: MetricPolicy,
  trajectory: Type.Array(
    Type.Object({
      bucket: Bucket,
      baselineN: Type.Integer(),
      candidateN: Type.Integer(),
      difference: Type.Number(),
      lower: Type.Number(),
      upper: Type.Number(),
      logE: Type.Number(),
    }),
  ),
});

export const Gate = Type.Object({
  verdict: oneOf(VERDICTS),
  reasons: Type.Array(Type.String()),
  blame: Type.Array(Type.String()),
  at: Time,
  stage: Type.Number(),
  candidateShare: Share,
  evaluations: Type.Array(MetricEvaluation),
});

const StratumRate = Type.Object({
  n: Type.Integer(),
  failures: Type.Integer(),
  rate: nullable(Type.Number({ description: 'null: nothing was counted' })),
});

export const RolloutSummary = Type.Object({
  id: Type.String(),
  target: Target,
  baseline: Selector,
  candidate: Selector,
  changed: Type.Array(oneOf(SURFACES)),
  origin: oneOf(['declared', 'observed']),
  mode: oneOf(MODES),
  status: oneOf(ROLLOUT_STATUSES),
  stage: Type.Number(),
  stages: Type.Array(Type.Number()),
  verdict: oneOf(VERDICTS),
  reasons: Type.Array(Type.String()),
  startedAt: Time,
  incidentId: nullable(Type.String()),
});

export const RolloutDetail = Type.Interface([RolloutSummary], {
  gate: Gate,
  latched: nullable(Gate),
  traffic: Type.Array(
    Type.Object({
      bucket: Bucket,
      baseline: Type.Integer(),
      candidate: Type.Integer(),
      other: Type.Integer(),
    }),
  ),
  strata: Type.Array(
    Type.Object({
      stratum: Type.String({ description: 'Context size' }),
      metric: Type.String(),
      baseline: StratumRate,
      candidate: StratumRate,
    }),
    { description: 'Quality by context size: every counted metric in every stratum since the rollout began' },
  ),
  history: Type.Array(
    Type.Object({
      revision: Type.Integer(),
      at: Time,
      status: oneOf(ROLLOUT_STATUSES),
      stage: Type.Number(),
      verdict: oneOf(VERDICTS),
      reasons: Type.Array(Type.String()),
    }),
  ),
});

export const GateAnswer = Type.Object({
  rolloutId: Type.String(),
  verdict: oneOf(VERDICTS),
  n: Type.Integer({ description: 'Candidate generations judged' }),
  stage: Type.Number(),
  candidateShare: Share,
  reasons: Type.Array(Type.String()),
  incidentId: nullable(Type.String()),
});

export const RolloutDeclaration = Type.Object(
  {
    id: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,128}$', description: 'Your own id; repeated, it changes nothing' }),
    ),
    target: Type.Object(
      { service: Type.String(), environment: Type.String({ default: '' }), operation: Type.String({ minLength: 1 }) },
      { additionalProperties: false },
    ),
    baseline: Selector,
    candidate: Selector,
    policy: Type.Optional(PolicyOverride),
  },
  { additionalProperties: false },
);

export type Gate = Static<typeof Gate>;
export type RolloutSummary = Static<typeof RolloutSummary>;
export type RolloutDetail = Static<typeof RolloutDetail>;
export type GateAnswer = Static<typeof GateAnswer>;
export type RolloutDeclaration = Static<typeof RolloutDeclaration>;
