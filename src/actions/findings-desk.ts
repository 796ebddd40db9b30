import { endedFinding, foldIncident, goneComment, isGone, reportFinding } from '../incidents/index.js';
import {
  type Finding,
  type FindingDraft,
  type FindingIncident,
  type IncidentState,
  LeewayError,
  targetId,
} from '../model/index.js';
import { newestEpisodes, ongoingFindings, recordFindings } from '../store/queries/findings.js';
import { getIncident, listIncidentEvents, recordIncident, recordIncidentEvents } from '../store/queries/incidents.js';
import { attributionsOf } from './attributions.js';
import type { Decisions } from './decisions.js';
import type { DeskParts } from './parts.js';
import type { Planner } from './planner.js';

/** A watch has looked at these targets. */
export interface Look {
  readonly detector: string;
  readonly targetIds: ReadonlySet<string>;
  /** How long a finding must stay away before it is over. */
  readonly holdSeconds: number;
}

/** Incidents of which this process knows that they and their first messages are on record. */
const MAX_ASSURED = 10_000;

/** States in which nobody has acted: the incident may end by itself. */
const UNDECIDED: readonly IncidentState[] = ['open', 'awaiting_approval'];

/**
 * What watches find becomes findings and incidents. Ids follow from cause and episode, so that two processes that look at the
 * same traffic write the same rows. An incident comes before its finding, and its messages after both: whatever a crash
 * leaves out is made up by the next look.
 */
export class FindingsDesk {
  readonly #parts: DeskParts;
  readonly #planner: Planner;
  readonly #decisions: Decisions;
  readonly #assured = new Set<string>();

  constructor(parts: DeskParts, planner: Planner, decisions: Decisions) {
    this.#parts = parts;
    this.#planner = planner;
    this.#decisions = decisions;
  }

  async report(drafts: readonly FindingDraft[], nowMs: number): Promise<void> {
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

  async conclude({ detector, targetIds, holdSeconds }: Look, nowMs: number): Promise<boolean> {
    const ongoing = await ongoingFindings(this.#parts.database, detector);
    const gone = ongoing.filter((one) => targetIds.has(one.targetId) && isGone(one, holdSeconds, nowMs));
    for (const finding of gone) {
      await this.#resolve(finding);
      await recordFindings(this.#parts.database, [endedFinding(finding, nowMs)]);
    }
    return gone.length > 0;
  }

  async #take(draft: FindingDraft, newest: Finding | null, nowMs: number): Promise<void> {
    const { database } = this.#parts;
    const { finding, changed, opens, worsened } = reportFinding(draft, newest, nowMs);
    if (opens && !this.#assured.has(opens.incident.id) && !(await getIncident(database, opens.incident.id))) {
      await recordIncidentEvents(database, [opens.event]);
      await recordIncident(database, await this.#attributed(opens.incident));
    }
    if (worsened) await recordIncidentEvents(database, [worsened]);
    if (changed) await recordFindings(database, [finding]);
    if (opens) await this.#assure(opens.incident.id, draft.remedy === 'rollback');
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
    if (this.#assured.size >= MAX_ASSURED) this.#assured.clear();
    this.#assured.add(incidentId);
  }

  async #resolve(finding: Finding): Promise<void> {
    if (finding.incidentId === '') return;
    const { database } = this.#parts;
    const incident = await getIncident(database, finding.incidentId);
    if (!incident) return;
    const { state } = foldIncident(incident, await listIncidentEvents(database, [incident.id]));
    if (!UNDECIDED.includes(state)) return;
    try {
      await this.#decisions.resolve(incident.id, { actor: 'Leeway', comment: goneComment(finding) });
    } catch (error) {
      // Somebody was faster.
      if (!(error instanceof LeewayError && error.code === 'LEEWAY_CONFLICT')) throw error;
    }
  }
}

function keyOf({ targetId, metric, subject }: Pick<Finding, 'targetId' | 'metric' | 'subject'>): string {
  return JSON.stringify([targetId, metric, subject]);
}

function draftKey({ target, metric, subject }: FindingDraft): string {
  return keyOf({ targetId: targetId(target), metric, subject });
}
