import {
  type FindingDraft,
  type Incident,
  type IncidentState,
  type Rollout,
  SEVERITIES,
  type Severity,
  SURFACES,
  type Surface,
  targetId,
  type VersionValues,
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
  /** When it was found (ms). */
  readonly at: number;
}

/** What is found this shortly after an incident, and knows no change of its own, comes from the incident's. */
const FOLLOWS_MS = 1_800_000;

/** Nothing joins an incident in these states: what is found afterwards is news. */
const OVER: readonly IncidentState[] = ['rolled_back', 'resolved'];

/**
 * The open incident that a finding belongs to: one change has one incident, whoever finds it first. `null` when the finding
 * opens its own. Pure, and the same for any order of the cases.
 *
 * It joins an incident of the same target that is about the same change (the same rollout, the same new version of a surface, or
 * what its calls ran with) and at least as severe: nobody may sleep through something worse. One that knows neither change nor
 * versions joins what began within the last half hour, unless it blames another surface. A finding that asks for a rollback joins
 * only where a rollback can follow. A verdict's incident comes first, then the oldest.
 */
export function incidentToJoin(finding: FindingCase, cases: readonly IncidentCase[]): Incident | null {
  const { draft } = finding;
  const fitting = cases.filter(
    (one) =>
      !OVER.includes(one.status.state) &&
      one.incident.targetId === targetId(draft.target) &&
      isAtLeast(one.incident.severity, draft.severity) &&
      (draft.remedy !== 'rollback' || mayRollBack(one.incident)) &&
      (share([...changesOfFinding(finding), ...versionsRun(draft)], changesOfIncident(one)) || follows(finding, one)),
  );
  const [first] = fitting.map(({ incident }) => incident).sort(byPrecedence);
  return first ?? null;
}

/** Incidents that were opened this shortly one after the other were opened by processes that did not know of each other's. */
const SAME_INSTANT_MS = 30_000;

/** What becomes of incidents about one change that several processes have opened at once. */
export interface MetIncidents {
  readonly goesOn: Incident;
  readonly ends: readonly Incident[];
}

/**
 * What an incident that was just opened has met: one that it would have joined goes on instead of it, and those that would have
 * joined it end. Where two would have joined each other, the one that comes first goes on, whichever process asks. Pure.
 */
export function metIncidents(own: IncidentCase, cases: readonly IncidentCase[]): MetIncidents {
  const others = cases.filter(
    ({ incident, status }) =>
      incident.id !== own.incident.id &&
      status.state === 'open' &&
      !status.acknowledged &&
      Math.abs(incident.openedAt - own.incident.openedAt) <= SAME_INSTANT_MS,
  );
  const [first] = others
    .filter((other) => yields(own, other))
    .map(({ incident }) => incident)
    .sort(byPrecedence);
  if (first) return { goesOn: first, ends: [own.incident] };
  return { goesOn: own.incident, ends: others.filter((other) => yields(other, own)).map(({ incident }) => incident) };
}

function yields(one: IncidentCase, other: IncidentCase): boolean {
  return wouldJoin(one, other) && !(wouldJoin(other, one) && byPrecedence(one.incident, other.incident) < 0);
}

function wouldJoin({ incident, rollout }: IncidentCase, other: IncidentCase): boolean {
  if (incident.kind === 'rollback') return false;
  const at = Math.max(incident.openedAt, other.incident.openedAt);
  return incidentToJoin({ draft: incident.evidence, rollout, at }, [other]) !== null;
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

/** Its calls are all of one version vector: they are of a change's version, or they are not. */
function versionsRun({ versions }: FindingDraft): readonly string[] {
  return versions === undefined ? [] : versionKeys(SURFACES, versions);
}

function follows(finding: FindingCase, { incident, rollout }: IncidentCase): boolean {
  const { draft, at } = finding;
  if (draft.versions !== undefined || changesOfFinding(finding).length > 0) return false;
  const since = at - incident.openedAt;
  return since >= 0 && since <= FOLLOWS_MS && surfacesOf({ incident, rollout }).some((one) => isBlamed(one, draft));
}

function isBlamed(surface: Surface, { surface: blamed }: FindingDraft): boolean {
  return blamed === null || blamed === surface;
}

/** What the change of an incident is on; nothing where it knows of no change itself. */
function surfacesOf({ incident, rollout }: Pick<IncidentCase, 'incident' | 'rollout'>): readonly Surface[] {
  if (rollout !== null) return rollout.changed;
  if (incident.kind === 'rollback') return [];
  const { surface, version } = incident.evidence;
  return surface !== null && version ? [surface] : [];
}

function changesOfFinding({ draft, rollout }: Pick<FindingCase, 'draft' | 'rollout'>): readonly string[] {
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
  return rollout === null ? [] : versionKeys(rollout.changed, rollout.candidate);
}

function versionKeys(surfaces: readonly Surface[], versions: Partial<VersionValues>): string[] {
  return surfaces.flatMap((surface) => {
    const version = versions[surface];
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
