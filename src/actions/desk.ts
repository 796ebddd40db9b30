import type { Verification } from '../incidents/index.js';
import type { Action, FindingDraft, Gate, Incident, Rollout } from '../model/index.js';
import { type Attempt, Courier } from './courier.js';
import { type Decision, Decisions } from './decisions.js';
import { FindingsDesk, type Look } from './findings-desk.js';
import type { Occasion } from './occasion.js';
import type { DeskParts } from './parts.js';
import { Planner } from './planner.js';
import { createSerial } from './serial.js';

/**
 * Where incidents become actions and actions become calls. All state is in the tables: any method may be repeated, by
 * any process, after any crash.
 */
export interface ActionDesk {
  /**
   * Opens the incident of a latched gate (once) and plans what its mode, the registries and the guards allow. Incidents of
   * findings about the same change end in it.
   */
  open(rollout: Rollout, gate: Gate, baselineLive: boolean): Promise<Incident>;
  /** Records what was found; what is new and severe enough joins the open incident of the same change, or opens one. */
  report(drafts: readonly FindingDraft[], nowMs: number): Promise<void>;
  /** Ends what a look has not shown for its hold time, and resolves its incidents. @returns whether anything ended */
  conclude(look: Look, nowMs: number): Promise<boolean>;
  /** Puts what traffic says about a rollback on the timeline, and plans the messages once it is decided. */
  settle(incidentId: string, verification: Verification): Promise<void>;
  /** Records the actions of an occasion before any attempt; @returns those that are new. */
  plan(incidentId: string, occasion: Occasion, baselineLive?: boolean): Promise<readonly Action[]>;
  /** Plans the messages that a crash kept from being planned; for the start, and now and then. */
  catchUp(): Promise<void>;
  /** Pending actions whose time has come. */
  due(nowMs?: number): Promise<Action[]>;
  /** One attempt at one action, if it is pending, due, and nobody else in this process is at it. */
  attempt(actionId: string): Promise<Attempt>;
  approve(actionId: string, decision: Decision): Promise<void>;
  reject(actionId: string, decision: Decision): Promise<void>;
  cancel(actionId: string, reason: string): Promise<void>;
  acknowledge(incidentId: string, decision: Decision): Promise<void>;
  resolve(incidentId: string, decision: Decision): Promise<void>;
}

/** Plans and decisions run one after the other, so that guards see what was planned before them. */
export function createDesk(parts: DeskParts): ActionDesk {
  const serially = createSerial();
  const planner = new Planner(parts, serially);
  const courier = new Courier(parts, planner);
  const decisions = new Decisions(parts, planner, courier, serially);
  const findings = new FindingsDesk(parts, planner, decisions);
  return {
    open: async (rollout, gate, baselineLive) => {
      const incident = await planner.open(rollout, gate, baselineLive);
      await findings.takeOver(incident);
      return incident;
    },
    report: (drafts, nowMs) => findings.report(drafts, nowMs),
    conclude: (look, nowMs) => findings.conclude(look, nowMs),
    settle: (incidentId, verification) => planner.settle(incidentId, verification),
    plan: (incidentId, occasion, baselineLive) => planner.plan(incidentId, occasion, baselineLive),
    catchUp: () => planner.catchUp(),
    due: (nowMs) => courier.due(nowMs),
    attempt: (actionId) => courier.attempt(actionId),
    approve: (actionId, decision) => decisions.approve(actionId, decision),
    reject: (actionId, decision) => decisions.reject(actionId, decision),
    cancel: (actionId, reason) => decisions.cancel(actionId, reason),
    acknowledge: (incidentId, decision) => decisions.acknowledge(incidentId, decision),
    resolve: (incidentId, decision) => decisions.resolve(incidentId, decision),
  };
}
