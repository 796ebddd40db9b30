import { describe, expect, test } from 'vitest';
import { evaluateBlocks } from '../../detectors/compare.js';
import { compliance } from '../../detectors/compliance.js';
import { DETECTORS, TRAFFIC_METRIC } from '../../detectors/index.js';
import { success } from '../../detectors/success.js';
import { MAX_TRAJECTORY_POINTS } from '../../detectors/trajectory.js';
import type { ArmCounts, Block, Detector, MetricEvaluation } from '../../src/model/index.js';

const budget = { alphaRollback: 0.01, alphaPromote: 0.05 };

function arm(n: number, failures: number): ArmCounts {
  return { n, failures, scoreSum: n - failures };
}

/** One block a bucket, in one stratum. */
function blocksOf(count: number, baseline: ArmCounts, candidate: ArmCounts, firstBucket = 0): Block[] {
  return Array.from({ length: count }, (_, index) => ({
    bucket: firstBucket + index * 10,
    stratum: '0-4k',
    baseline,
    candidate,
  }));
}

function evaluate(
  detector: Detector,
  metricName: string,
  blocks: readonly Block[],
  startBucket = blocks[0]?.bucket ?? 0,
): MetricEvaluation {
  const metric = detector.metrics.find(({ name }) => name === metricName);
  const policy = detector.defaults[metricName];
  if (metric === undefined || policy === undefined) throw new Error(`no metric ${metricName}`);
  return evaluateBlocks(detector, metric, blocks, { policy, budget, startBucket });
}

describe('the list of detectors', () => {
  test('names every metric once, gives each a default policy, and spends exactly the whole budget', () => {
    const metrics = DETECTORS.flatMap((detector) => detector.metrics.map(({ name }) => ({ name, detector })));
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    expect(metrics.map(({ name }) => name)).toContain(TRAFFIC_METRIC);
    const weights = metrics.map(({ name, detector }) => detector.defaults[name]?.weight ?? Number.NaN);
    expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 12);
  });
});

