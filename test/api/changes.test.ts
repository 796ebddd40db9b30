import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Change, createChangeFeed } from '../../src/api/changes.js';

/** Time of the tests' own, so that what "together" means does not depend on the machine. */
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function listenTo(clock = { now: () => Date.now() }) {
  const feed = createChangeFeed(clock);
  const heard: Change['topics'][] = [];
  const unsubscribe = feed.subscribe(({ topics }) => heard.push(topics));
  return { feed, heard, unsubscribe };
}

describe('the change feed', () => {
  it('tells a first change at once, and what follows no more than four times a second', () => {
    const { feed, heard } = listenTo();
    feed.publish(['rollouts']);
    vi.advanceTimersByTime(0);
    expect(heard).toEqual([['rollouts']]);
    for (let i = 0; i < 100; i++) {
      feed.publish(i % 2 === 0 ? ['vectors'] : ['actions', 'vectors']);
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(250);
    expect(heard.length).toBeLessThanOrEqual(6);
    expect(heard.at(-1)).toContain('vectors');
    expect(heard[1]).toEqual(['vectors', 'actions']);
  });

  it('goes on when the clock was set back', () => {
    let offset = 0;
    const { feed, heard } = listenTo({ now: () => Date.now() - offset });
    feed.publish(['rollouts']);
    vi.advanceTimersByTime(0);
    offset = 3_600_000;
    feed.publish(['incidents']);
    vi.advanceTimersByTime(250);
    expect(heard).toEqual([['rollouts'], ['incidents']]);
  });

  it('tells nothing when nothing changed, nor after the end', () => {
    const { feed, heard, unsubscribe } = listenTo();
    feed.publish([]);
    vi.advanceTimersByTime(1_000);
    feed.publish(['actions']);
    feed.close();
    vi.advanceTimersByTime(1_000);
    unsubscribe();
    expect(heard).toEqual([]);
  });
});
