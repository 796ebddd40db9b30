import { type Static, type TSchema, Type } from 'typebox';
import { PolicyOverride } from '../config/index.js';
import {
  ACTION_KINDS,
  ACTION_STATUSES,
  ARTIFACT_KINDS,
  COMPLIANCE,
  FINISH_REASONS,
  INCIDENT_EVENT_KINDS,
  INCIDENT_STATES,
  MODES,
  OUTCOME_SOURCES,
  ROLLOUT_STATUSES,
  SURFACES,
  VERDICTS,
  VERSION_SOURCES,
} from '../model/index.js';

/** What the HTTP API says and takes. The OpenAPI description, the checks and the types all come from here. */

export const oneOf = <T extends string>(values: readonly T[]) => Type.Unsafe<T>({ type: 'string', enum: [...values] });
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' });
export const TraceId = Type.String({ pattern: '^[0-9a-f]{32}$', description: '32 lower-case hex digits' });
const Bucket = Type.Integer({ description: 'First second of a 10 s bucket of event time (Unix)' });
const Share = Type.Number({ minimum: 0, maximum: 1 });

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What happened, where, and what to do' }),
    code: Type.String({ description: 'Stable code, e.g. LEEWAY_NOT_FOUND' }),
    instance: Type.Optional(Type.String()),
  },
  { title: 'Problem', description: 'RFC 9457 problem details' },
);

export const Target = Type.Object({
  targetId: Type.String(),
  service: Type.String(),
  environment: Type.String(),
  operation: Type.String(),
});

const Version = Type.Object({ value: Type.String(), source: oneOf(VERSION_SOURCES) });
export const Versions = Type.Object({ model: Version, prompt: Version, tools: Version, context: Version });
const VersionName = Type.String({ minLength: 1, maxLength: 512 });
const Selector = Type.Partial(
  Type.Object({ model: VersionName, prompt: VersionName, tools: VersionName, context: VersionName }),
  { additionalProperties: false, minProperties: 1 },
);

export const TargetSummary = Type.Interface([Target], {
  generations: Type.Integer({ description: 'In the last hour of closed buckets' }),
  vectors: Type.Integer({ description: 'Live in the last hour' }),
  runningRollouts: Type.Integer(),
  openIncidents: Type.Integer(),
  lastSeen: Time,
});

const MetricCount = Type.Object({
  metric: Type.String(),
  n: Type.Integer(),
  failures: Type.Integer(),
  rate: nullable(Type.Number({ description: 'failures / n, null without data' })),
});

export const VectorSummary = Type.Object({
  targetId: Type.String(),
  vectorId: Type.String(),
  versions: Versions,
  firstSeen: Time,
  lastSeen: Time,
  share: Share,
  generations: Type.Integer(),
  metrics: Type.Array(MetricCount),
  traffic: Type.Array(Type.Object({ bucket: Bucket, n: Type.Integer() })),
});

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
});

