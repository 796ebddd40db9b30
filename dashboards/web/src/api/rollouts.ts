import type { Selector, Surface, Target } from './versions.js';

export type Verdict = 'promote' | 'hold' | 'rollback' | 'insufficient_data';

export interface Estimate {
  n: number;
  failures: number;
  rate: number;
  lower: number;
  upper: number;
}

export interface TrajectoryPoint {
  bucket: number;
  baselineN: number;
  candidateN: number;
  difference: number;
  lower: number;
  upper: number;
  logE: number;
}

export interface HarmEvidence {
  logE: number;
  maxLogE: number;
  logThreshold: number;
  firedAtBucket: number | null;
}

export interface MetricEvaluation {
  detector: string;
  metric: string;
  question: string;
  failure: string;
  method: string;
  baseline: Estimate;
  candidate: Estimate;
  difference: { estimate: number; lower: number; upper: number; level: number };
  oddsRatio: { lower: number; upper: number | null };
  harm: HarmEvidence;
  fall: (HarmEvidence & { meaning: string }) | null;
  measured: { unit: string; quantiles: { quantile: number; baseline: number; candidate: number }[] } | null;
  promotion: { logE: number; logThreshold: number; margin: number; passed: boolean };
  policy: {
    weight: number;
    harmFloor: number;
    promoteMargin: number;
    minimumFailures: number;
    onHarm: 'rollback' | 'hold' | 'notify';
  };
  trajectory: TrajectoryPoint[];
}

export interface Gate {
  verdict: Verdict;
  reasons: string[];
  blame: string[];
  at: string;
  stage: number;
  candidateShare: number;
  evaluations: MetricEvaluation[];
}

export type RolloutStatus = 'running' | 'promoted' | 'rolled_back' | 'superseded' | 'abandoned';

export interface RolloutSummary {
  id: string;
  target: Target;
  baseline: Selector;
  candidate: Selector;
  changed: Surface[];
  origin: 'declared' | 'observed';
  mode: 'observe' | 'approve' | 'auto';
  status: RolloutStatus;
  stage: number;
  stages: number[];
  verdict: Verdict;
  reasons: string[];
  startedAt: string;
  incidentId: string | null;
}

export interface RolloutTraffic {
  bucket: number;
  baseline: number;
  candidate: number;
  other: number;
}

export interface RolloutDetail extends RolloutSummary {
  gate: Gate;
  latched: Gate | null;
  traffic: RolloutTraffic[];
  history: {
    revision: number;
    at: string;
    status: RolloutStatus;
    stage: number;
    verdict: Verdict;
    reasons: string[];
  }[];
}
