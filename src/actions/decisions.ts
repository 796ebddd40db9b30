import { incidentEvent } from '../incidents/index.js';
import { type Action, type IncidentEventKind, LeewayError } from '../model/index.js';
import { getAction, recordActions } from '../store/queries/actions.js';
import { recordIncidentEvents } from '../store/queries/incidents.js';
import { type CaseFile, readCase } from './case-file.js';
import type { Courier } from './courier.js';
import { planMoves } from './move.js';
import type { DeskParts } from './parts.js';
import { requestLine } from './plan.js';
import type { Planner } from './planner.js';
import { revised } from './revision.js';
import type { createSerial } from './serial.js';

/** Who decided, and what they said; empty strings when they did not say. */
export interface Decision {
  readonly actor: string;
  readonly comment: string;
}

/**
 * What people decide. Every call is on the timeline before it takes effect.
 * All @throws LeewayError LEEWAY_NOT_FOUND, or LEEWAY_CONFLICT when the present state does not allow it.
 */
export class Decisions {
  readonly #parts: DeskParts;
  readonly #planner: Planner;
  readonly #courier: Courier;
  readonly #serially: ReturnType<typeof createSerial>;

  constructor(parts: DeskParts, planner: Planner, courier: Courier, serially: ReturnType<typeof createSerial>) {
    this.#parts = parts;
    this.#planner = planner;
    this.#courier = courier;
    this.#serially = serially;
  }

  /** A person takes the incident on: Leeway starts nothing more by itself. Again, it changes nothing. */
  acknowledge(incidentId: string, decision: Decision): Promise<void> {
    return this.#serially(async () => {
      const file = await this.#unresolved(incidentId);
      if (file.events.some(({ kind }) => kind === 'acknowledged')) return;
      await this.#tell(file, 'acknowledged', 'took the incident on', decision);
    });
  }

  /** Closes the incident, gives up a rollback that has not been delivered, and tells everybody. */
  async resolve(incidentId: string, decision: Decision): Promise<void> {
    await this.#serially(async () => {
      const file = await this.#unresolved(incidentId);
      await this.#tell(file, 'resolved', 'resolved the incident', decision);
      const open = file.actions.filter(
        ({ kind, status, id }) =>
          kind === 'rollback' &&
          (status === 'pending' || status === 'awaiting_approval') &&
          !this.#courier.isInFlight(id),
      );
      await this.#revise(open, 'cancelled', `${who(decision)} resolved the incident`);
    });
    await this.#planner.plan(incidentId, 'resolved');
  }

  /** Lets the rollback go ahead, through every registry that it needs: half of it would be a version nobody ever ran. */
  approve(actionId: string, decision: Decision): Promise<void> {
    return this.#serially(async () => {
      const { file, waiting } = await this.#awaitingApproval(actionId);
      const { rollout } = file;
      if (!rollout) throw conflict(`incident ${file.incident.id} is about no rollout: there is nothing to move back`);
      await this.#tell(file, 'approved', 'approved the rollback', decision);
      const at = this.#parts.clock.now();
      const plan = planMoves(rollout, this.#parts.registries);
      const moves = plan.possible ? plan.moves : [];
      const requested = waiting.map((action) => requestLine(rollout, action, moves, 'rollback_requested', at));
      await recordIncidentEvents(this.#parts.database, requested);
      await this.#revise(waiting, 'pending', `approved by ${who(decision)}`);
      for (const action of waiting) this.#parts.onDue?.(action.id, at);
    });
  }

  /** The rollback does not happen, through none of its registries. */
  reject(actionId: string, decision: Decision): Promise<void> {
    return this.#serially(async () => {
      const { file, waiting } = await this.#awaitingApproval(actionId);
      await this.#tell(file, 'rejected', 'rejected the rollback', decision);
      await this.#revise(waiting, 'cancelled', `rejected by ${who(decision)}`);
    });
  }

  /** Gives up an action that is not being delivered at this moment. */
  cancel(actionId: string, reason: string): Promise<void> {
    return this.#serially(async () => {
      const action = await getAction(this.#parts.database, actionId);
      if (!action) throw noAction(actionId);
      if (action.status !== 'pending' && action.status !== 'awaiting_approval')
        throw conflict(
          `action ${actionId} is ${action.status.replaceAll('_', ' ')}; only open actions can be cancelled`,
        );
      if (this.#courier.isInFlight(actionId)) throw conflict(`action ${actionId} is being delivered right now`);
      await this.#revise([action], 'cancelled', reason);
    });
  }

  async #awaitingApproval(actionId: string): Promise<{ file: CaseFile; waiting: readonly Action[] }> {
    const action = await getAction(this.#parts.database, actionId);
    if (!action) throw noAction(actionId);
    if (action.status !== 'awaiting_approval')
      throw conflict(`action ${actionId} is ${action.status.replaceAll('_', ' ')}, not awaiting approval`);
    const file = await this.#unresolved(action.incidentId);
    return { file, waiting: file.actions.filter(({ status }) => status === 'awaiting_approval') };
  }

  async #unresolved(incidentId: string): Promise<CaseFile> {
    const file = await readCase(this.#parts.database, incidentId);
    if (file.status.state === 'resolved') throw conflict(`incident ${incidentId} is resolved`);
    return file;
  }

  async #tell(file: CaseFile, kind: IncidentEventKind, did: string, decision: Decision): Promise<void> {
    const { actor, comment } = decision;
    const message = `${who(decision)} ${did}${comment ? `: ${comment}` : ''}.`;
    const at = this.#parts.clock.now();
    const event = incidentEvent({ incidentId: file.incident.id, kind, at, message, data: { actor, comment } });
    await recordIncidentEvents(this.#parts.database, [event]);
  }

  async #revise(actions: readonly Action[], status: 'pending' | 'cancelled', detail: string): Promise<void> {
    const now = this.#parts.clock.now();
    await recordActions(
      this.#parts.database,
      actions.map((action) => revised(action, status, detail, now)),
    );
  }
}

function who({ actor }: Decision): string {
  return actor || 'Somebody';
}

function noAction(actionId: string): LeewayError {
  return new LeewayError('LEEWAY_NOT_FOUND', `there is no action ${actionId}`);
}

function conflict(message: string): LeewayError {
  return new LeewayError('LEEWAY_CONFLICT', message);
}
