import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LABEL_RATE_ALPHA, labelRates } from '../../detectors/label-rate.js';
import type { Block } from '../../src/model/index.js';
import { uniform } from '../support/uniform.js';

const arm = (n: number, unlabelled: number) => ({ n, failures: unlabelled, scoreSum: n - unlabelled });

function blocks(count: number, baseline: [number, number], candidate: [number, number]): Block[] {
  return Array.from({ length: count }, (_, index) => ({
    bucket: index * 10,
    stratum: '0-4k',
    baseline: arm(...baseline),
    candidate: arm(...candidate),
  }));
}

describe('label rates', () => {
  it('are told for both arms, without a warning while they agree', () => {
    const rates = labelRates(blocks(200, [90, 45], [10, 5]));
    expect(rates.baseline).toEqual({ generations: 18_000, labelled: 9_000, rate: 0.5 });
    expect(rates.candidate).toEqual({ generations: 2_000, labelled: 1_000, rate: 0.5 });
    expect(rates.warning).toBeNull();
  });

  it.each<[string, [number, number]]>([
    ['less', [10, 9]],
    ['more', [10, 1]],
  ])('warn when the candidate is labelled %s often', (_direction, candidate) => {
    const { warning } = labelRates(blocks(30, [90, 45], candidate));
    expect(warning).toMatch(/^task_success: outcomes are reported for (10|90)\.0 % .* and 50\.0 % \(1350 of 2700\)/);
  });

  it('do not take a shared delay of labels for a difference', () => {
    const fresh = [...blocks(50, [90, 45], [10, 5]), ...blocks(50, [90, 90], [40, 40])].map((block, index) => ({
      ...block,
      bucket: index * 10,
    }));
    expect(labelRates(fresh).warning).toBeNull();
  });

  it('say nothing where nobody reports outcomes, and nothing without traffic', () => {
    expect(labelRates(blocks(100, [90, 90], [10, 10])).warning).toBeNull();
    expect(labelRates([])).toMatchObject({ baseline: { generations: 0, rate: null }, warning: null });
  });

  it('do not warn of a difference too small to matter, however sure', () => {
    expect(labelRates(blocks(2000, [500, 250], [500, 260])).warning).toBeNull();
  });

  it('warn of arms that are labelled alike no more often than they promise', () => {
    const random = uniform(7);
    const draw = (n: number, rate: number) => Array.from({ length: n }, () => random() < rate).filter(Boolean).length;
    const runs = 300;
    const warned = Array.from({ length: runs }, (_, run) => {
      const rate = 0.1 + 0.8 * (run / runs);
      return labelRates(
        Array.from({ length: 60 }, (_block, index) => ({
          bucket: index * 10,
          stratum: '0-4k',
          baseline: arm(18, draw(18, rate)),
          candidate: arm(6, draw(6, rate)),
        })),
      ).warning;
    }).filter((warning) => warning !== null).length;
    // Far beyond what chance allows: P(more than 6 of 300 at 0.005) < 0.001.
    expect(warned).toBeLessThanOrEqual(6);
    expect(LABEL_RATE_ALPHA).toBeLessThanOrEqual(0.005);
  });

  it('add up whatever the blocks', () => {
    const counts = fc
      .integer({ min: 0, max: 40 })
      .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n })));
    fc.assert(
      fc.property(fc.array(fc.tuple(counts, counts), { maxLength: 8 }), (pairs) => {
        const rates = labelRates(
          pairs.map(([baseline, candidate], index) => ({
            bucket: index * 10,
            stratum: 's',
            baseline: arm(...baseline),
            candidate: arm(...candidate),
          })),
        );
        expect(rates.candidate.generations).toBe(pairs.reduce((sum, [, [n]]) => sum + n, 0));
        expect(rates.candidate.labelled).toBe(pairs.reduce((sum, [, [n, unlabelled]]) => sum + n - unlabelled, 0));
      }),
      { numRuns: 40 },
    );
  });
});
