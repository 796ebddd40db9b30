import {
  describeTarget,
  type Finding,
  type FindingDraft,
  type FindingIncident,
  type Incident,
  type IncidentEvent,
  isoTime,
  rowId,
  SEVERITIES,
  type Severity,
  targetId,
} from '../model/index.js';
import { incidentEvent } from './event.js';
import { findingTitle } from './finding-words.js';

/** What becomes of a draft that was found now. */
export interface ReportedFinding {
  readonly finding: Finding;
  /** Is the row worth writing? A look that only confirms what is on record is told once a minute. */
  readonly changed: boolean;
  /** Its incident and the incident's first event, to be opened if it is not on record; `null` when it is not worth one. */
  readonly opens: { readonly incident: FindingIncident; readonly event: IncidentEvent } | null;
  /** A line for the open incident: it is more severe now, or it joins the incident of another finding. */
  readonly line: IncidentEvent | null;
}

/** From this severity on a finding is somebody's business. */
const INCIDENT_FROM: Severity = 'warning';

/** How often "still there" is written down. */
const CONFIRM_MS = 60_000;

/**
 * What a draft means beside what is on record of its cause. Pure. A cause that ended and comes back is a new episode, with an
 * incident of its own; within one, the same draft feeds what is open, also when a person has resolved it.
 * @param newest the newest episode of the cause; `null` when it was never found
 * @param joins the incident that it belongs to instead of one of its own, where it {@link wantsIncident}; `null` when there is none
 */
export function reportFinding(
  draft: FindingDraft,
  newest: Finding | null,
  nowMs: number,
  joins: Pick<Incident, 'id'> | null = null,
): ReportedFinding {
  const known = ongoing(newest);
  const episode = episodeOf(newest);
  const cause = causeOf(draft, episode);
  const isNew = wantsIncident(draft, newest);
  const ownId = ownIncidentId(draft, newest);
  const incidentId = isNew ? (joins?.id ?? ownId) : (known?.incidentId ?? '');
  const finding: Finding = {
    id: rowId('fnd', ...cause),
    targetId: targetId(draft.target),
    rolloutId: draft.rolloutId,
    incidentId,
    detector: draft.detector,
    metric: draft.metric,
    subject: draft.subject,
    episode,
    severity: draft.severity,
    sentence: draft.sentence,
    evidence: JSON.stringify(draft),
    at: known?.at ?? nowMs,
    lastSeenAt: Math.max(nowMs, known?.lastSeenAt ?? 0),
    endedAt: null,
  };
  const worse = known !== null && !isNew && incidentId !== '' && isWorse(draft.severity, known.severity);
  const line = worse ? worsenedEvent(incidentId, draft, nowMs) : null;
  return {
    finding,
    changed: known === null || known.severity !== draft.severity || nowMs - known.lastSeenAt >= CONFIRM_MS,
    opens: incidentId === ownId ? openFindingIncident(finding, draft, isNew ? nowMs : finding.at) : null,
    line: isNew && incidentId !== ownId ? joinedEvent(incidentId, finding, nowMs) : line,
  };
}

/** Is it severe enough for an incident, and has none yet? */
export function wantsIncident({ severity }: Pick<FindingDraft, 'severity'>, newest: Finding | null): boolean {
  const incidentId = ongoing(newest)?.incidentId ?? '';
  return isIncident(severity) && incidentId === '';
}

/** The id of the incident that a draft would open. */
export function ownIncidentId(draft: FindingDraft, newest: Finding | null): string {
  return rowId('inc', ...causeOf(draft, episodeOf(newest)));
}

/** The line of an incident that takes in a finding. */
export function joinedEvent(
  incidentId: string,
  { id, detector, metric, sentence }: Pick<Finding, 'id' | 'detector' | 'metric' | 'sentence'>,
  at: number,
): IncidentEvent {
  const data = { findingId: id, detector, metric };
  return incidentEvent({ incidentId, kind: 'finding_joined', at, message: sentence, data, which: [id] });
}

/** The finding after its watch has looked again for its hold time without finding it. */
export function endedFinding(finding: Finding, nowMs: number): Finding {
  return { ...finding, endedAt: nowMs };
}

/** Has a watch that looked now not found it for the time it must stay away? */
export function isGone(finding: Pick<Finding, 'lastSeenAt'>, holdSeconds: number, nowMs: number): boolean {
  return nowMs - finding.lastSeenAt >= holdSeconds * 1000;
}

/** What is said when an incident ends by itself. */
export function goneComment(finding: Pick<Finding, 'lastSeenAt'>): string {
  return `no longer seen since ${isoTime(finding.lastSeenAt)}`;
}

function ongoing(newest: Finding | null): Finding | null {
  return newest !== null && newest.endedAt === null ? newest : null;
}

function episodeOf(newest: Finding | null): number {
  return ongoing(newest)?.episode ?? (newest === null ? 0 : newest.episode + 1);
}

/** Target, detector, metric and subject make a cause; the episode tells its comings and goings apart. */
function causeOf({ target, detector, metric, subject }: FindingDraft, episode: number): string[] {
  return [targetId(target), detector, metric, subject, String(episode)];
}

function isIncident(severity: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(INCIDENT_FROM);
}

function isWorse(severity: Severity, than: Severity): boolean {
  return SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(than);
}

function openFindingIncident(finding: Finding, draft: FindingDraft, openedAt: number): ReportedFinding['opens'] {
  const incident: FindingIncident = {
    id: finding.incidentId,
    kind: 'finding',
    targetId: finding.targetId,
    target: draft.target,
    rolloutId: draft.rolloutId,
    title: `${findingTitle(draft)} (${describeTarget(draft.target)})`,
    severity: draft.severity,
    openedAt,
    evidence: draft,
  };
  const { detector, metric, subject } = draft;
  const data = { detector, metric, subject };
  const event = incidentEvent({ incidentId: incident.id, kind: 'opened', at: openedAt, message: draft.sentence, data });
  return { incident, event };
}

function worsenedEvent(incidentId: string, { severity, sentence }: FindingDraft, at: number): IncidentEvent {
  const message = `Now ${severity}: ${sentence}`;
  return incidentEvent({ incidentId, kind: 'worsened', at, message, data: { severity }, which: [severity] });
}
