import { describe, expect, it } from 'vitest';
import { evaluateBlocks } from '../../detectors/compare.js';
import { labelRate } from '../../detectors/label-rate.js';
import type { Block } from '../../src/model/index.js';
import { DEFAULT_ROLLOUT_POLICY, metricPolicy } from '../../src/rollouts/policy.js';
import { uniform } from '../support/uniform.js';

const arm = (n: number, unlabelled: number) => ({ n, failures: unlabelled, scoreSum: n - unlabelled });

function blocks(count: number, baseline: [number, number], candidate: [number, number]): Block[] {
  return Array.from({ length: count }, (_, index) => ({
    bucket: index * 10,
    stratum: '0-4k',
    baseline: arm(...baseline),
    candidate: arm(...candidate),
  }));
}

/** With a budget of which the metric has so much. */
function labels(of: readonly Block[], alpha = 0.01) {
  const [metric] = labelRate.metrics;
  if (metric === undefined) throw new Error('label rate has no metric');
  const policy = metricPolicy(DEFAULT_ROLLOUT_POLICY, 'labels');
  return evaluateBlocks(labelRate, metric, of, {
    policy,
    budget: { alphaRollback: alpha / policy.weight, alphaPromote: 0.05 },
  });
}

function fired(of: readonly Block[], alpha?: number): 'more' | 'fewer' | null {
  const { harm, fall } = labels(of, alpha);
  if (harm.firedAtBucket !== null) return 'fewer';
  return fall && fall.firedAtBucket !== null ? 'more' : null;
}

describe('label rates', () => {
  it('are told for both arms, and are no news while they agree', () => {
    const evaluation = labels(blocks(200, [90, 45], [10, 5]));
    expect(evaluation.baseline).toMatchObject({ n: 18_000, failures: 9000, rate: 0.5 });
    expect(evaluation.candidate).toMatchObject({ n: 2000, failures: 1000, rate: 0.5 });
    expect(fired(blocks(200, [90, 45], [10, 5]))).toBeNull();
  });

  it.each<['fewer' | 'more', [number, number]]>([
    ['fewer', [10, 9]],
    ['more', [10, 1]],
  ])('are news when the candidate has %s labels', (direction, candidate) => {
    expect(fired(blocks(30, [90, 45], candidate))).toBe(direction);
  });

  it('that are late in both arms are no difference', () => {
    const fresh = [...blocks(50, [90, 45], [10, 5]), ...blocks(50, [90, 90], [40, 40])].map((block, index) => ({
      ...block,
      bucket: index * 10,
    }));
    expect(fired(fresh)).toBeNull();
  });

  it('say nothing where nobody reports outcomes', () => {
    expect(fired(blocks(100, [90, 90], [10, 10]))).toBeNull();
  });

  it('are no news when the difference is too small to matter, however sure', () => {
    expect(fired(blocks(2000, [500, 250], [500, 255]))).toBeNull();
  });

  it('that are alike are called different no more often than promised', () => {
    const random = uniform(7);
    const draw = (n: number, rate: number) => Array.from({ length: n }, () => random() < rate).filter(Boolean).length;
    const runs = 200;
    const alarms = Array.from({ length: runs }, (_, run) => {
      const rate = 0.1 + 0.8 * (run / runs);
      const alike = Array.from({ length: 60 }, (_block, index) => ({
        bucket: index * 10,
        stratum: '0-4k',
        baseline: arm(18, draw(18, rate)),
        candidate: arm(6, draw(6, rate)),
      }));
      return fired(alike, 0.02);
    }).filter((alarm) => alarm !== null).length;
    // P(more than 12 of 200 at 0.02) < 0.001.
    expect(alarms).toBeLessThanOrEqual(12);
  });
});
