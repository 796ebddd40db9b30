import { type Static, Type } from 'typebox';
import { MAX_OUTCOME_COMMENT_LENGTH, MAX_OUTCOME_NAME_LENGTH, SURFACES } from '../../model/index.js';
import { nullable, oneOf, Time, TraceId } from './common.js';

export const OutcomeInput = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_OUTCOME_NAME_LENGTH,
        description: 'Your own id; a resent outcome replaces itself',
      }),
    ),
    traceId: Type.Optional(TraceId),
    spanId: Type.Optional(Type.String({ pattern: '^[0-9a-f]{16}$' })),
    responseId: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    name: Type.String({ default: 'task_success', minLength: 1, maxLength: MAX_OUTCOME_NAME_LENGTH }),
    value: Type.Union([
      Type.Number({ description: 'From 0 (failed) to 1 (succeeded), or on the scale that is given' }),
      Type.Boolean(),
      Type.Literal('success'),
      Type.Literal('failure'),
    ]),
    scale: Type.Optional(
      Type.Object(
        { min: Type.Number(), max: Type.Number() },
        { additionalProperties: false, description: 'The scores that stand for failure and success, if not 0 and 1' },
      ),
    ),
    comment: Type.String({ default: '', maxLength: MAX_OUTCOME_COMMENT_LENGTH }),
    time: Type.Optional(Time),
  },
  { additionalProperties: false },
);

export const OutcomesAccepted = Type.Object({
  accepted: Type.Integer(),
  ids: Type.Array(nullable(Type.String()), { description: 'One for each that was sent; null where it was refused' }),
  rejected: Type.Array(
    Type.Object({
      index: Type.Integer(),
      detail: Type.String({ description: 'Which field, and what is wrong with it' }),
    }),
  ),
});

export const DeploymentInput = Type.Object(
  {
    id: Type.Optional(Type.String({ maxLength: 128 })),
    service: Type.String({ minLength: 1 }),
    environment: Type.String({ default: '' }),
    operation: Type.String({ default: '' }),
    surface: oneOf(SURFACES),
    version: Type.String({ minLength: 1 }),
    previousVersion: Type.String({ default: '' }),
    actor: Type.String({ default: '' }),
    comment: Type.String({ default: '' }),
    time: Type.Optional(Time),
  },
  { additionalProperties: false },
);

export const Deployment = Type.Object({
  id: Type.String(),
  service: Type.String(),
  environment: Type.String(),
  operation: Type.String(),
  surface: oneOf(SURFACES),
  version: Type.String(),
  previousVersion: Type.String(),
  actor: Type.String(),
  source: Type.String(),
  comment: Type.String(),
  at: Time,
});

export const WebhookTaken = Type.Object({
  deployments: Type.Array(Deployment),
  ignored: Type.Array(Type.String(), { description: 'Why the delivery, or parts of it, became no deployment' }),
});

export type OutcomeInput = Static<typeof OutcomeInput>;
export type OutcomesAccepted = Static<typeof OutcomesAccepted>;
export type Deployment = Static<typeof Deployment>;
export type DeploymentInput = Static<typeof DeploymentInput>;
