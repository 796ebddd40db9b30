import { type Static, Type } from 'typebox';
import { nullable, Time } from './common.js';

export const ServiceStatus = Type.Object({
  version: Type.String(),
  startedAt: Time,
  ready: Type.Boolean(),
  problems: Type.Array(Type.String({ description: 'What is wrong now, in words; empty when all is well' })),
  spool: Type.Object({
    segments: Type.Integer(),
    bytes: Type.Integer(),
    poisoned: Type.Integer(),
    lastError: Type.String(),
  }),
  evaluation: Type.Object({
    lastRunAt: nullable(Time),
    watermark: nullable(Time),
    lagSeconds: nullable(Type.Number()),
    lastError: Type.String(),
    detectors: Type.Array(
      Type.Object({
        name: Type.String(),
        lastSeconds: Type.Number({ description: 'CPU of the last look at a target' }),
        slowestSeconds: Type.Number(),
        budgetSeconds: Type.Number(),
        problem: Type.String({ description: 'Why it could not judge; empty when all is well' }),
      }),
    ),
    watches: Type.Array(
      Type.Object({
        name: Type.String(),
        lastLookAt: nullable(Time),
        lastSeconds: Type.Number({ description: 'what its last look took' }),
        lastError: Type.String(),
      }),
    ),
  }),
  actions: Type.Object({ pending: Type.Integer(), retrying: Type.Integer(), failed: Type.Integer() }),
});

export type ServiceStatus = Static<typeof ServiceStatus>;
