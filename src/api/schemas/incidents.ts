import { type Static, Type } from 'typebox';
import { ACTION_KINDS, ACTION_STATUSES, INCIDENT_EVENT_KINDS, INCIDENT_STATES } from '../../model/index.js';
import { MetricAttribution } from './attribution.js';
import { nullable, oneOf, Target, Time } from './common.js';
import { Finding, FindingEvidence } from './findings.js';
import { Gate } from './rollouts.js';

export const IncidentSummary = Type.Object({
  id: Type.String(),
  kind: oneOf(['rollback', 'finding']),
  target: Target,
  rolloutId: Type.String(),
  title: Type.String(),
  severity: oneOf(['critical', 'error', 'warning', 'info']),
  state: oneOf(INCIDENT_STATES),
  acknowledged: Type.Boolean(),
  openedAt: Time,
  updatedAt: Time,
});

export const Action = Type.Object({
  id: Type.String({ description: 'Also the idempotency key of every attempt' }),
  incidentId: Type.String(),
  rolloutId: Type.String(),
  kind: oneOf(ACTION_KINDS),
  destination: Type.String(),
  occasion: Type.String(),
  status: oneOf(ACTION_STATUSES),
  attempts: Type.Integer(),
  nextAttemptAt: nullable(Time),
  detail: Type.String(),
  at: Time,
});

export const IncidentDetail = Type.Interface([IncidentSummary], {
  evidence: nullable(Gate),
  finding: nullable(FindingEvidence),
  attributions: Type.Array(MetricAttribution, {
    description: 'Which surface did it, as traffic had it when the incident opened; empty where that was not asked',
  }),
  events: Type.Array(
    Type.Object({
      id: Type.String(),
      at: Time,
      kind: oneOf(INCIDENT_EVENT_KINDS),
      message: Type.String(),
      data: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
  actions: Type.Array(Action),
  findings: Type.Array(Finding),
});

/** Who decided, and why; for the timeline. */
export const PersonalNote = Type.Object(
  {
    actor: Type.String({ default: '', maxLength: 256 }),
    comment: Type.String({ default: '', maxLength: 4096 }),
  },
  { additionalProperties: false, default: {} },
);

export type IncidentSummary = Static<typeof IncidentSummary>;
export type IncidentDetail = Static<typeof IncidentDetail>;
export type Action = Static<typeof Action>;
