import { attributionLine, type IncidentStatus, incidentEvaluations, metricSentence } from '../incidents/index.js';
import {
  type Deployment,
  describeTarget,
  type FindingDraft,
  type Incident,
  type IncidentEvent,
  type IncidentEventKind,
  type IncidentState,
  type MetricEvaluation,
  type Rollout,
  type Severity,
  type Surface,
  type TargetKey,
} from '../model/index.js';
import type { Occasion } from './occasion.js';
import { oneLine } from './one-line.js';

/** What a changed surface went from and to. */
interface VersionChange {
  readonly surface: Surface;
  readonly baseline: string;
  readonly candidate: string;
}

/** Everything a notifier may tell, already in words and numbers; texts are single lines, of any length, not escaped. */
export interface NotifierMessage {
  /** The action's id: the same over all attempts. */
  readonly idempotencyKey: string;
  readonly incidentId: string;
  readonly rolloutId: string;
  readonly occasion: Occasion;
  readonly state: IncidentState;
  readonly severity: Severity;
  readonly title: string;
  readonly target: TargetKey;
  readonly targetName: string;
  /** When the verdict was reached, in milliseconds. */
  readonly at: number;
  /** What Leeway did, or what it waits for. */
  readonly doing: string;
  readonly metrics: readonly MetricNote[];
  /** What a watch found; `null` for a rollout's incident. */
  readonly finding: FindingDraft | null;
  readonly versions: readonly VersionChange[];
  /** Which of them did it, in one sentence; empty when that is not known. */
  readonly attribution: string;
  /** The candidate's share of the traffic when the verdict was reached, 0 to 1; `null` when no rollout was judged. */
  readonly candidateShare: number | null;
  /** What else changed around that time, one line each, newest first. */
  readonly changes: readonly string[];
  readonly link: string;
}

export interface MetricNote {
  readonly metric: string;
  readonly sentence: string;
  readonly evaluation: MetricEvaluation;
}

export interface MessageFacts {
  readonly actionId: string;
  readonly occasion: Occasion;
  readonly incident: Incident;
  readonly status: IncidentStatus;
  /** In time. */
  readonly events: readonly IncidentEvent[];
  /** `null` when the incident is about no rollout. */
  readonly rollout: Rollout | null;
  /** Those around the verdict, of the same service. */
  readonly deployments: readonly Deployment[];
  readonly publicUrl: string;
}

/** The lines of the timeline that tell what Leeway does about it, by occasion; the newest kind counts. */
const TELLING: Readonly<Record<Occasion, readonly IncidentEventKind[]>> = {
  opened: ['rollback_requested', 'approval_requested', 'rollback_withheld'],
  rollback_unconfirmed: ['rollback_unconfirmed', 'rollback_failed'],
  rolled_back: ['rollback_confirmed'],
  resolved: ['resolved'],
};

const MAX_CHANGES = 5;

/** Pure: the same facts give the same message. */
export function buildMessage(facts: MessageFacts): NotifierMessage {
  const { incident, occasion, rollout, status } = facts;
  return {
    idempotencyKey: facts.actionId,
    incidentId: incident.id,
    rolloutId: incident.rolloutId,
    occasion,
    state: status.state,
    severity: occasion === 'rollback_unconfirmed' ? 'critical' : incident.severity,
    title: oneLine(incident.title),
    target: incident.target,
    targetName: oneLine(describeTarget(incident.target)),
    at: incident.openedAt,
    doing: oneLine(whatLeewayDoes(facts)),
    metrics: incidentEvaluations(incident).map((evaluation) => ({
      metric: evaluation.metric,
      sentence: metricSentence(evaluation),
      evaluation,
    })),
    finding: incident.kind === 'finding' ? incident.evidence : null,
    versions: rollout === null ? [] : versionChanges(rollout),
    attribution: oneLine(attributionLine(incident.evidence.attributions ?? [])),
    candidateShare: incident.kind === 'rollback' ? incident.evidence.candidateShare : null,
    changes: facts.deployments.slice(0, MAX_CHANGES).map(changeLine),
    link: incidentLink(facts.publicUrl, incident.id),
  };
}

function versionChanges({ changed, baseline, candidate }: Rollout): VersionChange[] {
  return changed.map((surface) => ({
    surface,
    baseline: versionText(baseline[surface]),
    candidate: versionText(candidate[surface]),
  }));
}

/** Where people look at the incident. */
export function incidentLink(publicUrl: string, incidentId: string): string {
  return `${publicUrl}/incidents/${encodeURIComponent(incidentId)}`;
}

function whatLeewayDoes({ occasion, events, rollout, incident }: MessageFacts): string {
  const told = events.filter(({ kind }) => TELLING[occasion].includes(kind));
  const newest = told.at(-1);
  // A rollback through several registries has a line for each.
  if (newest) return told.flatMap(({ kind, message }) => (kind === newest.kind ? [message] : [])).join(' ');
  if (incident.kind === 'finding') return `${incident.evidence.sentence} Leeway has changed nothing.`;
  return rollout?.policy.mode === 'observe'
    ? 'Leeway only observes this target: nothing was changed. Move the version back yourself if you agree.'
    : 'Leeway has recorded the incident; nothing has been changed yet.';
}

function versionText(version: string | undefined): string {
  return version ? oneLine(version) : 'not tagged';
}

function changeLine({ at, surface, version, previousVersion, actor, source }: Deployment): string {
  const from = previousVersion ? ` (before: ${previousVersion})` : '';
  const by = actor ? `, by ${actor}` : '';
  return oneLine(`${new Date(at).toISOString()} ${surface} ${version}${from}${by}, from ${source}`);
}
