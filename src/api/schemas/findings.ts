import { type Static, Type } from 'typebox';
import { SEVERITIES, SURFACES } from '../../model/index.js';
import { nullable, oneOf, Time } from './common.js';

/** What makes a finding believable: how it was looked for, at how much, and what came out. */
export const FindingEvidence = Type.Object({
  question: Type.String(),
  method: Type.String(),
  n: Type.Record(Type.String(), Type.Integer(), { description: 'Units looked at, by what they are' }),
  effect: nullable(
    Type.Object({
      estimate: Type.Number(),
      lower: Type.Number(),
      upper: Type.Number(),
      level: Type.Number({ description: 'Probability that the interval holds the truth' }),
      unit: Type.String(),
    }),
  ),
  evidence: nullable(
    Type.Object(
      { logE: Type.Number(), logThreshold: Type.Number() },
      { description: 'Natural logarithms of e-values' },
    ),
  ),
  surface: nullable(oneOf(SURFACES)),
  behind: nullable(
    Type.Object(
      {
        targetId: Type.String(),
        vectorId: Type.Optional(Type.String()),
        metric: Type.Optional(Type.String()),
        since: Type.Integer(),
        until: Type.Integer(),
      },
      { description: 'The generations behind it: parameters of GET /api/v1/generations' },
    ),
  ),
  details: Type.Record(Type.String(), Type.Unknown()),
});

export const Finding = Type.Interface([FindingEvidence], {
  id: Type.String(),
  targetId: Type.String(),
  rolloutId: Type.String({ description: 'Empty when it is about no rollout' }),
  incidentId: Type.String({ description: 'Empty when it is not worth an incident' }),
  detector: Type.String(),
  metric: Type.String(),
  subject: Type.String(),
  episode: Type.Integer({ description: 'How often the same had come and gone before' }),
  severity: oneOf(SEVERITIES),
  sentence: Type.String(),
  at: Time,
  lastSeenAt: Time,
  endedAt: nullable(Time),
});

export type Finding = Static<typeof Finding>;
export type FindingEvidence = Static<typeof FindingEvidence>;
