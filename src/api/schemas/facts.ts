import { type Static, Type } from 'typebox';
import { SURFACES } from '../../model/index.js';
import { oneOf, Time, TraceId } from './common.js';

export const OutcomeInput = Type.Object(
  {
    id: Type.Optional(Type.String({ maxLength: 128, description: 'Your own id; a resent outcome replaces itself' })),
    traceId: Type.Optional(TraceId),
    spanId: Type.Optional(Type.String({ pattern: '^[0-9a-f]{16}$' })),
    responseId: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    name: Type.String({ default: 'task_success', minLength: 1, maxLength: 128 }),
    value: Type.Union([
      Type.Number({ minimum: 0, maximum: 1 }),
      Type.Boolean(),
      Type.Literal('success'),
      Type.Literal('failure'),
    ]),
    comment: Type.String({ default: '', maxLength: 4096 }),
    time: Type.Optional(Time),
  },
  { additionalProperties: false },
);

export const OutcomesAccepted = Type.Object({
  accepted: Type.Integer(),
  ids: Type.Array(Type.String()),
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

export type OutcomeInput = Static<typeof OutcomeInput>;
export type Deployment = Static<typeof Deployment>;
export type DeploymentInput = Static<typeof DeploymentInput>;
