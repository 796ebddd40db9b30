import {
  endedFinding,
  foldIncident,
  goneComment,
  incidentEvent,
  incidentsTakenOver,
  incidentToJoin,
  isGone,
  isOfVerdict,
  metIncidents,
  ownIncidentId,
  reportFinding,
  wantsIncident,
} from '../incidents/index.js';
import {
  type Finding,
  type FindingDraft,
  type FindingIncident,
  type Incident,
  type IncidentState,
  LeewayError,
  targetId,
} from '../model/index.js';
import { listFindings, newestEpisodes, ongoingFindings, recordFindings } from '../store/queries/findings.js';
import { getIncident, listIncidentEvents, recordIncident, recordIncidentEvents } from '../store/queries/incidents.js';
import { getRollout } from '../store/queries/rollouts.js';
import { attributionsOf } from './attributions.js';
import { readTargetCases } from './case-file.js';
import type { Decisions } from './decisions.js';
import type { DeskParts } from './parts.js';
import type { Planner } from './planner.js';
import { createSerial } from './serial.js';

/** A watch has looked at these targets. */
export interface Look {
  readonly detector: string;
  readonly targetIds: ReadonlySet<string>;
  /** How long a finding must stay away before it is over. */
  readonly holdSeconds: number;
}

/** Incidents of which this process knows that they and their first messages are on record, or that they took over others. */
const MAX_REMEMBERED = 10_000;

/** States in which nobody has acted: the incident may end by itself. */
const UNDECIDED: readonly IncidentState[] = ['open', 'awaiting_approval'];

/** States after which what a verdict found is history. */
const OVER: readonly IncidentState[] = ['rolled_back', 'resolved'];

/**
 * What watches find becomes findings and incidents. Ids follow from cause and episode, so that two processes that look at the
 * same traffic write the same rows. An incident comes before its finding, and its messages after both: whatever a crash
 * leaves out is made up by the next look. One thing is done at a time, so that findings of one change meet in one incident.
 */
export class FindingsDesk {
  readonly #parts: DeskParts;
  readonly #planner: Planner;
  readonly #decisions: Decisions;
  readonly #serially = createSerial();
  readonly #assured = new Set<string>();
  readonly #tookOver = new Set<string>();

  constructor(parts: DeskParts, planner: Planner, decisions: Decisions) {
    this.#parts = parts;
    this.#planner = planner;
    this.#decisions = decisions;
  }

  report(drafts: readonly FindingDraft[], nowMs: number): Promise<void> {
    return this.#serially(() => this.#report(drafts, nowMs));
  }

  conclude(look: Look, nowMs: number): Promise<boolean> {
    return this.#serially(() => this.#conclude(look, nowMs));
  }

