import {
  type Cell,
  hash64,
  type Rollout,
  type SeenVector,
  type TargetKey,
  type VersionValues,
  vectorId,
} from '../../src/model/index.js';
import { DEFAULT_ROLLOUT_POLICY } from '../../src/rollouts/policy.js';

export const TARGET: TargetKey = { service: 'support-bot', environment: 'production', operation: 'triage' };
export const TARGET_ID = hash64('target', 'support-bot');

/** First bucket of every story told here, and the same moment in milliseconds. */
export const START = 1_800_000_000;
export const START_MS = START * 1000;

export function versions(values: Partial<VersionValues>): VersionValues {
  return { model: 'gpt-4o', prompt: 'v1', tools: 't1', context: 'c1', ...values };
}

export function seen(values: Partial<VersionValues>): SeenVector {
  const full = versions(values);
  return { targetId: TARGET_ID, vectorId: vectorId(full), values: full };
}

export function promptRollout(overrides: Partial<Rollout> = {}): Rollout {
  return {
    id: 'rol_prompt',
    targetId: TARGET_ID,
    target: TARGET,
    baseline: { prompt: 'v1' },
    candidate: { prompt: 'v2' },
    changed: ['prompt'],
    origin: 'observed',
    policy: DEFAULT_ROLLOUT_POLICY,
    startedAt: START_MS,
    ...overrides,
  };
}

export function cell(vector: SeenVector, overrides: Partial<Cell>): Cell {
  const counts = { n: 10, failures: 0, ...overrides };
  return {
    targetId: TARGET_ID,
    vectorId: vector.vectorId,
    arm: '',
    stratum: '0-4k',
    bucket: START,
    metric: 'errors',
    scoreSum: counts.n - counts.failures,
    ...counts,
  };
}

/** Calls and broken outputs of one arm in one bucket, as cells of `errors` and `compliance`. */
export function served(vector: SeenVector, bucket: number, n: number, broken: number, stratum = '0-4k'): Cell[] {
  return [
    cell(vector, { bucket, n, stratum, metric: 'errors' }),
    cell(vector, { bucket, n, stratum, failures: broken, metric: 'compliance' }),
  ];
}
