import type { Surface } from './versions.js';

export interface ShownMove {
  name: string;
  family: string;
  label: string;
  baselineMean: number;
  candidateMean: number;
  superiority: number;
  lower: number;
  upper: number;
  level: number;
}

export interface Behaviour {
  standing: {
    baselineN: number;
    candidateN: number;
    maxLogE: number;
    logThreshold: number;
    changed: boolean;
    features: ShownMove[];
    tone: ShownMove[];
    examples: Record<'baseline' | 'candidate', { traceId: string; spanId: string }[]>;
  } | null;
}

export interface Attribution {
  metric: string;
  sentence: string;
  surfaces:
    | { kind: 'single'; surface: Surface }
    | { kind: 'attributed'; bySurface: Partial<Record<Surface, number>>; total: number }
    | {
        kind: 'not_identifiable';
        confounded: Surface[];
        revertOneArms: { reverted: Surface; changed: Surface[] }[];
      };
  total: number;
  mix: number;
  behaviour: number;
  strata: {
    stratum: string;
    baseline: { n: number; failures: number };
    candidate: { n: number; failures: number };
    behaviour: number;
  }[];
}
