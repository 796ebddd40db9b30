import { type Action, errorMessage, LeewayError } from '../model/index.js';
import { getAction, listActions, listDueActions, recordActions } from '../store/queries/actions.js';
import { listDeployments } from '../store/queries/deployments.js';
import { recordIncidentEvents } from '../store/queries/incidents.js';
import { attemptEvent } from './attempt-events.js';
import { type CaseFile, readCase } from './case-file.js';
import { type Delivery, rejectedUnsent } from './delivery.js';
import { buildMessage } from './message.js';
import { moveRequest, planMoves } from './move.js';
import { isEarlier, isOccasion } from './occasion.js';
import type { DeskParts } from './parts.js';
import type { Planner } from './planner.js';
import { afterDelivery, revised } from './revision.js';

/** Deployments from this long before the verdict on are told with it. */
const CHANGES_BEFORE_MS = 3_600_000;
/** A failure that is not the destination's: shown in the action's detail. */
const MAX_ERROR_LENGTH = 500;

/** What came of asking for an attempt; only `attempted` called anybody. */
export type Attempt =
  | { readonly kind: 'attempted'; readonly action: Action }
  /** There is no such action. */
  | { readonly kind: 'unknown' }
  /** Somebody in this process is at it. */
  | { readonly kind: 'in_flight' }
  /** Done, given up, cancelled, or waiting for a person. */
  | { readonly kind: 'not_pending'; readonly action: Action }
  | { readonly kind: 'not_due'; readonly action: Action }
  /** An earlier message to the same destination goes first: a `resolve` must not overtake its `trigger`. */
  | { readonly kind: 'waits_for'; readonly action: Action; readonly earlier: Action };

/**
 * Delivers actions, one attempt a call. The row after an attempt is written last: if the process dies between the call
 * and the row, the attempt is made again under the same idempotency key.
 */
export class Courier {
  readonly #parts: DeskParts;
  readonly #planner: Planner;
  readonly #inFlight = new Set<string>();

  constructor(parts: DeskParts, planner: Planner) {
    this.#parts = parts;
    this.#planner = planner;
  }

  isInFlight(actionId: string): boolean {
    return this.#inFlight.has(actionId);
  }

  /** Pending actions whose time has come, the longest waiting first. */
  due(nowMs = this.#parts.clock.now()): Promise<Action[]> {
    return listDueActions(this.#parts.database, nowMs);
  }

  /** Makes one attempt, if the action is pending, due and nobody else is at it. */
  async attempt(actionId: string): Promise<Attempt> {
    if (this.#inFlight.has(actionId)) return { kind: 'in_flight' };
    this.#inFlight.add(actionId);
    try {
      return await this.#attempt(actionId);
    } finally {
      this.#inFlight.delete(actionId);
    }
  }

  async #attempt(actionId: string): Promise<Attempt> {
    const { database, clock, onDue } = this.#parts;
    const action = await getAction(database, actionId);
    if (!action) return { kind: 'unknown' };
    if (action.status !== 'pending') return { kind: 'not_pending', action };
    if (action.nextAttemptAt > clock.now()) {
      onDue?.(action.id, action.nextAttemptAt);
      return { kind: 'not_due', action };
    }
    const file = await this.#caseOf(action);
    if (!file) {
      // Its incident is gone (retention): it must not stay due for ever.
      const orphan = revised(action, 'failed', `incident ${action.incidentId} is not on record any more`, clock.now());
      await recordActions(database, [orphan]);
      return { kind: 'not_pending', action: orphan };
    }
    const earlier = file.actions.find((other) => other.status === 'pending' && follows(action, other));
    if (earlier) return { kind: 'waits_for', action, earlier };
    const next = await this.#nextRevision(action, file);
    await this.#record(next);
    return { kind: 'attempted', action: next };
  }

  async #caseOf(action: Action): Promise<CaseFile | null> {
    try {
      return await readCase(this.#parts.database, action.incidentId);
    } catch (error) {
      if (error instanceof LeewayError && error.code === 'LEEWAY_NOT_FOUND') return null;
      throw error;
    }
  }

  async #nextRevision(action: Action, file: CaseFile): Promise<Action> {
    const { clock, random } = this.#parts;
    if (action.kind === 'rollback' && file.status.state === 'resolved')
      return revised(action, 'cancelled', 'a person resolved the incident first', clock.now());
    const delivery = await this.#deliver(action, file);
    return afterDelivery(action, delivery, clock.now(), random);
  }

  /** Timeline first, then whom to page, the row last. */
  async #record(action: Action): Promise<void> {
    const { database, clock, onDue } = this.#parts;
    const event = attemptEvent(action);
    if (event) await recordIncidentEvents(database, [event]);
    if (event?.kind === 'rollback_failed') await this.#planner.plan(action.incidentId, 'rollback_unconfirmed');
    await recordActions(database, [action]);
    if (action.status === 'pending') return onDue?.(action.id, action.nextAttemptAt);
    // Read again: a later message may have been planned while this one was on its way.
    for (const other of await listActions(database, { incidentIds: [action.incidentId], status: 'pending' }))
      if (follows(other, action)) onDue?.(other.id, clock.now());
  }

  async #deliver(action: Action, file: CaseFile): Promise<Delivery> {
    try {
      return await (action.kind === 'rollback' ? this.#rollBack(action, file) : this.#notify(action, file));
    } catch (error) {
      const detail = errorMessage(error).slice(0, MAX_ERROR_LENGTH);
      if (error instanceof LeewayError && error.code === 'LEEWAY_DESTINATION_REFUSED') return rejectedUnsent(detail);
      // A secret's file may come back; whatever else it is, the attempts are bounded and the reason is on record.
      return { kind: 'retry', detail, payloadDigest: '' };
    }
  }

  async #rollBack(action: Action, { incident, rollout }: CaseFile): Promise<Delivery> {
    if (!rollout) return rejectedUnsent('the rollout is not on record any more');
    const plan = planMoves(rollout, this.#parts.registries);
    if (!plan.possible) return rejectedUnsent(plan.reason);
    const move = plan.moves.find(({ registry }) => registry.name === action.destination);
    if (!move) return rejectedUnsent(`registry ${action.destination} does not hold what is to be moved any more`);
    return move.registry.move(moveRequest(action.id, incident, rollout, move.surfaces, this.#parts.publicUrl));
  }

  async #notify(action: Action, file: CaseFile): Promise<Delivery> {
    const { database, notifiers, publicUrl } = this.#parts;
    const notifier = notifiers.find(({ name }) => name === action.destination);
    if (!notifier) return rejectedUnsent(`no notifier called ${action.destination} is configured any more`);
    const { occasion } = action;
    if (!isOccasion(occasion)) return rejectedUnsent(`there is nothing to tell about ${occasion}`);
    const { incident, rollout, events, status } = file;
    const released = await listDeployments(database, { service: incident.target.service });
    const deployments = released.filter(({ at }) => at >= incident.openedAt - CHANGES_BEFORE_MS);
    return notifier.notify(
      buildMessage({ actionId: action.id, occasion, incident, rollout, events, status, deployments, publicUrl }),
    );
  }
}

/** Are both messages of one incident to one destination, and is `action` about the later moment? */
function follows(action: Action, other: Action): boolean {
  return (
    action.kind === 'notify' &&
    other.kind === 'notify' &&
    action.destination === other.destination &&
    isEarlier(other.occasion, action.occasion)
  );
}
