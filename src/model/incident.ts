import type { MetricAttribution } from './attribution.js';
import type { FindingDraft } from './finding-draft.js';
import type { Gate } from './rollout.js';
import type { TargetKey } from './target.js';

/**
 * `open` → (`awaiting_approval` →) `rolling_back` → `rolled_back` | `rollback_unconfirmed`; `resolved` by a person, or
 * when an observed problem went away without a rollback.
 */
export const INCIDENT_STATES = [
  'open',
  'awaiting_approval',
  'rolling_back',
  'rolled_back',
  'rollback_unconfirmed',
  'resolved',
] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

export type Severity = 'critical' | 'error' | 'warning' | 'info';

/** From the least to the most urgent. */
export const SEVERITIES: readonly Severity[] = ['info', 'warning', 'error', 'critical'];

/** What must be known to understand an incident; fixed when it opens. */
interface IncidentFacts {
  /** Deterministic: the same cause opens the same incident, however often it is found. */
  readonly id: string;
  readonly targetId: string;
  readonly target: TargetKey;
  /** Empty when it is about no rollout. */
  readonly rolloutId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly openedAt: number;
}

interface Attributed {
  /** Why the arms of its rollout differ, as traffic had it when the incident opened; absent where that was not asked. */
  readonly attributions?: readonly MetricAttribution[];
}

/** A rollout whose candidate turned out worse: its gate as it was latched. */
export interface RollbackIncident extends IncidentFacts {
  readonly kind: 'rollback';
  readonly evidence: Gate & Attributed;
}

/** Something a watch found outside of a rollout's comparison. It ends when the watch does not find it any more. */
export interface FindingIncident extends IncidentFacts {
  readonly kind: 'finding';
  readonly evidence: FindingDraft & Attributed;
}

export type Incident = RollbackIncident | FindingIncident;

/** One line of an incident's timeline. Its state is the fold of its events (see src/incidents). */
export interface IncidentEvent {
  /** Deterministic within the incident; a repeated event is the same row. */
  readonly id: string;
  readonly incidentId: string;
  readonly at: number;
  readonly kind: IncidentEventKind;
  /** One sentence for people. */
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export const INCIDENT_EVENT_KINDS = [
  'opened',
  /** The same finding, now more severe. */
  'worsened',
  /** Another finding about the same change: it opens no incident of its own. */
  'finding_joined',
  'approval_requested',
  'approved',
  'rejected',
  'acknowledged',
  /** A guard held the rollback back, or nothing is configured that could carry it out: a person must act. */
  'rollback_withheld',
  'rollback_requested',
  'rollback_attempt_failed',
  'rollback_accepted',
  'rollback_failed',
  'traffic_moving',
  'rollback_confirmed',
  'rollback_unconfirmed',
  'notified',
  'notification_failed',
  'resolved',
] as const;
export type IncidentEventKind = (typeof INCIDENT_EVENT_KINDS)[number];
