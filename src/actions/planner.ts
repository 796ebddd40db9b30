import { foldIncident, mayRollBack, openIncident, type Verification, verificationEvent } from '../incidents/index.js';
import type { Action, Gate, Incident, IncidentEvent, IncidentState, Rollout } from '../model/index.js';
import { listActions, listRequestedRollbacks, recordActions } from '../store/queries/actions.js';
import { recordFindings } from '../store/queries/findings.js';
import {
  getIncident,
  listIncidentEvents,
  listIncidents,
  recordIncident,
  recordIncidentEvents,
} from '../store/queries/incidents.js';
import { attributionsOf } from './attributions.js';
import { type CaseFile, readCase } from './case-file.js';
import { ROLLBACK_BUDGET_WINDOW_MS } from './guards.js';
import { isOccasion, type Occasion } from './occasion.js';
import type { DeskParts } from './parts.js';
import { planNotifications, planRollback } from './plan.js';
import type { createSerial } from './serial.js';

/** How old the newest event of an incident may be for its messages to be caught up with: older ones are no news. */
const CATCH_UP_WINDOW_MS = 86_400_000;

/** An incident in these states is not opened again. */
const OVER: readonly IncidentState[] = ['rolled_back', 'resolved'];

/**
 * Records what is to be done before any of it is attempted. Everything here may be repeated after a crash, or on every
 * evaluation: ids are deterministic and what is on record is not recorded again.
 */
export class Planner {
  readonly #parts: DeskParts;
  readonly #serially: ReturnType<typeof createSerial>;

  constructor(parts: DeskParts, serially: ReturnType<typeof createSerial>) {
    this.#parts = parts;
    this.#serially = serially;
  }

  /** Opens the incident of a latched gate, with its findings, and plans what its mode allows. */
  async open(rollout: Rollout, gate: Gate, baselineLive: boolean): Promise<Incident> {
    const { database } = this.#parts;
    const { incident, events, findings } = openIncident(rollout, gate);
    const known = await getIncident(database, incident.id);
    if (known) {
      await this.plan(incident.id, 'opened', baselineLive);
      return known;
    }
    const attributed = await attributionsOf(this.#parts, rollout.id);
    const attributions = attributed.filter(({ metric }) => gate.blame.includes(metric));
    const opened = { ...incident, evidence: { ...incident.evidence, attributions } };
    await recordFindings(database, findings);
    await recordIncidentEvents(database, events);
    await recordIncident(database, opened);
    await this.plan(incident.id, 'opened', baselineLive);
    return opened;
  }

  /** Puts what traffic says on the timeline, and tells people when it is decided. */
  async settle(incidentId: string, verification: Verification): Promise<void> {
    const { database, clock } = this.#parts;
    const event = verificationEvent(incidentId, verification, clock.now());
    if (event) await this.#recordNew(await readCase(database, incidentId), [event]);
    if (verification.kind !== 'confirmed' && verification.kind !== 'unconfirmed') return;
    const { state } = (await readCase(database, incidentId)).status;
    if (state === 'rolled_back' || state === 'rollback_unconfirmed') await this.plan(incidentId, state);
  }

  /**
   * Plans the messages that a crash kept from being planned: of the moments that recent incidents have reached, those
   * nobody was told about. (Opening is repeated by whoever holds the latched gate.)
   */
  async catchUp(): Promise<void> {
    const { database, clock } = this.#parts;
    const incidents = await listIncidents(database);
    const ids = incidents.map(({ id }) => id);
    const [events, actions] = await Promise.all([
      listIncidentEvents(database, ids),
      listActions(database, { incidentIds: ids, kind: 'notify' }),
    ]);
    for (const incident of incidents) {
      const { state, updatedAt } = foldIncident(incident, events);
      if (!isOccasion(state) || clock.now() - updatedAt > CATCH_UP_WINDOW_MS) continue;
      const told = actions.some(({ incidentId, occasion }) => incidentId === incident.id && occasion === state);
      if (!told) await this.plan(incident.id, state);
    }
  }

  /**
   * Records the actions of an occasion: the rollback when the incident opens, and one notification per notifier.
   * A rollback that a guard withheld for a time (cool-down, budget) starts when this is called again afterwards.
   * @param baselineLive has the baseline served this target, and is it not failing itself? (for `opened`)
   * @returns the actions that are new
   */
  plan(incidentId: string, occasion: Occasion, baselineLive = false): Promise<readonly Action[]> {
    return this.#serially(async () => {
      const { database, clock, notifiers } = this.#parts;
      const now = clock.now();
      const file = await readCase(database, incidentId);
      if (occasion === 'opened' && OVER.includes(file.status.state)) return [];
      const rollbacks =
        occasion === 'opened' && mayRollBack(file.incident) ? await this.#planRollback(file, baselineLive, now) : [];
      const names = notifiers.map(({ name }) => name);
      const notifications = planNotifications(file.incident, occasion, names, file.actions, now);
      await recordActions(database, notifications);
      const planned = [...rollbacks, ...notifications];
      for (const action of planned) if (action.status === 'pending') this.#parts.onDue?.(action.id, now);
      return planned;
    });
  }

  /** Actions before their lines in the timeline: after a crash between the two, the lines are told by the next call. */
  async #planRollback(file: CaseFile, baselineLive: boolean, now: number): Promise<readonly Action[]> {
    const { database, registries } = this.#parts;
    const { incident, rollout, status, actions: existing } = file;
    if (rollout === null) return [];
    const since = now - ROLLBACK_BUDGET_WINDOW_MS;
    const recent = await listRequestedRollbacks(database, incident.targetId, since);
    // One rollback per rollout, whichever of its incidents asked first.
    const asked = existing.some(({ kind }) => kind === 'rollback');
    if (!asked && recent.some(({ rolloutId }) => rolloutId === rollout.id)) return [];
    const plan = planRollback({ incident, rollout, status, existing, registries, baselineLive, recent, now });
    await recordActions(database, plan.actions);
    await this.#recordNew(file, plan.events);
    return plan.actions;
  }

  async #recordNew(file: CaseFile, events: readonly IncidentEvent[]): Promise<void> {
    const known = new Set(file.events.map(({ id }) => id));
    await recordIncidentEvents(
      this.#parts.database,
      events.filter(({ id }) => !known.has(id)),
    );
  }
}
