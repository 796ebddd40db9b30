import type { IncidentStatus } from '../incidents/index.js';
import {
  type Action as ActionState,
  type Deployment as DeploymentFact,
  type Gate as GateState,
  type Incident,
  isoTime,
  type MetricEvaluation,
  type RolloutState,
  SURFACES,
  type TargetKey,
  targetId,
  type VersionSelector,
} from '../model/index.js';
import type { StoredGeneration } from '../store/queries/generations.js';
import type { StoredOutcome } from '../store/queries/outcomes.js';
import type { RolloutRecord } from '../store/queries/rollouts.js';
import type { VectorTraffic } from '../store/queries/targets.js';
import type { StoredSpan } from '../store/queries/traces.js';
import type {
  Action,
  Deployment,
  Gate,
  Generation,
  IncidentSummary,
  OutcomeView,
  RolloutSummary,
  Trace,
  VectorSummary,
} from './schemas.js';

/** What the service knows, as the API says it: times as RFC 3339, unbounded numbers as `null`. */

function targetView(target: TargetKey) {
  return { targetId: targetId(target), ...target };
}

function selectorView(selector: VersionSelector): RolloutSummary['baseline'] {
  const named: RolloutSummary['baseline'] = {};
  for (const surface of SURFACES) {
    const version = selector[surface];
    if (version !== undefined) named[surface] = version;
  }
  return named;
}

export function vectorView(vector: VectorTraffic, totalGenerations: number): VectorSummary {
  return {
    targetId: vector.targetId,
    vectorId: vector.vectorId,
    versions: vector.versions,
    firstSeen: isoTime(vector.firstSeenMs),
    lastSeen: isoTime(vector.lastSeenMs),
    share: totalGenerations === 0 ? 0 : vector.generations / totalGenerations,
    generations: vector.generations,
    metrics: vector.metrics.map(({ metric, n, failures }) => ({
      metric,
      n,
      failures,
      rate: n === 0 ? null : failures / n,
    })),
    traffic: [...vector.traffic],
  };
}

export function rolloutView({ rollout, state }: RolloutRecord, incidentId: string | null): RolloutSummary {
  return {
    id: rollout.id,
    target: targetView(rollout.target),
    baseline: selectorView(rollout.baseline),
    candidate: selectorView(rollout.candidate),
    changed: [...rollout.changed],
    origin: rollout.origin,
    mode: rollout.policy.mode,
    status: state.status,
    stage: state.stage,
    stages: [...rollout.policy.stages],
    verdict: state.verdict,
    reasons: [...state.reasons],
    startedAt: isoTime(rollout.startedAt),
    incidentId,
  };
}

export function rolloutHistoryView({ revision, at, status, stage, verdict, reasons }: RolloutState) {
  return { revision, at: isoTime(at), status, stage, verdict, reasons: [...reasons] };
}

export function gateView(gate: GateState): Gate {
  return {
    verdict: gate.verdict,
    reasons: [...gate.reasons],
    blame: [...gate.blame],
    at: isoTime(gate.at),
    stage: gate.stage,
    candidateShare: gate.candidateShare,
    evaluations: gate.evaluations.map(evaluationView),
  };
}

function evaluationView(evaluation: MetricEvaluation): Gate['evaluations'][number] {
  const { lower, upper } = evaluation.oddsRatio;
  return {
    ...evaluation,
    oddsRatio: { lower, upper: upper !== null && Number.isFinite(upper) ? upper : null },
    // A gate that was latched by an older version has none of these.
    fall: evaluation.fall ?? null,
    measured: evaluation.measured
      ? { unit: evaluation.measured.unit, quantiles: [...evaluation.measured.quantiles] }
      : null,
    policy: { ...evaluation.policy, onHarm: evaluation.policy.onHarm ?? 'rollback' },
    trajectory: [...evaluation.trajectory],
  };
}

export function incidentView(incident: Incident, status: IncidentStatus): IncidentSummary {
  return {
    id: incident.id,
    kind: incident.kind,
    target: targetView(incident.target),
    rolloutId: incident.rolloutId,
    title: incident.title,
    severity: incident.severity,
    state: status.state,
    acknowledged: status.acknowledged,
    openedAt: isoTime(incident.openedAt),
    updatedAt: isoTime(status.updatedAt),
  };
}

export function actionView(action: ActionState): Action {
  return {
    id: action.id,
    incidentId: action.incidentId,
    rolloutId: action.rolloutId,
    kind: action.kind,
    destination: action.destination,
    occasion: action.occasion,
    status: action.status,
    attempts: action.attempts,
    nextAttemptAt: action.nextAttemptAt > 0 ? isoTime(action.nextAttemptAt) : null,
    detail: action.detail,
    at: isoTime(action.at),
  };
}

export function deploymentView({ at, ...deployment }: DeploymentFact): Deployment {
  return { ...deployment, at: isoTime(at) };
}

export function generationView(row: StoredGeneration): Generation {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    target: {
      targetId: row.target_id,
      service: row.service,
      environment: row.environment,
      operation: row.operation,
    },
    startTime: isoTime(row.start_ms),
    durationMs: row.duration_ns / 1e6,
    provider: row.provider,
    requestedModel: row.requested_model,
    servedModel: row.served_model,
    versions: {
      model: { value: row.model_version, source: row.model_source },
      prompt: { value: row.prompt_version, source: row.prompt_source },
      tools: { value: row.tools_version, source: row.tools_source },
      context: { value: row.context_version, source: row.context_source },
    },
    vectorId: row.vector_id,
    stratum: row.stratum,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    finishReason: row.finish_reason,
    finishReasonRaw: row.finish_reason_raw,
    errorType: row.error_type,
    compliance: row.compliance,
    complianceReason: row.compliance_reason,
    refusal: row.refusal === 1,
    sessionId: row.session_id,
    pod: row.pod,
    promptDigest: row.prompt_digest,
    toolsDigest: row.tools_digest,
    contextDigest: row.context_digest,
    schemaDigest: row.schema_digest,
  };
}

export function outcomeView({ id, name, value, source, comment, spanId, at }: StoredOutcome): OutcomeView {
  return { id, name, value, source, comment, spanId, at: isoTime(at) };
}

export function spanView(span: StoredSpan): Trace['spans'][number] {
  return {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: span.kind,
    service: span.service,
    startTime: isoTime(span.startMs),
    durationMs: span.durationNs / 1e6,
    statusCode: span.statusCode,
    statusMessage: span.statusMessage,
    attributes: span.attributes,
    events: span.eventTimesMs.map((time, index) => ({
      at: isoTime(time),
      name: span.eventNames[index] ?? '',
      attributes: span.eventAttributes[index] ?? {},
    })),
  };
}
