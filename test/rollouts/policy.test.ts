import { describe, expect, test } from 'vitest';
import { DEFAULT_ROLLOUT_POLICY, metricPolicy, rolloutPolicy } from '../../src/rollouts/policy.js';
import { formatCount, formatEvidence, formatPoints, formatRate } from '../../src/rollouts/wording.js';

describe('a policy', () => {
  test('is the default where nothing is said', () => {
    expect(rolloutPolicy()).toEqual(DEFAULT_ROLLOUT_POLICY);
    expect(rolloutPolicy({ mode: undefined }).mode).toBe('observe');
  });

  test('completes what people override', () => {
    const policy = rolloutPolicy({
      mode: 'auto',
      stages: [100, 5, 25, 5],
      metrics: { compliance: { harmFloor: 0.02 } },
    });
    expect(policy).toMatchObject({ mode: 'auto', stages: [5, 25, 100], soakSeconds: 600 });
    expect(metricPolicy(policy, 'compliance')).toMatchObject({ harmFloor: 0.02, minimumFailures: 3 });
  });

  test.each([
    [{ alphaRollback: 0 }, 'policy.alphaRollback'],
    [{ alphaPromote: Number.NaN }, 'policy.alphaPromote'],
    [{ soakSeconds: -1 }, 'policy.soakSeconds'],
    [{ stages: [] }, 'policy.stages'],
    [{ stages: [101] }, 'policy.stages'],
    [{ metrics: { compliance: { weight: 0.31 } } }, 'weights'],
    [{ metrics: { errors: { promoteMargin: 0 } } }, 'policy.metrics.errors.promoteMargin'],
    [{ metrics: { typo: {} } }, 'no such metric; known are compliance'],
  ])('refuses %j and names %s', (override, message) => {
    expect(() => rolloutPolicy(override)).toThrow(message);
  });
});

test('numbers are written for people', () => {
  expect(formatCount(2250)).toBe('2,250');
  expect([0, 0.0022, 0.0519, 1].map(formatRate)).toEqual(['0.0 %', '0.22 %', '5.2 %', '100.0 %']);
  expect([0.05, -0.021, 0, 0.0004, -0.000001].map(formatPoints)).toEqual(['+5.0', '-2.1', '0.0', '+0.04', '0.00']);
  expect([0, Math.log(1240), Math.log(0.42), 40, -40].map(formatEvidence)).toEqual([
    '1.0',
    '1,240',
    '0.42',
    '10^17.4',
    'under 0.01',
  ]);
});
