import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_BASELINE_PER_CANDIDATE, MAX_BLOCK_UNITS, partsOf } from '../../../detectors/behaviour/block.js';
import { contrastOf } from '../../../detectors/behaviour/contrast.js';
import { evidenceFor } from '../../../detectors/behaviour/evidence.js';
import {
  type BehaviourBlock,
  BehaviourTest,
  exampleOutputs,
  movedFeatures,
} from '../../../detectors/behaviour/index.js';
import { FEATURES, fingerprintOf } from '../../../detectors/fingerprint/index.js';
import { FEW_FEATURES, outputsFrom } from './synthetic.js';

function testOver(blocks: readonly BehaviourBlock[], alpha = 0.05): BehaviourTest {
  const behaviour = new BehaviourTest({ alpha, seed: 7, features: FEW_FEATURES });
  for (const block of blocks) behaviour.add(block);
  return behaviour;
}

function blocksOf(count: number, baseline: number, candidate: number, shift: number, seed = 1): BehaviourBlock[] {
  const make = outputsFrom(seed);
  return Array.from({ length: count }, () => ({ baseline: make(baseline), candidate: make(candidate, shift) }));
}

const swapped = (blocks: readonly BehaviourBlock[]) =>
  blocks.map(({ baseline, candidate }) => ({ baseline: candidate, candidate: baseline }));

function bayesFactor(blocks: readonly BehaviourBlock[]): number {
  const contrast = contrastOf(blocks, FEW_FEATURES.length);
  return evidenceFor(contrast, FEW_FEATURES).logBayesFactor(contrast.sum);
}

describe('the behaviour test', () => {
  test('finds a change, and keeps having found it', () => {
    const behaviour = testOver(blocksOf(10, 10, 10, 1));
    expect(behaviour.changed).toBe(true);
    expect(behaviour.maxLogE).toBeGreaterThanOrEqual(Math.log(20));
    for (const block of blocksOf(30, 5, 5, 0, 2)) behaviour.add(block);
    expect(behaviour.changed).toBe(true);
  });

  test('finds a change with one candidate to thirty baselines', () => {
    expect(testOver(blocksOf(120, 30, 1, 1)).changed).toBe(true);
  });

  test('finds a small change in pairs that vary much between requests', () => {
    const make = outputsFrom(8);
    const pairs = Array.from({ length: 150 }, () => {
      const [request] = make(1);
      const answer = (id: string, shift: number) => {
        const [own] = make(1);
        const fingerprint = FEW_FEATURES.map((_, index) => {
          const shared = request?.fingerprint[index] ?? 0;
          return index % 3 === 2 ? shared : shared + 0.1 * (own?.fingerprint[index] ?? 0) + shift;
        });
        return { id, fingerprint };
      };
      return { baseline: [answer('b', 0)], candidate: [answer('c', 0.1)] };
    });
    expect(testOver(pairs).changed).toBe(true);
    const unpaired = { baseline: pairs.flatMap((p) => p.baseline), candidate: pairs.flatMap((p) => p.candidate) };
    expect(testOver([unpaired]).changed).toBe(false);
  });

  test('evidence of bets grows beyond the threshold while the change lasts', () => {
    const early = testOver(blocksOf(10, 10, 10, 1));
    const late = testOver(blocksOf(40, 10, 10, 1));
    expect(late.logE).toBeGreaterThan(early.logE + 10);
  });

  test('gives the same answer for the same blocks and seed', () => {
    const blocks = blocksOf(12, 6, 4, 0.5);
    expect(testOver(blocks).logE).toBe(testOver(blocks).logE);
  });

  test('swapping the arms leaves the evidence as it is', () => {
    const blocks = blocksOf(8, 4, 3, 0.6);
    expect(bayesFactor(swapped(blocks))).toBeCloseTo(bayesFactor(blocks), 8);
    expect(testOver(swapped(blocks)).logE).toBeCloseTo(testOver(blocks).logE, 8);
    const [move] = movedFeatures(contrastOf(blocks, FEW_FEATURES.length), blocks, FEW_FEATURES);
    const [opposite] = movedFeatures(contrastOf(swapped(blocks), FEW_FEATURES.length), swapped(blocks), FEW_FEATURES);
    expect(opposite?.superiority).toBeCloseTo(1 - (move?.superiority ?? 0), 10);
  });

  test('the order of outputs within a block does not matter to the evidence', () => {
    const blocks = blocksOf(8, 5, 4, 0.6);
    const turned = blocks.map(({ baseline, candidate }) => ({
      baseline: [...baseline].reverse(),
      candidate: [...candidate].reverse(),
    }));
    expect(bayesFactor(turned)).toBeCloseTo(bayesFactor(blocks), 8);
    expect(testOver(turned).logE).toBeCloseTo(testOver(blocks).logE, 8);
  });

  test('a block without one of the arms changes nothing', () => {
    const blocks = blocksOf(8, 5, 4, 0.6);
    const make = outputsFrom(2);
    const oneArmed = [
      { baseline: make(9), candidate: [] },
      { baseline: [], candidate: make(9, 5) },
      { baseline: [], candidate: [] },
    ];
    const mixed = blocks.flatMap((block, index) => [oneArmed[index % 3] ?? block, block]);
    expect(testOver(mixed).logE).toBe(testOver(blocks).logE);
    expect(testOver([]).changed).toBe(false);
  });

  test('outputs that are all alike are no evidence', () => {
    const same = Array.from({ length: 20 }, (_, index) => ({ id: String(index), fingerprint: fingerprintOf('Yes.') }));
    const behaviour = new BehaviourTest({ alpha: 0.05, seed: 1 });
    for (let block = 0; block < 6; block++) behaviour.add({ baseline: same.slice(0, 10), candidate: same.slice(10) });
    expect(behaviour.changed).toBe(false);
    expect(movedFeatures(behaviour.contrast(), behaviour.blocks, behaviour.features)).toEqual([]);
  });

  test('refuses what is no fingerprint, by name', () => {
    const behaviour = testOver([]);
    const good = { id: 'good', fingerprint: FEW_FEATURES.map(() => 1) };
    const add = (fingerprint: number[]) => () =>
      behaviour.add({ baseline: [good], candidate: [{ id: 'answer-9', fingerprint }] });
    expect(add(FEW_FEATURES.map((_, index) => (index === 3 ? Number.NaN : 0)))).toThrow(
      'feature 3 of answer-9 is not a finite number',
    );
    expect(add([1, 2])).toThrow('fingerprint of answer-9 has 2 features, expected 8');
    expect(() => new BehaviourTest({ alpha: 0, seed: 1 })).toThrow('alpha must lie between 0 and 1');
    expect(() => new BehaviourTest({ alpha: 0.01, seed: 0.5 })).toThrow('seed must be a whole number');
    expect(behaviour.outputsPerSide).toBe(0);
  });
});

