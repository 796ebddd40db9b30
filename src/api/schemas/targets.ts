import { type Static, Type } from 'typebox';
import { Bucket, nullable, Share, Target, Time, Versions } from './common.js';

export const TargetSummary = Type.Interface([Target], {
  generations: Type.Integer({ description: 'In the last hour of closed buckets' }),
  vectors: Type.Integer({ description: 'Live in the last hour' }),
  runningRollouts: Type.Integer(),
  openIncidents: Type.Integer(),
  lastSeen: Time,
});

const MetricCount = Type.Object({
  metric: Type.String(),
  n: Type.Integer(),
  failures: Type.Integer(),
  rate: nullable(Type.Number({ description: 'failures / n, null without data' })),
});

export const VectorSummary = Type.Object({
  targetId: Type.String(),
  vectorId: Type.String(),
  versions: Versions,
  firstSeen: Time,
  lastSeen: Time,
  share: Share,
  generations: Type.Integer(),
  metrics: Type.Array(MetricCount),
  traffic: Type.Array(Type.Object({ bucket: Bucket, n: Type.Integer() })),
});

export type TargetSummary = Static<typeof TargetSummary>;
export type VectorSummary = Static<typeof VectorSummary>;
