import { describe, expect, test } from 'vitest';
import { DEFAULT_ROLLOUT_POLICY, metricPolicy, rolloutPolicy } from '../../src/rollouts/policy.js';

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