describe('parts of a block', () => {
  test('are small and not too unequal, and use each output at most once', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.nat(400), (baselines, candidates) => {
        const make = outputsFrom(1);
        const block = { baseline: make(baselines), candidate: make(candidates) };
        const parts = partsOf(block);
        const used = parts.flatMap((part) => [...part.baseline, ...part.candidate].map(({ id }) => id));
        expect(new Set(used).size).toBe(used.length);
        for (const part of parts) {
          const [fewer, more] = [part.baseline.length, part.candidate.length].sort((a, b) => a - b);
          expect(fewer).toBeGreaterThan(0);
          expect(more).toBeLessThanOrEqual(MAX_BASELINE_PER_CANDIDATE * (fewer ?? 0) + MAX_BASELINE_PER_CANDIDATE);
          expect(part.baseline.length + part.candidate.length).toBeLessThanOrEqual(MAX_BLOCK_UNITS + 12);
        }
        if (baselines > 0 && candidates > 0) {
          const kept = Math.min(candidates, MAX_BASELINE_PER_CANDIDATE * baselines);
          expect(parts.flatMap(({ candidate }) => candidate)).toHaveLength(kept);
        } else expect(parts).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what moved', () => {
  const make = (text: (index: number) => string, arm: string) =>
    Array.from({ length: 60 }, (_, index) => ({ id: `${arm}${index}`, fingerprint: fingerprintOf(text(index)) }));
  const sentence = (index: number) => `Apples number ${index} are ${'quite '.repeat(index % 7)}good to eat.`;
  const block = {
    baseline: make((index) => sentence(index), 'b'),
    candidate: make((index) => `Great question! ${sentence(index)} ${sentence(index + 3)}`, 'c'),
  };
  const contrast = contrastOf([block], FEATURES.length);

  test('is named with its size, an interval around it and the means of both sides', () => {
    const moves = movedFeatures(contrast, [block], FEATURES);
    const flattery = moves.find(({ feature }) => feature.name === 'flatteryOpening');
    expect(flattery).toMatchObject({ superiority: expect.closeTo(1, 6), baselineMean: 0, candidateMean: 1 });
    const words = moves.find(({ feature }) => feature.name === 'words');
    expect(words?.candidateMean).toBeGreaterThan(2 * (words?.baselineMean ?? 0));
    expect(words?.interval.lower).toBeGreaterThan(0.5);
    for (const { superiority, interval } of moves) {
      expect(interval.lower).toBeLessThanOrEqual(superiority);
      expect(interval.upper).toBeGreaterThanOrEqual(superiority);
    }
  });

  test('superiority is the share of pairs in which the candidate has more', () => {
    const moves = movedFeatures(contrast, [block], FEATURES);
    for (const { feature, superiority } of moves) {
      const index = FEATURES.indexOf(feature);
      let more = 0;
      for (const { fingerprint: candidate } of block.candidate) {
        for (const { fingerprint: baseline } of block.baseline) {
          more += (Math.sign((candidate[index] ?? 0) - (baseline[index] ?? 0)) + 1) / 2;
        }
      }
      expect(superiority).toBeCloseTo(more / 3600, 10);
    }
  });

  test('comes with examples of both sides', () => {
    const examples = exampleOutputs(contrast, [block], 4);
    expect(examples.baseline).toHaveLength(4);
    expect(examples.candidate).toHaveLength(4);
    expect(examples.baseline.every((id) => id.startsWith('b'))).toBe(true);
    expect(examples.candidate.every((id) => id.startsWith('c'))).toBe(true);
    expect(new Set([...examples.baseline, ...examples.candidate]).size).toBe(8);
  });
});
