import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BehaviourSample, MAX_BEHAVIOUR_PAIRS } from '../../src/cli/backtest/behaviour-sample.js';
import { ARMS, Pairing } from '../../src/cli/backtest/pairing.js';

const sizes = fc.record({ baseline: fc.integer({ min: 1, max: 300 }), candidate: fc.integer({ min: 1, max: 300 }) });

describe('rows side by side', () => {
  test('every row is in exactly one pair, in file order, and the smaller arm has one in each', () => {
    fc.assert(
      fc.property(sizes, (rows) => {
        const pairing = new Pairing(rows);
        for (const arm of ARMS) {
          let next = 0;
          for (let block = 0; block < pairing.blocks; block++) {
            const { from, until } = pairing.rowsOf(arm, block);
            expect(from).toBe(next);
            expect(until).toBeGreaterThan(from);
            for (let row = from; row < until; row++) expect(pairing.blockOf(arm, row)).toBe(block);
            next = until;
          }
          expect(next).toBe(rows[arm]);
        }
      }),
    );
  });

  test('rows without a value leave their partner waiting for the next', () => {
    const pairing = new Pairing({ baseline: 4, candidate: 4 });
    const values = { baseline: ['a', null, 'c', 'd'], candidate: [null, 'B', 'C', null] };
    expect([...pairing.values(values)]).toEqual([
      { bucket: 2, baseline: ['a'], candidate: ['B'] },
      { bucket: 3, baseline: ['c'], candidate: ['C'] },
    ]);
  });

  test('an empty arm gives no pair', () => {
    const pairing = new Pairing({ baseline: 3, candidate: 0 });
    expect([...pairing.values({ baseline: [1, 2, 3], candidate: [] })]).toEqual([]);
  });
});

describe('what the behaviour test looks at', () => {
  test('ends with the last of its pairs, however long the file', () => {
    const rows = { baseline: 100_000, candidate: 50_000 };
    const sample = new BehaviourSample(new Pairing(rows), rows);
    const row = { file: 'f', fileIndex: 0, row: 1, version: null, outcome: null, output: 'text', latency: null };
    expect(sample.take('candidate', MAX_BEHAVIOUR_PAIRS - 1, row)).not.toBeNull();
    expect(sample.take('candidate', MAX_BEHAVIOUR_PAIRS, row)).toBeNull();
    expect(sample.take('baseline', 2 * MAX_BEHAVIOUR_PAIRS, row)).toBeNull();
  });

  test('is at most ten rows of a much larger arm in each pair', () => {
    const rows = { baseline: 1_000, candidate: 10 };
    const sample = new BehaviourSample(new Pairing(rows), rows);
    const row = { file: 'f', fileIndex: 0, row: 1, version: null, outcome: null, output: 'text', latency: null };
    const taken = Array.from({ length: 1_000 }, (_, index) => sample.take('baseline', index, row) !== null);
    for (let block = 0; block < 10; block++) {
      expect(taken.slice(100 * block, 100 * (block + 1)).filter(Boolean)).toHaveLength(10);
    }
  });

  test('is shown shortened, with white space folded', () => {
    const rows = { baseline: 1, candidate: 1 };
    const sample = new BehaviourSample(new Pairing(rows), rows);
    const output = `one\n\n  two ${'x'.repeat(5_000)}`;
    const row = { file: 'f', fileIndex: 0, row: 7, version: null, outcome: null, output, latency: null };
    const taken = sample.take('baseline', 0, row);
    expect(taken).toMatchObject({ row: 7, excerpt: expect.stringMatching(/^one two x+ …$/) });
    expect(taken?.excerpt.length).toBeLessThan(260);
  });
});