export const MetricEvaluation = Type.Object({
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
  harm: Type.Object({
    logE: Type.Number(),
    maxLogE: Type.Number(),
    logThreshold: Type.Number(),
    firedAtBucket: nullable(Bucket),
  }),
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

export const IncidentSummary = Type.Object({
  id: Type.String(),
  target: Target,
  rolloutId: Type.String(),
  title: Type.String(),
  severity: oneOf(['critical', 'error', 'warning', 'info']),
  state: oneOf(INCIDENT_STATES),
  acknowledged: Type.Boolean(),
  openedAt: Time,
  updatedAt: Time,
});

export const Action = Type.Object({
  id: Type.String({ description: 'Also the idempotency key of every attempt' }),
  incidentId: Type.String(),
  rolloutId: Type.String(),
  kind: oneOf(ACTION_KINDS),
  destination: Type.String(),
  occasion: Type.String(),
  status: oneOf(ACTION_STATUSES),
  attempts: Type.Integer(),
  nextAttemptAt: nullable(Time),
  detail: Type.String(),
  at: Time,
});

export const IncidentDetail = Type.Interface([IncidentSummary], {
  evidence: Gate,
  events: Type.Array(
    Type.Object({
      id: Type.String(),
      at: Time,
      kind: oneOf(INCIDENT_EVENT_KINDS),
      message: Type.String(),
      data: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
  actions: Type.Array(Action),
  findings: Type.Array(
    Type.Object({
      id: Type.String(),
      detector: Type.String(),
      metric: Type.String(),
      severity: Type.String(),
      sentence: Type.String(),
      at: Time,
    }),
  ),
});

export const Generation = Type.Object({
  traceId: Type.String(),
  spanId: Type.String(),
  target: Target,
  startTime: Time,
  durationMs: Type.Number(),
  provider: Type.String(),
  requestedModel: Type.String(),
  servedModel: Type.String(),
  versions: Versions,
  vectorId: Type.String(),
  stratum: Type.String(),
  inputTokens: nullable(Type.Integer()),
  outputTokens: nullable(Type.Integer()),
  finishReason: oneOf(FINISH_REASONS),
  finishReasonRaw: Type.String(),
  errorType: Type.String(),
  compliance: oneOf(COMPLIANCE),
  complianceReason: Type.String(),
  refusal: Type.Boolean(),
  sessionId: Type.String(),
  pod: Type.String(),
  promptDigest: Type.String(),
  toolsDigest: Type.String(),
  contextDigest: Type.String(),
});

export const OutcomeView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  value: Type.Number(),
  source: oneOf(OUTCOME_SOURCES),
  comment: Type.String(),
  spanId: Type.String(),
  at: Time,
});

export const OutcomeList = Type.Object({ outcomes: Type.Array(OutcomeView) });

export const Trace = Type.Object({
  traceId: Type.String(),
  complete: Type.Boolean({ description: 'false: the trace has more spans than are shown' }),
  spans: Type.Array(
    Type.Object({
      spanId: Type.String(),
      parentSpanId: Type.String(),
      name: Type.String(),
      kind: Type.String(),
      service: Type.String(),
      startTime: Time,
      durationMs: Type.Number(),
      statusCode: Type.String(),
      statusMessage: Type.String(),
      attributes: Type.Record(Type.String(), Type.String()),
      events: Type.Array(
        Type.Object({ at: Time, name: Type.String(), attributes: Type.Record(Type.String(), Type.String()) }),
      ),
    }),
  ),
  generations: Type.Array(Generation),
  outcomes: Type.Array(OutcomeView),
  artifacts: Type.Array(Type.Object({ digest: Type.String(), kind: oneOf(ARTIFACT_KINDS), content: Type.String() }), {
    description: 'The exact instructions, tools and context structure that the generations ran with',
  }),
});

export const Artifact = Type.Object({
  digest: Type.String(),
  kind: oneOf(ARTIFACT_KINDS),
  content: Type.String(),
  firstSeen: Time,
});

export const OutcomeInput = Type.Object(
  {
    id: Type.Optional(Type.String({ maxLength: 128, description: 'Your own id; a resent outcome replaces itself' })),
    traceId: Type.Optional(TraceId),
    spanId: Type.Optional(Type.String({ pattern: '^[0-9a-f]{16}$' })),
    responseId: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    name: Type.String({ default: 'task_success', minLength: 1, maxLength: 128 }),
    value: Type.Union([
      Type.Number({ minimum: 0, maximum: 1 }),
      Type.Boolean(),
      Type.Literal('success'),
      Type.Literal('failure'),
    ]),
    comment: Type.String({ default: '', maxLength: 4096 }),
    time: Type.Optional(Time),
  },
  { additionalProperties: false },
);

/** Who decided, and why; for the timeline. */
export const PersonalNote = Type.Object(
  {
    actor: Type.String({ default: '', maxLength: 256 }),
    comment: Type.String({ default: '', maxLength: 4096 }),
  },
  { additionalProperties: false, default: {} },
);

export const OutcomesAccepted = Type.Object({
  accepted: Type.Integer(),
  ids: Type.Array(Type.String()),
});

export const DeploymentInput = Type.Object(
  {
    id: Type.Optional(Type.String({ maxLength: 128 })),
    service: Type.String({ minLength: 1 }),
    environment: Type.String({ default: '' }),
    operation: Type.String({ default: '' }),
    surface: oneOf(SURFACES),
    version: Type.String({ minLength: 1 }),
    previousVersion: Type.String({ default: '' }),
    actor: Type.String({ default: '' }),
    comment: Type.String({ default: '' }),
    time: Type.Optional(Time),
  },
  { additionalProperties: false },
);

export const Deployment = Type.Object({
  id: Type.String(),
  service: Type.String(),
  environment: Type.String(),
  operation: Type.String(),
  surface: oneOf(SURFACES),
  version: Type.String(),
  previousVersion: Type.String(),
  actor: Type.String(),
  source: Type.String(),
  comment: Type.String(),
  at: Time,
});

export const ServiceStatus = Type.Object({
  version: Type.String(),
  startedAt: Time,
  ready: Type.Boolean(),
  problems: Type.Array(Type.String({ description: 'What is wrong now, in words; empty when all is well' })),
  spool: Type.Object({
    segments: Type.Integer(),
    bytes: Type.Integer(),
    poisoned: Type.Integer(),
    lastError: Type.String(),
  }),
  evaluation: Type.Object({
    lastRunAt: nullable(Time),
    watermark: nullable(Time),
    lagSeconds: nullable(Type.Number()),
    lastError: Type.String(),
  }),
  actions: Type.Object({ pending: Type.Integer(), retrying: Type.Integer(), failed: Type.Integer() }),
});

export type Problem = Static<typeof Problem>;
export type TargetSummary = Static<typeof TargetSummary>;
export type VectorSummary = Static<typeof VectorSummary>;
export type Gate = Static<typeof Gate>;
export type RolloutSummary = Static<typeof RolloutSummary>;
export type RolloutDetail = Static<typeof RolloutDetail>;
export type GateAnswer = Static<typeof GateAnswer>;
export type RolloutDeclaration = Static<typeof RolloutDeclaration>;
export type IncidentSummary = Static<typeof IncidentSummary>;
export type IncidentDetail = Static<typeof IncidentDetail>;
export type Action = Static<typeof Action>;
export type Generation = Static<typeof Generation>;
export type OutcomeView = Static<typeof OutcomeView>;
export type Trace = Static<typeof Trace>;
export type Artifact = Static<typeof Artifact>;
export type OutcomeInput = Static<typeof OutcomeInput>;
export type Deployment = Static<typeof Deployment>;
export type DeploymentInput = Static<typeof DeploymentInput>;
export type ServiceStatus = Static<typeof ServiceStatus>;
