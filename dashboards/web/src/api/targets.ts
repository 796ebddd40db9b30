import type { Surface, Target, Versions } from './versions.js';

export interface TargetSummary extends Target {
  generations: number;
  vectors: number;
  runningRollouts: number;
  openIncidents: number;
  lastSeen: string;
}

export interface MetricCount {
  metric: string;
  n: number;
  failures: number;
  rate: number | null;
}

export interface VectorSummary {
  targetId: string;
  vectorId: string;
  versions: Versions;
  firstSeen: string;
  lastSeen: string;
  share: number;
  generations: number;
  metrics: MetricCount[];
  /** Buckets of 10 s, named by their first second (Unix). */
  traffic: { bucket: number; n: number }[];
}

export interface Deployment {
  id: string;
  service: string;
  environment: string;
  operation: string;
  surface: Surface;
  version: string;
  previousVersion: string;
  actor: string;
  source: string;
  comment: string;
  at: string;
}
