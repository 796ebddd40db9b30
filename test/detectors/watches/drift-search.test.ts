import { describe, expect, it } from 'vitest';
import { type HourlyCounts, referenceLookup } from '../../../detectors/watches/drift-reference.js';
import { type DriftStratum, findDrift } from '../../../detectors/watches/drift-search.js';
import { uniform } from '../../support/uniform.js';

const MONDAY = Date.UTC(2026, 10, 23) / 1000;
const BLOCK_SECONDS = 300;
const LOG_THRESHOLD = Math.log(20 * 30 * 288);

const counts = (n: number, rate: number) => ({ n, failures: Math.round(n * rate) });
/** Every hour of the week with 3,000 units at a rate. */
const week = (rate: (hour: number) => number) =>
  new Map(Array.from({ length: 168 }, (_, hour) => [hour, counts(3000, rate(hour))]));

/** Blocks of a hundred calls from Monday on. */
function blocks(count: number, rate: (index: number) => number, seed = 1): DriftStratum['blocks'] {
  const random = uniform(seed);
  return Array.from({ length: count }, (_, index) => ({
    at: MONDAY + index * BLOCK_SECONDS,
    n: 100,
    failures: Array.from({ length: 100 }, random).filter((value) => value < rate(index)).length,
  }));
}

const search = (strata: readonly DriftStratum[], direction: 'rise' | 'fall' = 'rise') =>
  findDrift({ strata, direction, tolerated: 0.005, blockSeconds: BLOCK_SECONDS, logThreshold: LOG_THRESHOLD });

const expectationAt = (hours: HourlyCounts, timeMs: number, direction: 'rise' | 'fall', tolerated: number) =>
  referenceLookup(hours, direction, tolerated)(timeMs);

describe('what is usual at a time', () => {
  it('is the same hour of the week, else the same hour of the day, else the worst hour that is known', () => {
    const three = week((hour) => (hour === 3 ? 0.3 : 0.1));
    expect(expectationAt(three, (MONDAY + 3 * 3600) * 1000, 'rise', 0)).toMatchObject({
      comparedWith: 'same hour of the week',
      rate: 0.3,
    });
    const tuesday = new Map([...three].filter(([hour]) => hour >= 24 && hour < 48));
    expect(expectationAt(tuesday, (MONDAY + 3 * 3600) * 1000, 'rise', 0)).toMatchObject({
      comparedWith: 'same hour of the day',
      rate: 0.1,
    });
    const night = new Map([...three].filter(([hour]) => hour < 8));
    const noon = expectationAt(night, (MONDAY + 12 * 3600) * 1000, 'rise', 0);
    expect(noon?.comparedWith).toBe('all hours');
    expect(noon?.nullFailureRate).toBeGreaterThan(0.3);
    expect(expectationAt(new Map([[3, counts(5000, 0.1)]]), MONDAY * 1000, 'rise', 0)).toBeNull();
  });

  it('is all hours together where each has little and they are alike', () => {
    const little = (rate: (hour: number) => number) =>
      new Map(Array.from({ length: 48 }, (_, hour) => [hour, counts(220, rate(hour))]));
    const alike = expectationAt(
      little(() => 0.05),
      MONDAY * 1000,
      'rise',
      0,
    );
    expect(alike).toMatchObject({ comparedWith: 'all hours' });
    expect(alike?.nullFailureRate).toBeLessThan(0.056);
    const rhythm = little((hour) => (hour % 24 < 12 ? 0.02 : 0.2));
    expect(expectationAt(rhythm, MONDAY * 1000, 'rise', 0)).toMatchObject({ comparedWith: 'same hour of the week' });
  });
});

describe('silent drift', () => {
  it('is found, with the block it began with and what was usual', () => {
    const found = search([{ hours: week(() => 0.02), blocks: blocks(100, (index) => (index < 60 ? 0.02 : 0.08)) }]);
    expect(found).toMatchObject({ comparedWith: 'same hour of the week', expectedRate: 0.02, referenceUnits: 504_000 });
    expect(Math.abs((found?.since ?? 0) - (MONDAY + 60 * BLOCK_SECONDS))).toBeLessThanOrEqual(4 * BLOCK_SECONDS);
    expect(found?.logE).toBeGreaterThan(LOG_THRESHOLD);
  });

  it('is looked for both ways where a fall is news, too', () => {
    const fallen = [{ hours: week(() => 0.1), blocks: blocks(100, (index) => (index < 60 ? 0.1 : 0.01)) }];
    expect(search(fallen, 'fall')).not.toBeNull();
    expect(search(fallen, 'rise')).toBeNull();
  });

  it('is not a rhythm that the reference knows, nor an outage that is over', () => {
    const daily = (hour: number) => 0.02 + (hour % 24 >= 12 ? 0.1 : 0);
    const rhythm = blocks(280, (index) => daily(Math.floor((index * BLOCK_SECONDS) / 3600)));
    expect(search([{ hours: week(daily), blocks: rhythm }])).toBeNull();
    const outage = blocks(100, (index) => (index >= 60 && index < 63 ? 0.9 : 0.02));
    expect(search([{ hours: week(() => 0.02), blocks: outage }])).toBeNull();
    const short = blocks(100, (index) => (index >= 97 ? 0.5 : 0.02));
    expect(search([{ hours: week(() => 0.02), blocks: short }])).toBeNull();
  });

  it('is not a shift of the mix between strata', () => {
    const many = blocks(100, () => 0.3).map((block, index) => (index < 60 ? { ...block, n: 0, failures: 0 } : block));
    expect(
      search([
        { hours: week(() => 0.02), blocks: blocks(100, () => 0.02, 2) },
        { hours: week(() => 0.3), blocks: many },
      ]),
    ).toBeNull();
  });

  it('alarms in a healthy stream no more often than its budget says', () => {
    const alarms = Array.from({ length: 60 }, (_, seed) =>
      findDrift({
        strata: [{ hours: week(() => 0.03), blocks: blocks(50, () => 0.03, seed + 10) }],
        ...{ direction: 'rise', tolerated: 0, blockSeconds: BLOCK_SECONDS, logThreshold: Math.log(500) },
      }),
    );
    // 60 windows of 50 blocks with an average run length of 500 blocks or more: at most 6 are expected.
    expect(alarms.filter((alarm) => alarm !== null).length).toBeLessThanOrEqual(6);
  });
});
