import type { Attribution } from './explanations.js';
import type { Gate } from './rollouts.js';
import type { Surface, Target } from './versions.js';

export type IncidentState =
  | 'open'
  | 'awaiting_approval'
  | 'rolling_back'
  | 'rolled_back'
  | 'rollback_unconfirmed'
  | 'resolved';

export interface IncidentSummary {
  id: string;
  kind: 'rollback' | 'finding';
  target: Target;
  rolloutId: string;
  title: string;
  severity: 'critical' | 'error' | 'warning' | 'info';
  state: IncidentState;
  acknowledged: boolean;
  openedAt: string;
  updatedAt: string;
}

export interface IncidentEvent {
  id: string;
  at: string;
  kind: string;
  message: string;
  data: Record<string, unknown>;
}

export type ActionStatus = 'awaiting_approval' | 'pending' | 'succeeded' | 'failed' | 'cancelled';

export interface Action {
  id: string;
  incidentId: string;
  rolloutId: string;
  kind: string;
  destination: string;
  occasion: string;
  status: ActionStatus;
  attempts: number;
  nextAttemptAt: string | null;
  detail: string;
  at: string;
}

/** What makes a finding believable: how it was looked for, at how much, and what came out. */
export interface FindingEvidence {
  question: string;
  method: string;
  n: Record<string, number>;
  effect: { estimate: number; lower: number; upper: number; level: number; unit: string } | null;
  evidence: { logE: number; logThreshold: number } | null;
  surface: Surface | null;
  behind: { targetId: string; vectorId?: string; metric?: string; since: number; until: number } | null;
  details: Record<string, unknown>;
}

export interface Finding extends FindingEvidence {
  id: string;
  targetId: string;
  rolloutId: string;
  incidentId: string;
  detector: string;
  metric: string;
  subject: string;
  severity: IncidentSummary['severity'];
  sentence: string;
  at: string;
  lastSeenAt: string;
  endedAt: string | null;
}

export interface IncidentDetail extends IncidentSummary {
  /** A rollout's verdict as it was latched, or what a watch found. */
  evidence: Gate | null;
  finding: FindingEvidence | null;
  /** Which surface did it, as traffic had it then. */
  attributions: Attribution[];
  events: IncidentEvent[];
  actions: Action[];
  findings: Finding[];
}
