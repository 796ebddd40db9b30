import { describe, expect, it } from 'vitest';
import { Patience } from '../../src/evaluation/patience.js';

const START = 1_795_000_000_000;
/** More than enough for rows to be looked for after they were loaded. */
const LONGEST_WAIT_MS = 32_000;

/** Closes as often as it may in this time, with something new every second; @returns when, in seconds. */
function closes(patience: Patience, seconds: number, from = START): number[] {
  const times: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const now = from + second * 1000;
    if (patience.isWaiting('bucket', now)) continue;
    patience.closed('bucket', now);
    times.push(second);
  }
  return times;
}

describe('a bucket for which rows trickle in', () => {
  it('is closed at once, again at once, and then less and less often', () => {
    const times = closes(new Patience(), 300);
    expect(times.slice(0, 3)).toEqual([0, 1, 2]);
    expect(times.length).toBeLessThan(18);
  });

  it('never waits longer than rows are looked for', () => {
    const times = closes(new Patience(), 600);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps) * 1000).toBeLessThanOrEqual(LONGEST_WAIT_MS);
    expect(gaps.at(-1)).toBe(LONGEST_WAIT_MS / 1000);
  });

  it('begins anew after a long quiet, and does not make others wait', () => {
    const patience = new Patience();
    closes(patience, 100);
    expect(patience.isWaiting('bucket', START + 100_000)).toBe(true);
    expect(patience.isWaiting('other', START + 100_000)).toBe(false);
    const later = START + 3_600_000;
    expect(closes(patience, 3, later)).toEqual([0, 1, 2]);
  });

  it('is closed together with others that wait as long', () => {
    const patience = new Patience();
    for (const [key, offset] of [
      ['a', 0],
      ['b', 700],
    ] as const)
      for (let times = 0; times < 5; times++) patience.closed(key, START + offset);
    const over = (key: string) => {
      let now = START + 1000;
      while (patience.isWaiting(key, now)) now += 100;
      return now;
    };
    expect(over('a')).toBe(over('b'));
  });
});
