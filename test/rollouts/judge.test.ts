import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, DEFAULT_STAGES } from '../../src/model/index.js';
import { decideGate } from '../../src/rollouts/gate.js';
import { judgeRollout } from '../../src/rollouts/judge.js';
import { rolloutPolicy } from '../../src/rollouts/policy.js';
import { endState, initialState } from '../../src/rollouts/states.js';
import { cell, promptRollout, START, START_MS, seen, served } from './fleet.js';

const v1 = seen({ prompt: 'v1' });
const v2 = seen({ prompt: 'v2' });
const vectors = [v1, v2];
const policy = rolloutPolicy({ soakSeconds: 60, minimumStratumUnits: 20 });
const rollout = promptRollout({ policy });

/** 90 baseline and 10 candidate calls a bucket; the candidate breaks `broken` of its ten. */
function story(buckets: number, broken: number): Cell[] {
  return Array.from({ length: buckets }, (_, index) => {
    const bucket = START + index * 10;
    return [...served(v1, bucket, 90, index % 10 === 0 ? 1 : 0), ...served(v2, bucket, 10, broken)];
  }).flat();
}

function judge(cells: readonly Cell[], buckets: number, previous = initialState(rollout), judged = rollout) {
  return judgeRollout({ rollout: judged, previous, cells, vectors, now: START_MS + buckets * 10_000 });
}

