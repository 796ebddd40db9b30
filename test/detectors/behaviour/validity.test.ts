import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contrastOf } from '../../../detectors/behaviour/contrast.js';
import { BehaviourTest } from '../../../detectors/behaviour/index.js';
import { labelLogE } from '../../../detectors/behaviour/label-bet.js';
import { LabelBets } from '../../../detectors/behaviour/label-bets.js';
import { LabelTournament } from '../../../detectors/behaviour/label-tournament.js';
import { lookAt, spentBy } from '../../../detectors/behaviour/look-schedule.js';
import { permutedSums } from '../../../detectors/behaviour/permuted-labels.js';
import { uniform } from '../../support/uniform.js';
import { FEW_FEATURES, labellingsOf, outputsFrom } from './synthetic.js';

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a bet on labels', () => {
  test('has mean 1 over all labellings of a block, whatever the scores', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: 2, maxLength: 9 }),
        fc.nat(),
        (scores, pick) => {
          const candidates = 1 + (pick % (scores.length - 1));
          const outputs = scores.map((score, index) => ({ id: String(index), fingerprint: [score] }));
          const gains = labellingsOf(outputs, candidates).map(({ baseline, candidate }) => {
            const ordered = [...baseline, ...candidate].map(({ fingerprint }) => fingerprint[0] ?? 0);
            return Math.exp(labelLogE(Float64Array.from(ordered), candidates));
          });
          expect(meanOf(gains)).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  test('equals the conditional logistic likelihood of a pair', () => {
    expect(labelLogE(Float64Array.of(0.3, 1.1), 1)).toBeCloseTo(
      Math.log((2 * Math.exp(1.1)) / (Math.exp(0.3) + Math.exp(1.1))),
      12,
    );
    expect(labelLogE(Float64Array.of(1, 2, 3), 0)).toBe(0);
    expect(labelLogE(Float64Array.of(1, 2, 3), 3)).toBe(0);
  });
});

describe('label bets', () => {
  test('have wealth of mean 1 over all labellings of the next block, after any past', () => {
    const make = outputsFrom(3);
    const past = { baseline: make(12), candidate: make(12, 1) };
    const gains = labellingsOf(make(8), 3).map((block) => {
      const bets = new LabelBets();
      bets.learn(contrastOf([past], FEW_FEATURES.length));
      bets.bet(block);
      return Math.exp(bets.logE);
    });
    expect(new Set(gains).size).toBeGreaterThan(20);
    expect(meanOf(gains)).toBeCloseTo(1, 9);
  });
});

describe('a tournament of labellings', () => {
  test('strikes out at most its level of them, whichever is the true one', () => {
    const level = 0.1;
    const { labellings } = new LabelTournament(level);
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), fc.boolean(), (seed, looks, tied) => {
        const next = uniform(seed);
        const evidence = Array.from({ length: looks }, () =>
          Float64Array.from({ length: labellings }, () => (tied ? Math.floor(4 * next()) : next())),
        );
        const decided = Array.from({ length: labellings }, (_, truth) => {
          const tournament = new LabelTournament(level);
          evidence.forEach((row, look) => {
            const rotated = Float64Array.from(row, (_value, index) => row[(index + truth) % labellings] ?? 0);
            tournament.look(look, rotated);
          });
          return tournament.decided;
        });
        expect(decided.filter(Boolean).length / labellings).toBeLessThanOrEqual(level);
      }),
      { numRuns: 20 },
    );
  });

  test('spends no more than its level over any number of looks, and less at each late one', () => {
    expect(spentBy(0)).toBeCloseTo(0.05);
    expect(spentBy(60)).toBeLessThanOrEqual(1);
    for (let look = 1; look < 30; look++) {
      expect(spentBy(look)).toBeGreaterThan(spentBy(look - 1));
      expect(lookAt(look)).toBe(2 * lookAt(look - 1));
    }
  });

  test('fake labellings choose as many candidates in each block, all subsets alike', () => {
    const make = outputsFrom(4);
    const blocks = [
      { baseline: make(3), candidate: make(1) },
      { baseline: make(1), candidate: make(2) },
    ];
    // Rows that tell which output was chosen: powers of ten. Not centred, so block 2 is summed with the sign of its baseline.
    const rows = Float64Array.from([1, 10, 100, 1000, 1e4, 1e5, 1e6]);
    const counts = new Map<number, number>();
    for (const sum of permutedSums(blocks, rows, 1, 12_000, 9)) counts.set(sum, (counts.get(sum) ?? 0) + 1);
    expect(counts.size).toBe(4 * 3);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test('fake labellings of a block stay the same as blocks are added', () => {
    const make = outputsFrom(5);
    const first = { baseline: make(6), candidate: make(6) };
    const second = { baseline: make(6), candidate: make(6) };
    const rows = (blocks: number) => Float64Array.from({ length: 12 * blocks }, (_, index) => (index < 12 ? index : 0));
    expect(permutedSums([first, second], rows(2), 1, 50, 1)).toEqual(permutedSums([first], rows(1), 1, 50, 1));
    expect(permutedSums([first], rows(1), 1, 50, 1)).not.toEqual(permutedSums([first], rows(1), 1, 50, 2));
  });
});

describe('the behaviour test, on arms that do not differ', () => {
  test.each([
    { name: 'equal arms', baseline: 5, candidate: 5, blocks: 20, drift: 0 },
    { name: 'a small canary', baseline: 30, candidate: 1, blocks: 60, drift: 0 },
    { name: 'pairs', baseline: 1, candidate: 1, blocks: 100, drift: 0 },
    { name: 'both drifting from block to block', baseline: 4, candidate: 4, blocks: 25, drift: 0.2 },
  ])('alarms no more often than its level at any look: $name', ({ baseline, candidate, blocks, drift }) => {
    const alpha = 0.1;
    const runs = 60;
    let alarms = 0;
    for (let run = 0; run < runs; run++) {
      const make = outputsFrom(1000 + run);
      const behaviour = new BehaviourTest({ alpha, seed: run, features: FEW_FEATURES });
      for (let block = 0; block < blocks; block++) {
        behaviour.add({ baseline: make(baseline, 0, drift * block), candidate: make(candidate, 0, drift * block) });
      }
      if (behaviour.changed) alarms++;
    }
    // 60 · 0.1 = 6; P(Binomial(60, 0.1) > 13) = 0.002, and the seeds are fixed. The benches make thousands of runs.
    expect(alarms).toBeLessThanOrEqual(13);
  });
});
