import { describe, expect, it } from 'vitest';
import { ascentOf, type MinuteShare } from '../../../detectors/watches/stage-history.js';

const LADDER = [0, 1, 10, 50, 100];

/** Shares by the minute, each with a hundred calls. */
function minutes(...stretches: readonly (readonly [count: number, share: number])[]): MinuteShare[] {
  return stretches
    .flatMap(([count, share]) => Array.from({ length: count }, () => share))
    .map((share, index) => ({ at: index * 60, candidate: Math.round(share * 100), all: 100 }));
}

describe('how a candidate came to serve everybody', () => {
  it('is told by how long each stage was held', () => {
    const ascent = ascentOf(minutes([5, 0], [12, 0.01], [11, 0.1], [15, 0.5], [10, 1]), LADDER);
    expect(ascent).toMatchObject({ reachedAt: 43 * 60, tookSeconds: 26 * 60, generations: 1000 });
    expect(ascent?.stages).toEqual([
      { stage: 1, seconds: 12 * 60 },
      { stage: 10, seconds: 11 * 60 },
      { stage: 50, seconds: 15 * 60 },
    ]);
  });

  it('is a jump when no stage was held', () => {
    const ascent = ascentOf(minutes([20, 0], [10, 1]), LADDER);
    expect(ascent?.stages.every(({ seconds }) => seconds === 0)).toBe(true);
    expect(ascent?.tookSeconds).toBe(0);
    expect(ascentOf(minutes([20, 0], [20, 0.01], [10, 1]), LADDER)?.stages[0]?.seconds).toBe(1200);
  });

  it('is nothing before it serves everybody for a while, after it left, or when it always did', () => {
    expect(ascentOf(minutes([20, 0], [10, 0.5]), LADDER)).toBeNull();
    expect(ascentOf(minutes([20, 0], [1, 1]), LADDER)).toBeNull();
    expect(ascentOf(minutes([20, 0], [10, 1], [5, 0]), LADDER)).toBeNull();
    expect(ascentOf(minutes([20, 1]), LADDER)).toBeNull();
  });

  it('puts quiet minutes together', () => {
    const quiet = minutes([60, 0], [60, 1]).map(({ at, candidate }) => ({ at, candidate: candidate / 50, all: 2 }));
    expect(ascentOf(quiet, LADDER)).toMatchObject({ reachedAt: 3600, generations: 120 });
  });
});