describe('the verdict', () => {
  test('rolls a broken candidate back and says why in numbers', () => {
    const { gate, state } = judge(story(12, 1), 12);
    expect(gate.verdict).toBe('rollback');
    expect(gate.blame).toEqual(['compliance']);
    expect(gate.reasons).toHaveLength(1);
    expect(gate.reasons[0]).toMatch(
      /^compliance: candidate fails 10\.0 % \(12 of 120\), baseline 0\.19 % \(2 of 1,080\); difference \+9\.8 points \[\+\d+\.\d, \+\d+\.\d\]; evidence e = [\d,.× ⁰¹²³⁴⁵⁶⁷⁸⁹]+ against 333: rollback$/,
    );
    expect(state).toMatchObject({ status: 'running', verdict: 'rollback', latched: gate });
  });

  test('is latched: later health and later harm elsewhere do not change it', () => {
    const first = judge(story(12, 1), 12);
    const healthy = [...story(12, 1), ...story(400, 0).map((one) => ({ ...one, bucket: one.bucket + 1000 }))];
    const later = judge(healthy, 500, first.state);
    expect(later.gate).toBe(first.gate);
    expect(later.state).toBe(first.state);
    expect(later.evaluations.find(({ metric }) => metric === 'compliance')?.candidate.n).toBe(4120);
  });

  test('promotes a healthy candidate once evidence, strata and soak time allow', () => {
    const judged = judge(story(120, 0), 120, { ...initialState(rollout), stage: 10, stageSince: START_MS });
    expect(judged.gate.verdict).toBe('promote');
    expect(judged.gate.reasons.join('\n')).toMatch(/compliance: .* points worse: e = .* against 20: passed/);
    expect(judged.gate.reasons.join('\n')).toMatch(
      /^tool_calls, task_success, .*: no counted units in either arm, so they are no guardrails\.$/m,
    );
  });

  test('holds while the soak time runs, and says how much of it is over', () => {
    const { gate } = judge(story(120, 0), 120);
    expect(gate.verdict).toBe('hold');
    expect(gate.reasons[0]).toBe('Stage 10 % has lasted 0 seconds of the 60 seconds it must.');
  });

  test('holds while an important stratum has too few candidate units', () => {
    const long = Array.from({ length: 120 }, (_, index) => served(v1, START + index * 10, 20, 0, '50-150k')).flat();
    const previous = { ...initialState(rollout), stage: 10, stageSince: START_MS };
    const { gate } = judge([...story(120, 0), ...long], 120, previous);
    expect(gate.verdict).toBe('hold');
    expect(gate.reasons.join('\n')).toMatch(
      /Stratum 50-150k · model gpt-4o.* \(18\.2 % of traffic\): the candidate has 0 units; 20 are needed\./,
    );
  });

  test('holds while a metric that the baseline has is missing from the candidate', () => {
    const labelled = Array.from({ length: 120 }, (_, index) =>
      cell(v1, { bucket: START + index * 10, metric: 'task_success' }),
    );
    const previous = { ...initialState(rollout), stage: 10, stageSince: START_MS };
    const { gate } = judge([...story(120, 0), ...labelled], 120, previous);
    expect(gate.verdict).toBe('hold');
    expect(gate.reasons.join('\n')).toContain('task_success: the candidate has no counted units yet');
  });

  test('no data, one arm only, or shadow calls only: insufficient data, never a rollback or a promotion', () => {
    const broken = story(50, 10);
    const oneArmed = broken.filter(({ vectorId }) => vectorId === v2.vectorId);
    const shadow = broken.map((one) => (one.vectorId === v2.vectorId ? { ...one, arm: 'shadow' } : one));
    for (const cells of [[], oneArmed, shadow]) {
      const { gate, state } = judge(cells, 50);
      expect(gate.verdict).toBe('insufficient_data');
      expect(gate.reasons[0]).toContain('nothing to compare');
      expect(state.status).toBe('running');
    }
  });

  test('a handful of units is not judged', () => {
    const { gate } = judge([...served(v1, START, 90, 0), ...served(v2, START, 3, 0)], 1);
    expect(gate.verdict).toBe('insufficient_data');
    expect(gate.reasons[0]).toBe('The candidate has 3 units; at least 10 are needed.');
  });

  test('what was seen long ago promotes nobody', () => {
    const previous = { ...initialState(rollout), stage: 10, stageSince: START_MS };
    const { gate } = judge(story(120, 0), 180, previous);
    expect(gate.verdict).toBe('insufficient_data');
    expect(gate.reasons[0]).toBe('No traffic has been seen for 10 minutes.');
  });

  test('a candidate that serves nobody any more is not promoted', () => {
    const after = Array.from({ length: 10 }, (_, index) => served(v1, START + 1200 + index * 10, 90, 0)).flat();
    const { gate } = judge([...story(120, 0), ...after], 130, { ...initialState(rollout), stageSince: START_MS });
    expect(gate.verdict).toBe('hold');
    expect(gate.reasons).toContain('The candidate serves no traffic now.');
  });

  test('an outage that both arms share is not harm', () => {
    const outage = Array.from({ length: 30 }, (_, index) => {
      const down = index % 3 === 0;
      return [
        ...served(v1, START + index * 10, 90, down ? 45 : 0),
        ...served(v2, START + index * 10, 10, down ? 5 : 0),
      ];
    }).flat();
    expect(judge(outage, 30).gate.verdict).not.toBe('rollback');
  });

  test('candidate cells from before the rollout do not count', () => {
    const before = story(30, 10).map((one) => ({ ...one, bucket: one.bucket - 1000 }));
    expect(judge([...before, ...story(3, 0)], 3).gate.verdict).not.toBe('rollback');
  });

  test('is the same for the same cells in any order', () => {
    const cells = story(20, 1);
    const expected = judge(cells, 20);
    fc.assert(
      fc.property(fc.shuffledSubarray(cells, { minLength: cells.length }), (shuffled) => {
        expect(judge(shuffled, 20)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test('compares like with like when another surface is mixed', () => {
    // Half of the calls run on an old model that breaks half of its outputs; the candidate gets more of them.
    const mixed = ['old', 'new'].map((model) => ({
      one: seen({ prompt: 'v1', model }),
      two: seen({ prompt: 'v2', model }),
    }));
    const cells = Array.from({ length: 60 }, (_, index) =>
      mixed.flatMap(({ one, two }, place) => {
        const isOld = place === 0;
        const bucket = START + index * 10;
        return [
          ...served(one, bucket, isOld ? 20 : 80, isOld ? 10 : 0),
          ...served(two, bucket, isOld ? 16 : 4, isOld ? 8 : 0),
        ];
      }),
    ).flat();
    const known = mixed.flatMap(({ one, two }) => [one, two]);
    const { gate } = judgeRollout({ rollout, previous: null, cells, vectors: known, now: START_MS + 600_000 });
    const compliance = gate.evaluations.find(({ metric }) => metric === 'compliance');
    expect((compliance?.candidate.rate ?? 0) - (compliance?.baseline.rate ?? 0)).toBeGreaterThan(0.2);
    expect(compliance?.difference.estimate).toBeCloseTo(0, 9);
    expect(gate.verdict).not.toBe('rollback');
  });

  test('little traffic gives evidence too: one-armed buckets wait for the other arm', () => {
    const cells = Array.from({ length: 120 }, (_, index) => {
      const bucket = START + index * 10;
      return index % 2 === 0 ? served(v1, bucket, 1, 0) : served(v2, bucket, 1, 1);
    }).flat();
    expect(judge(cells, 120).gate.verdict).toBe('rollback');
  });
});

describe('the stage', () => {
  test('is the greatest that the observed share has reached, with tolerance', () => {
    for (const [candidate, expected] of [
      [0, 0],
      [1, 1],
      [3, 1],
      [9, 10],
      [11, 10],
      [48, 50],
      [100, 100],
    ] as const) {
      const bucket = START;
      const cells = [...served(v1, bucket, 100 - candidate, 0), ...served(v2, bucket, candidate, 0)];
      expect([candidate, judge(cells, 1).stage]).toEqual([candidate, expected]);
    }
    expect(DEFAULT_STAGES).toContain(10);
  });

  test('does not flap with noise, and keeps its time', () => {
    const previous = { ...initialState(rollout), stage: 10, stageSince: START_MS };
    const cells = [...served(v1, START, 94, 0), ...served(v2, START, 6, 0)];
    expect(judge(cells, 1, previous)).toMatchObject({ stage: 10, stageSince: START_MS });
  });

  test('falls when the candidate leaves, and counts from then', () => {
    const previous = { ...initialState(rollout), stage: 25, stageSince: START_MS };
    const judged = judge([...served(v1, START, 200, 0)], 6, previous);
    expect(judged).toMatchObject({ stage: 0, stageSince: START_MS + 60_000, candidateShare: 0 });
  });
});

describe('states', () => {
  test('a rollout that has ended is not changed by a judgement or another ending', () => {
    const ended = endState(initialState(rollout), 'abandoned', 'The candidate left.', START_MS + 1);
    expect(ended).toMatchObject({ status: 'abandoned', revision: 2 });
    expect(endState(ended, 'promoted', 'no', START_MS + 2)).toBe(ended);
    expect(judge(story(12, 1), 12, ended).state).toBe(ended);
  });

  test('an unchanged judgement is no new revision', () => {
    const first = judge([], 1);
    expect(judge([], 2, first.state).state).toBe(first.state);
  });
});

test('evidence of old traffic waits for fresh traffic, and then counts in full', () => {
  const judged = judge(story(12, 1), 12);
  expect(judged.gate.verdict).toBe('rollback');
  const { evaluations } = judged;
  const question = { policy, evaluations, strata: [], stage: 10, stageSince: 0, candidateShare: 0.1, latched: null };
  const hour = 3_600_000;
  const late = decideGate({ ...question, lastTrafficAt: START_MS, now: START_MS + hour });
  expect(late).toMatchObject({ verdict: 'insufficient_data', reasons: ['No traffic has been seen for 60 minutes.'] });
  expect(decideGate({ ...question, lastTrafficAt: START_MS + hour, now: START_MS + hour }).verdict).toBe('rollback');
});

test('a metric without a required one may promote when nothing is required', () => {
  const judged = judge(story(120, 0), 120);
  const evaluations = judged.evaluations.filter(({ metric }) => metric === 'compliance');
  const question = {
    policy: { ...policy, soakSeconds: 0 },
    strata: [],
    stage: 10,
    stageSince: 0,
    candidateShare: 0.1,
    lastTrafficAt: START_MS,
    latched: null,
    now: START_MS,
  };
  const asOutcome = evaluations.map((evaluation) => ({ ...evaluation, metric: 'task_success' }));
  expect(decideGate({ ...question, evaluations: asOutcome }).verdict).toBe('insufficient_data');
  expect(decideGate({ ...question, evaluations: asOutcome, requiredForPromotion: [] }).verdict).toBe('promote');
});
