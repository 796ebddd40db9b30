import { describe, expect, test } from 'vitest';
import { lengthChange, REFUSAL_POLICY, rateChange } from '../../detectors/index.js';
import type { Block } from '../../src/model/index.js';
import { uniform } from '../support/uniform.js';

const ALPHA = 0.05;
const RUNS = 150;
/** Of 150 runs at 5 %: four standard errors above 7.5. */
const MOST_FALSE_ALARMS = 18;

/** Pairs of one unit each; an event by the given chance, which may depend on time. */
function pairs(count: number, chances: (bucket: number) => readonly [number, number], random: () => number): Block[] {
  return Array.from({ length: count }, (_, index) => {
    const [baseline, candidate] = chances(index + 1);
    const arm = (chance: number) => ({ n: 1, failures: Number(random() < chance), scoreSum: 0 });
    return { bucket: index + 1, stratum: 'all', baseline: arm(baseline), candidate: arm(candidate) };
  });
}

describe('a rate that may move either way', () => {
  test('a fall is found as a fall, with the row, and leaves no evidence of a rise', () => {
    const change = rateChange(
      pairs(400, () => [0.3, 0.05], uniform(1)),
      REFUSAL_POLICY,
      0.01,
    );
    expect(change.down.firedAtBucket).toBeGreaterThan(10);
    expect(change.down.firedAtBucket).toBeLessThan(200);
    expect(change.down.maxLogE).toBeGreaterThan(change.logThreshold);
    expect(change.up.firedAtBucket).toBeNull();
    expect(change.difference.upper).toBeLessThan(0);
  });

  test('a rise is found as a rise', () => {
    const change = rateChange(
      pairs(400, () => [0.05, 0.3], uniform(2)),
      REFUSAL_POLICY,
      0.01,
    );
    expect(change.up.firedAtBucket).toBeGreaterThan(0);
    expect(change.down.firedAtBucket).toBeNull();
    expect(change.difference.lower).toBeGreaterThan(0);
  });

  test('a fall waits until enough events were to be expected', () => {
    const chances = (): readonly [number, number] => [0.3, 0.05];
    const patient = { ...REFUSAL_POLICY, minimumExpectedEvents: 60 };
    const soon = rateChange(pairs(400, chances, uniform(1)), REFUSAL_POLICY, 0.01);
    const late = rateChange(pairs(400, chances, uniform(1)), patient, 0.01);
    expect(late.down.firedAtBucket).toBeGreaterThan(soon.down.firedAtBucket ?? 0);
  });

  test('equal arms are called changed in no more runs than promised, although both rates drift', () => {
    let alarms = 0;
    for (let run = 0; run < RUNS; run++) {
      const drift = (bucket: number): readonly [number, number] => [bucket / 250, bucket / 250];
      const change = rateChange(pairs(200, drift, uniform(run)), REFUSAL_POLICY, ALPHA);
      if (change.up.firedAtBucket !== null || change.down.firedAtBucket !== null) alarms++;
    }
    expect(alarms).toBeLessThan(MOST_FALSE_ALARMS);
  });
});

/** Lengths around 400 characters, with a long tail. */
function lengths(count: number, factor: number, random: () => number): number[] {
  return Array.from({ length: count }, () => Math.round(factor * 400 * Math.exp(random() + random() - 1)));
}

function lengthBlocks(count: number, factor: number, random: () => number) {
  return Array.from({ length: count }, (_, index) => ({
    bucket: index + 1,
    baseline: lengths(1, 1, random),
    candidate: lengths(1, factor, random),
  }));
}

describe('the length of outputs', () => {
  const replay = (factor: number, seed: number, alpha: number) => {
    const random = uniform(seed);
    return lengthChange(lengths(50, 1, random), lengthBlocks(300, factor, random), alpha);
  };

  test('half as long is found as shorter, twice as long as longer', () => {
    const shorter = replay(0.5, 1, 0.01);
    expect(shorter?.down.firedAtBucket).toBeGreaterThan(9);
    expect(shorter?.up.firedAtBucket).toBeNull();
    const longer = replay(2, 1, 0.01);
    expect(longer?.up.firedAtBucket).toBeGreaterThan(9);
    expect(longer?.down.firedAtBucket).toBeNull();
    expect(longer?.candidate.rate).toBeGreaterThan(longer?.baseline.rate ?? 1);
  });

  test.each([0.92, 1, 1.09])('%d times as long is within the tolerance: no more alarms than promised', (factor) => {
    let alarms = 0;
    for (let run = 0; run < RUNS / 3; run++) {
      const change = replay(factor, run + 10, ALPHA);
      if (change?.up.firedAtBucket !== null || change.down.firedAtBucket !== null) alarms++;
    }
    expect(alarms).toBeLessThan(MOST_FALSE_ALARMS / 2);
  });

  test('without a reference there is nothing to compare with', () => {
    expect(lengthChange([], lengthBlocks(10, 1, uniform(1)), ALPHA)).toBeNull();
  });
});
