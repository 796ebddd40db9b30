import {
  describeTarget,
  type Finding,
  type FindingDraft,
  type FindingIncident,
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
  /** A line for the open incident. */
  readonly worsened: IncidentEvent | null;
}

/** From this severity on a finding is somebody's business. */
const INCIDENT_FROM: Severity = 'warning';

/** How often "still there" is written down. */
const CONFIRM_MS = 60_000;

/**
 * What a draft means beside what is on record of its cause. Pure. A cause that ended and comes back is a new episode, with an
 * incident of its own; within one, the same draft feeds what is open, also when a person has resolved it.
 * @param newest the newest episode of the cause; `null` when it was never found
 */
export function reportFinding(draft: FindingDraft, newest: Finding | null, nowMs: number): ReportedFinding {
  const known = newest !== null && newest.endedAt === null ? newest : null;
  const episode = known?.episode ?? (newest === null ? 0 : newest.episode + 1);
  const cause = causeOf(draft, episode);
  const opensNow = isIncident(draft.severity) && (known === null || known.incidentId === '');
  const incidentId = opensNow ? rowId('inc', ...cause) : (known?.incidentId ?? '');
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
  const worse = known !== null && !opensNow && incidentId !== '' && isWorse(draft.severity, known.severity);
  return {
    finding,
    changed: known === null || known.severity !== draft.severity || nowMs - known.lastSeenAt >= CONFIRM_MS,
    opens: incidentId === '' ? null : openFindingIncident(finding, draft, opensNow ? nowMs : finding.at),
    worsened: worse ? worsenedEvent(incidentId, draft, nowMs) : null,
  };
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
