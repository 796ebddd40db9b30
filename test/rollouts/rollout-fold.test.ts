import { expect, test } from 'vitest';
import { DETECTORS } from '../../detectors/index.js';
import type { Detector } from '../../src/model/index.js';
import { armsOf } from '../../src/rollouts/arms.js';
import { decideGate } from '../../src/rollouts/gate.js';
import { RolloutFold, unmeasured } from '../../src/rollouts/rollout-fold.js';
import { promptRollout, START, seen, served } from './fleet.js';

const v1 = seen({ prompt: 'v1' });
const v2 = seen({ prompt: 'v2' });
const rollout = promptRollout();
const METRICS = new Set(DETECTORS.flatMap(({ metrics }) => metrics.map(({ name }) => name)));

/** As `errors`, but it breaks at a bucket. */
function breakingAt(bucket: number): Detector {
  const errors = DETECTORS.find(({ name }) => name === 'errors');
  if (errors === undefined) throw new Error('there is no detector errors');
  return {
    ...errors,
    start: (question) => {
      const fold = errors.start(question);
      return {
        ...fold,
        clone: () => fold.clone(),
        evaluation: () => fold.evaluation(),
        add: (at, blocks) => {
          if (at === bucket) throw new Error('out of paper');
          fold.add(at, blocks);
        },
      };
    },
  };
}

function folded(detectors: readonly Detector[]): RolloutFold {
  const fold = RolloutFold.start(rollout, METRICS, unmeasured, detectors);
  for (let bucket = START; bucket < START + 300; bucket += 10) {
    fold.add(bucket, [...served(v1, bucket, 90, 1), ...served(v2, bucket, 10, 0)], armsOf(rollout, [v1, v2]));
  }
  return fold;
}

test('a detector that fails is out, is named, and keeps neither the others from judging nor the gate closed to them', () => {
  const others = DETECTORS.filter(({ name }) => name !== 'errors');
  const broken = folded([...others, breakingAt(START + 100)]).standings();
  const whole = folded(DETECTORS).standings();
  expect(broken.problems).toEqual([{ detector: 'errors', metric: 'errors', problem: 'out of paper' }]);
  expect(broken.evaluations).toEqual(whole.evaluations.filter(({ metric }) => metric !== 'errors'));
  const gate = decideGate({
    policy: { ...rollout.policy, soakSeconds: 0, minimumStratumUnits: 0 },
    ...broken,
    strata: [],
    stage: 10,
    stageSince: 0,
    candidateShare: 0.1,
    lastTrafficAt: 0,
    latched: null,
    now: 0,
  });
  expect(gate.verdict).toBe('hold');
  expect(gate.reasons).toContain('errors cannot be judged: its detector failed (out of paper).');
});