  /** The incident of a verdict is where a change is dealt with: open incidents of findings about it end, and say where it goes on. */
  async takeOver(rollback: Incident): Promise<void> {
    if (this.#tookOver.has(rollback.id)) return;
    await this.#serially(() => this.#takeOver(rollback));
    remember(this.#tookOver, rollback.id);
  }

  async #report(drafts: readonly FindingDraft[], nowMs: number): Promise<void> {
    const byDetector = new Map<string, FindingDraft[]>();
    for (const draft of drafts) byDetector.set(draft.detector, [...(byDetector.get(draft.detector) ?? []), draft]);
    for (const [detector, own] of byDetector) {
      const targets = [...new Set(own.map(({ target }) => targetId(target)))];
      const known = new Map(
        (await newestEpisodes(this.#parts.database, detector, targets)).map((one) => [keyOf(one), one]),
      );
      for (const draft of own) await this.#take(draft, known.get(draftKey(draft)) ?? null, nowMs);
    }
  }

  async #conclude({ detector, targetIds, holdSeconds }: Look, nowMs: number): Promise<boolean> {
    const ongoing = await ongoingFindings(this.#parts.database, detector);
    const gone = ongoing.filter((one) => targetIds.has(one.targetId) && isGone(one, holdSeconds, nowMs));
    let ended = false;
    for (const finding of gone) {
      if (!(await this.#mayEnd(finding))) continue;
      await recordFindings(this.#parts.database, [endedFinding(finding, nowMs)]);
      ended = true;
    }
    return ended;
  }

  async #take(draft: FindingDraft, newest: Finding | null, nowMs: number): Promise<void> {
    const { database } = this.#parts;
    const joins = wantsIncident(draft, newest) ? await this.#joins(draft, newest, nowMs) : null;
    const { finding, changed, opens, line } = reportFinding(draft, newest, nowMs, joins);
    if (opens && !this.#assured.has(opens.incident.id) && !(await getIncident(database, opens.incident.id))) {
      await recordIncidentEvents(database, [opens.event]);
      await recordIncident(database, await this.#attributed(opens.incident));
      const goesOn = await this.#meet(opens.incident);
      if (goesOn.id !== opens.incident.id) return this.#join(draft, newest, nowMs, goesOn);
    }
    if (line) await recordIncidentEvents(database, [line]);
    if (changed || joins) await recordFindings(database, [finding]);
    if (opens) await this.#assure(opens.incident.id, draft.remedy === 'rollback');
  }

  /** Another process may have opened one about the same change at the same instant. Whoever wrote last sees both: one of them ends. */
  async #meet(opened: FindingIncident): Promise<Incident> {
    const cases = await readTargetCases(this.#parts.database, opened.targetId);
    const own = cases.find(({ incident }) => incident.id === opened.id);
    if (!own) return opened;
    const { goesOn, ends } = metIncidents(own, cases);
    for (const { id } of ends)
      await this.#resolve(id, `the same change was found at the same time, it goes on in ${goesOn.id}`);
    return goesOn;
  }

  async #join(draft: FindingDraft, newest: Finding | null, nowMs: number, goesOn: Incident): Promise<void> {
    const { finding, line } = reportFinding(draft, newest, nowMs, goesOn);
    if (line) await recordIncidentEvents(this.#parts.database, [line]);
    await recordFindings(this.#parts.database, [finding]);
  }

  /** The open incident of the same change, unless its own is on record already: a crash came before its finding. */
  async #joins(draft: FindingDraft, newest: Finding | null, at: number): Promise<Incident | null> {
    const { database } = this.#parts;
    const cases = await readTargetCases(database, targetId(draft.target));
    const ownId = ownIncidentId(draft, newest);
    if (cases.some(({ incident }) => incident.id === ownId)) return null;
    const record = draft.rolloutId === '' ? null : await getRollout(database, draft.rolloutId);
    return incidentToJoin({ draft, rollout: record?.rollout ?? null, at }, cases);
  }

  /** Harm that holds a rollout is a finding about one of its metrics: why the arms differ on that one. */
  async #attributed(incident: FindingIncident): Promise<FindingIncident> {
    const all = await attributionsOf(this.#parts, incident.rolloutId);
    const attributions = all.filter(({ metric }) => metric === incident.evidence.metric);
    return { ...incident, evidence: { ...incident.evidence, attributions } };
  }

  /** Messages (and a rollback that a guard withheld for a time) are asked for again by a new process. */
  async #assure(incidentId: string, rollsBack: boolean): Promise<void> {
    if (this.#assured.has(incidentId) && !rollsBack) return;
    await this.#planner.plan(incidentId, 'opened', rollsBack);
    remember(this.#assured, incidentId);
  }

  async #takeOver(rollback: Incident): Promise<void> {
    const { database, clock } = this.#parts;
    const cases = await readTargetCases(database, rollback.targetId);
    const own = cases.find(({ incident }) => incident.id === rollback.id);
    if (!own) return;
    for (const { id, title } of incidentsTakenOver(own, cases)) {
      const message = `An incident about the same change goes on here: ${title}`;
      const data = { incidentId: id };
      const at = clock.now();
      const joined = { incidentId: rollback.id, kind: 'finding_joined', at, message, data, which: [id] } as const;
      await recordIncidentEvents(database, [incidentEvent(joined)]);
      await this.#resolve(id, `the same change was found worse, it goes on in ${rollback.id}`);
    }
  }

  /**
   * A finding that has gone ends, and with the last one of its incident the incident. What a verdict found ends with the
   * verdict's incident: no look confirms it after it was latched.
   */
  async #mayEnd(finding: Finding): Promise<boolean> {
    const { database } = this.#parts;
    const incident = finding.incidentId === '' ? null : await getIncident(database, finding.incidentId);
    if (!incident) return true;
    const { state } = foldIncident(incident, await listIncidentEvents(database, [incident.id]));
    if (incident.kind === 'rollback') return !isOfVerdict(finding) || OVER.includes(state);
    if (!UNDECIDED.includes(state)) return true;
    const others = await listFindings(database, { incidentId: incident.id, ongoing: true });
    if (others.every(({ id }) => id === finding.id)) await this.#resolve(incident.id, goneComment(finding));
    return true;
  }

  async #resolve(incidentId: string, comment: string): Promise<void> {
    try {
      await this.#decisions.resolve(incidentId, { actor: 'Leeway', comment });
    } catch (error) {
      // Somebody was faster.
      if (!(error instanceof LeewayError && error.code === 'LEEWAY_CONFLICT')) throw error;
    }
  }
}

function remember(ids: Set<string>, id: string): void {
  if (ids.size >= MAX_REMEMBERED) ids.clear();
  ids.add(id);
}

function keyOf({ targetId, metric, subject }: Pick<Finding, 'targetId' | 'metric' | 'subject'>): string {
  return JSON.stringify([targetId, metric, subject]);
}

function draftKey({ target, metric, subject }: FindingDraft): string {
  return keyOf({ targetId: targetId(target), metric, subject });
}
