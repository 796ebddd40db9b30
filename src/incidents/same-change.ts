import {
  type FindingDraft,
  type Incident,
  type IncidentState,
  type Rollout,
  SEVERITIES,
  type Severity,
  targetId,
} from '../model/index.js';
import type { IncidentStatus } from './fold.js';

/** An incident that is on record, and the rollout it is about, if it is about one. */
export interface IncidentCase {
  readonly incident: Incident;
  readonly status: Pick<IncidentStatus, 'state' | 'acknowledged'>;
  readonly rollout: Rollout | null;
}

/** A finding that would open an incident, and the rollout that it names, if it names one. */
export interface FindingCase {
  readonly draft: FindingDraft;
  readonly rollout: Rollout | null;
}

/** Nothing joins an incident in these states: what is found afterwards is news. */
const OVER: readonly IncidentState[] = ['rolled_back', 'resolved'];

/**
 * The open incident that a finding belongs to: one change has one incident, whoever finds it first. `null` when the finding
 * opens its own. Pure, and the same for any order of the cases.
 *
 * It joins an incident of the same target that is about the same change (the same rollout, or the same new version of a surface)
 * and at least as severe: nobody may sleep through something worse. A finding that asks for a rollback joins only where a
 * rollback can follow. A verdict's incident comes first, then the oldest.
 */
export function incidentToJoin(finding: FindingCase, cases: readonly IncidentCase[]): Incident | null {
  const { draft } = finding;
  const fitting = cases.filter(
    (one) =>
      !OVER.includes(one.status.state) &&
      one.incident.targetId === targetId(draft.target) &&
      isAtLeast(one.incident.severity, draft.severity) &&
      (draft.remedy !== 'rollback' || mayRollBack(one.incident)) &&
      share(changesOfFinding(finding), changesOfIncident(one)),
  );
  const [first] = fitting.map(({ incident }) => incident).sort(byPrecedence);
  return first ?? null;
}

/**
 * The incidents of findings that the incident of a rollback takes over: about the same change, no more severe, and nobody has
 * begun to act on them. Pure.
 */
export function incidentsTakenOver(rollback: IncidentCase, cases: readonly IncidentCase[]): Incident[] {
  if (OVER.includes(rollback.status.state)) return [];
  return cases
    .filter(
      (one) =>
        one.incident.kind === 'finding' &&
        one.status.state === 'open' &&
        !one.status.acknowledged &&
        one.incident.targetId === rollback.incident.targetId &&
        isAtLeast(rollback.incident.severity, one.incident.severity) &&
        share(changesOfIncident(one), changesOfIncident(rollback)),
    )
    .map(({ incident }) => incident);
}

/** A finding asks for a rollback only where its watch knows what to return to. */
export function mayRollBack(incident: Incident): boolean {
  return incident.kind === 'rollback' || incident.evidence.remedy === 'rollback';
}

function changesOfFinding({ draft, rollout }: FindingCase): readonly string[] {
  const { rolloutId, surface, version } = draft;
  return [
    ...(rolloutId ? [rolloutId] : []),
    ...versionsOf(rollout),
    ...(surface && version ? [changeKey(surface, version)] : []),
  ];
}

function changesOfIncident({ incident, rollout }: IncidentCase): readonly string[] {
  if (incident.kind === 'finding') return changesOfFinding({ draft: incident.evidence, rollout });
  return [incident.rolloutId, ...versionsOf(rollout)];
}

/** What a rollout brings; a version that nobody knows is not the same as another one. */
function versionsOf(rollout: Rollout | null): string[] {
  if (rollout === null) return [];
  return rollout.changed.flatMap((surface) => {
    const version = rollout.candidate[surface];
    return version ? [changeKey(surface, version)] : [];
  });
}

function changeKey(surface: string, version: string): string {
  return `${surface} ${version}`;
}

function share(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.includes(one));
}

function isAtLeast(severity: Severity, other: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(other);
}

function byPrecedence(a: Incident, b: Incident): number {
  const rank = ({ kind }: Incident) => (kind === 'rollback' ? 0 : 1);
  return rank(a) - rank(b) || a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1);
}
