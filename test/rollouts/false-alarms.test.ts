import { expect, test } from 'vitest';
import type { Cell } from '../../src/model/index.js';
import { judgeRollout } from '../../src/rollouts/judge.js';
import { initialState } from '../../src/rollouts/states.js';
import { uniform } from '../support/uniform.js';
import { promptRollout, START, START_MS, seen, served } from './fleet.js';

const v1 = seen({ prompt: 'v1' });
const v2 = seen({ prompt: 'v2' });
const BUCKETS = 120;

/** A ramp from 2 % to half of the traffic while the failure rate of everybody drifts from 2 to 10 %. */
function ramp(random: () => number, candidateFactor: number): Cell[] {
  const draw = (n: number, rate: number): number => Array.from({ length: n }, random).filter((u) => u < rate).length;
  return Array.from({ length: BUCKETS }, (_, index) => {
    const bucket = START + index * 10;
    const rate = 0.02 + (0.08 * index) / BUCKETS;
    const candidate = index < 60 ? 1 : index < 90 ? 10 : 25;
    return [
      ...served(v1, bucket, 50 - candidate, draw(50 - candidate, rate)),
      ...served(v2, bucket, candidate, draw(candidate, rate * candidateFactor)),
    ];
  }).flat();
}

function shareRolledBack(candidateFactor: number, rollouts: number): number {
  const random = uniform(2026);
  const rollout = promptRollout();
  let rolledBack = 0;
  for (let run = 0; run < rollouts; run++) {
    const cells = ramp(random, candidateFactor);
    const now = START_MS + BUCKETS * 10_000;
    // One judgement of everything sees the running maximum over all buckets: it is as if one had looked at each.
    const { gate } = judgeRollout({ rollout, previous: initialState(rollout), cells, vectors: [v1, v2], now });
    if (gate.verdict === 'rollback') rolledBack++;
  }
  return rolledBack / rollouts;
}

test('a candidate no worse than its baseline is rolled back in about one rollout in a hundred, looked at every bucket', () => {
  expect(shareRolledBack(1, 150)).toBeLessThanOrEqual(0.02);
});

test('a candidate that fails twice as often is nearly always rolled back', () => {
  expect(shareRolledBack(2, 40)).toBeGreaterThan(0.9);
});
