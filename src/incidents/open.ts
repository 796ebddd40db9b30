import {
  describeTarget,
  type Finding,
  type Gate,
  type Incident,
  type IncidentEvent,
  type MetricEvaluation,
  type RollbackIncident,
  type Rollout,
  rowId,
  type Severity,
  type Surface,
  wordList,
} from '../model/index.js';
import { incidentEvent } from './event.js';
import { metricSentence } from './figures.js';

export interface OpenedIncident {
  readonly incident: RollbackIncident;
  readonly events: readonly IncidentEvent[];
  readonly findings: readonly Finding[];
}

/** What a worse candidate does to its users, by the metric that shows it. */
const HARMS: Readonly<Record<string, string>> = {
  compliance: 'breaks structured output',
  errors: 'makes calls fail',
  task_success: 'fails more tasks',
  downstream_failure: 'breaks the steps after it',
  tool_calls: 'calls tools wrongly',
  truncation: 'cuts answers off',
  refusals: 'refuses otherwise than before',
  content_filter: 'moves the content filter',
  guardrail: 'moves the guardrail',
};

/** From this rise of a failure rate, or this share of the traffic, on an incident is critical. */
const CRITICAL_DIFFERENCE = 0.05;
const CRITICAL_SHARE = 0.5;

const MAX_TITLE_VERSION_LENGTH = 40;
const MAX_TITLE_HARMS = 2;

/**
 * The incident of a rollout that turned out worse, with its first event and one finding per blamed metric. Pure; ids
 * depend on the rollout only, so that the same verdict reached twice opens one incident.
 * @param gate as it was latched
 */
export function openIncident(rollout: Rollout, gate: Gate): OpenedIncident {
  const id = rowId('inc', rollout.id, 'rollback');
  const blamed = blamedEvaluations(gate);
  const severity = severityOf(gate, blamed);
  const incident: RollbackIncident = {
    id,
    kind: 'rollback',
    targetId: rollout.targetId,
    target: rollout.target,
    rolloutId: rollout.id,
    title: `${changeName(rollout)} ${harm(gate.blame)} (${describeTarget(rollout.target)})`,
    severity,
    openedAt: gate.at,
    evidence: gate,
  };
  const opened = incidentEvent({
    incidentId: id,
    kind: 'opened',
    at: gate.at,
    message: blamed.map(metricSentence).join(' ') || gate.reasons.join(' ') || incident.title,
    data: { blame: gate.blame, candidateShare: gate.candidateShare, stage: gate.stage },
  });
  return { incident, events: [opened], findings: blamed.map((evaluation) => finding(incident, evaluation)) };
}

/** The evaluations whose evidence made the gate a rollback. */
export function blamedEvaluations(gate: Gate): MetricEvaluation[] {
  return gate.evaluations.filter(({ metric }) => gate.blame.includes(metric));
}

/** The metrics an incident opened for; none when a watch found it. */
export function incidentEvaluations(incident: Incident): MetricEvaluation[] {
  return incident.kind === 'rollback' ? blamedEvaluations(incident.evidence) : [];
}

/** `prompt v13`, `prompt v13 · tools b7`: what the rollout changed, as the candidate has it. */
function changeName(rollout: Pick<Rollout, 'candidate' | 'changed'>): string {
  return rollout.changed.map((surface) => versionName(surface, rollout.candidate[surface])).join(' · ');
}

function versionName(surface: Surface, version: string | undefined): string {
  if (!version) return `untagged ${surface}`;
  const short =
    version.length > MAX_TITLE_VERSION_LENGTH ? `${version.slice(0, MAX_TITLE_VERSION_LENGTH - 1)}…` : version;
  return `${surface} ${short}`;
}

function harm(blame: readonly string[]): string {
  const harms = [...new Set(blame.map((metric) => HARMS[metric] ?? `is worse on ${metric}`))];
  if (harms.length === 0) return 'is worse than its baseline';
  const rest = harms.length - MAX_TITLE_HARMS;
  return wordList(rest > 0 ? [...harms.slice(0, MAX_TITLE_HARMS), `${rest} more`] : harms);
}

function severityOf(gate: Gate, blamed: readonly MetricEvaluation[]): Severity {
  const large = blamed.some(({ difference }) => difference.estimate >= CRITICAL_DIFFERENCE);
  return large || gate.candidateShare >= CRITICAL_SHARE ? 'critical' : 'error';
}

/** Is it one of the metrics that the verdict blames, and not a finding that joined its incident? */
export function isOfVerdict(finding: Pick<Finding, 'id' | 'incidentId' | 'detector' | 'metric'>): boolean {
  return finding.id === verdictFindingId(finding.incidentId, finding);
}

function verdictFindingId(incidentId: string, { detector, metric }: Pick<Finding, 'detector' | 'metric'>): string {
  return rowId('fnd', incidentId, detector, metric);
}

function finding(incident: RollbackIncident, evaluation: MetricEvaluation): Finding {
  return {
    id: verdictFindingId(incident.id, evaluation),
    targetId: incident.targetId,
    rolloutId: incident.rolloutId,
    incidentId: incident.id,
    detector: evaluation.detector,
    metric: evaluation.metric,
    subject: incident.rolloutId,
    episode: 0,
    severity: incident.severity,
    sentence: metricSentence(evaluation),
    evidence: JSON.stringify(evaluation),
    at: incident.openedAt,
    lastSeenAt: incident.openedAt,
    endedAt: null,
  };
}