describe('a failure-rate detector', () => {
  test('fires on a broken candidate, with rates, interval and the bucket at which it did', () => {
    const blocks = blocksOf(30, arm(90, 1), arm(10, 1));
    const evaluation = evaluate(compliance, 'compliance', blocks);
    expect(evaluation.baseline).toMatchObject({ n: 2700, failures: 30 });
    expect(evaluation.candidate.rate).toBeCloseTo(0.1, 12);
    expect(evaluation.difference.estimate).toBeCloseTo(0.1 - 1 / 90, 12);
    expect(evaluation.difference.lower).toBeGreaterThan(0);
    expect(evaluation.difference.upper).toBeLessThan(0.3);
    expect(evaluation.harm.logThreshold).toBeCloseTo(Math.log(1000 / 3), 12);
    expect(evaluation.harm.firedAtBucket).not.toBeNull();
    const firedAt = evaluation.harm.firedAtBucket ?? 0;
    const before = evaluate(
      compliance,
      'compliance',
      blocks.filter(({ bucket }) => bucket < firedAt),
    );
    expect(before.harm.firedAtBucket).toBeNull();
    expect(evaluation.trajectory.some((point) => point.bucket === firedAt)).toBe(true);
    expect(evaluation.promotion.passed).toBe(false);
  });

  test('lets an equal candidate pass the margin and never fires on it', () => {
    const evaluation = evaluate(compliance, 'compliance', blocksOf(60, arm(90, 2), arm(45, 1)));
    expect(evaluation.harm.firedAtBucket).toBeNull();
    expect(evaluation.promotion.passed).toBe(true);
    expect(evaluation.difference.lower).toBeLessThan(0);
    expect(evaluation.difference.upper).toBeGreaterThan(0);
  });

  test('does not act on overwhelming evidence of a difference below the floor', () => {
    const evaluation = evaluate(compliance, 'compliance', blocksOf(400, arm(1000, 1), arm(1000, 5)));
    expect(evaluation.harm.maxLogE).toBeGreaterThan(evaluation.harm.logThreshold);
    expect(evaluation.difference.estimate).toBeLessThan(evaluation.policy.harmFloor);
    expect(evaluation.harm.firedAtBucket).toBeNull();
  });

  test('does not act before the minimum number of failing candidate units', () => {
    const evaluation = evaluate(success, 'task_success', blocksOf(2, arm(5000, 0), arm(2, 2)));
    expect(evaluation.harm.maxLogE).toBeGreaterThan(evaluation.harm.logThreshold);
    expect(evaluation.candidate.failures).toBe(4);
    expect(evaluation.harm.firedAtBucket).toBeNull();
  });

  test('remembers evidence that faded: the maximum counts, not the present value', () => {
    const bad = blocksOf(5, arm(90, 1), arm(10, 6));
    const good = blocksOf(300, arm(90, 9), arm(10, 0), 50);
    const evaluation = evaluate(compliance, 'compliance', [...bad, ...good]);
    expect(evaluation.harm.logE).toBeLessThan(evaluation.harm.logThreshold);
    expect(evaluation.harm.firedAtBucket).toBeLessThanOrEqual(40);
  });

  test('compares within strata, so that a harder mix of requests is not harm', () => {
    const blocks = Array.from({ length: 200 }, (_, index): Block[] => [
      { bucket: index * 10, stratum: 'short', baseline: arm(90, 1), candidate: arm(20, index % 5 === 0 ? 1 : 0) },
      { bucket: index * 10, stratum: 'long', baseline: arm(10, 3), candidate: arm(80, 24) },
    ]).flat();
    const evaluation = evaluate(compliance, 'compliance', blocks);
    expect(evaluation.candidate.rate - evaluation.baseline.rate).toBeGreaterThan(0.1);
    expect(Math.abs(evaluation.difference.estimate)).toBeLessThan(0.01);
    expect(evaluation.harm.firedAtBucket).toBeNull();
  });

  test('counts the baseline from the candidate’s first bucket, and learns its rate from the time before', () => {
    const history = blocksOf(50, arm(100, 2), arm(0, 0));
    const together = blocksOf(20, arm(100, 2), arm(50, 1), 500);
    const evaluation = evaluate(compliance, 'compliance', [...history, ...together]);
    expect(evaluation.baseline.n).toBe(2000);
    expect(evaluation.trajectory[0]?.bucket).toBe(500);
    expect(evaluation.promotion.logE).toBeGreaterThan(evaluate(compliance, 'compliance', together).promotion.logE);
  });

  test('gives finite numbers where everything fails, or nothing', () => {
    for (const detector of DETECTORS) {
      for (const metric of detector.metrics) {
        for (const failing of [0, 1]) {
          const counts = (n: number): ArmCounts => ({ ...arm(n, failing * n), histogram: new Map([[0, n]]) });
          const blocks = [
            ...blocksOf(30, counts(30), counts(0)),
            ...blocksOf(30, counts(30), counts(10), 300),
            ...blocksOf(5, counts(0), counts(10), 900),
          ];
          const evaluation = evaluate(detector, metric.name, blocks, 300);
          expect(JSON.stringify(evaluation)).not.toMatch(/(estimate|lower|logE|rate|candidate)":null/);
          expect(evaluation.harm.firedAtBucket).toBeNull();
          expect(evaluation.candidate.n).toBe(350);
        }
      }
    }
  });

  test('says nothing without data', () => {
    for (const blocks of [[], blocksOf(5, arm(10, 1), arm(0, 0)), blocksOf(5, arm(0, 0), arm(10, 10))]) {
      const evaluation = evaluate(compliance, 'compliance', blocks);
      expect(evaluation.harm).toMatchObject({ logE: 0, maxLogE: 0, firedAtBucket: null });
      expect(evaluation.promotion.passed).toBe(false);
      expect(evaluation.difference).toMatchObject({ estimate: 0, lower: -1, upper: 1 });
      expect(evaluation.oddsRatio).toEqual({ lower: 0, upper: null });
    }
  });

  test('bounds the difference by the candidate’s own rate while the baseline has no failures', () => {
    const evaluation = evaluate(compliance, 'compliance', blocksOf(40, arm(90, 0), arm(10, 1)));
    expect(evaluation.oddsRatio.upper).toBeNull();
    expect(evaluation.difference.lower).toBeGreaterThan(0);
    expect(evaluation.difference.upper).toBeLessThan(0.2);
  });

  test('keeps its trajectory short, ending with now, however long the rollout', () => {
    const evaluation = evaluate(compliance, 'compliance', blocksOf(5000, arm(9, 0), arm(1, 0)));
    expect(evaluation.trajectory.length).toBeLessThanOrEqual(MAX_TRAJECTORY_POINTS);
    expect(evaluation.trajectory.length).toBeGreaterThan(MAX_TRAJECTORY_POINTS / 2);
    expect(evaluation.trajectory.at(-1)?.bucket).toBe(49_990);
  });

  test('gives the same answer twice', () => {
    const blocks = blocksOf(20, arm(30, 2), arm(7, 1));
    expect(evaluate(success, 'downstream_failure', blocks)).toEqual(evaluate(success, 'downstream_failure', blocks));
  });
});
