import { describe, expect, it } from 'vitest';
import { inSlices, SLICE_MS } from '../../../collectors/otlp/slices.js';

function keepBusy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('work in slices', () => {
  it('is done at once where nothing waits, and gives what it gives', async () => {
    let isDone = false;
    const done = inSlices(() => {
      isDone = true;
      return 42;
    });
    expect(isDone).toBe(true);
    expect(await done).toBe(42);
  });

  it('leaves the thread to others in between, and keeps its order', async () => {
    let turn = 0;
    let counting = setImmediate(function count() {
      turn++;
      counting = setImmediate(count);
    });
    const done: { name: string; turn: number }[] = [];
    const works = ['first', 'second', 'third'].map((name) =>
      inSlices(() => {
        keepBusy(SLICE_MS + 1);
        done.push({ name, turn });
      }),
    );
    await Promise.all(works);
    clearImmediate(counting);
    expect(done.map(({ name }) => name)).toEqual(['first', 'second', 'third']);
    expect(new Set(done.map((work) => work.turn)).size).toBe(3);
  });

  it('is done together when there is little of each', async () => {
    let done = 0;
    const works = Array.from({ length: 1_000 }, () => inSlices(() => done++));
    await Promise.all(works);
    expect(done).toBe(1_000);
  });

  it('that fails does so alone', async () => {
    const failed = inSlices(() => {
      throw new Error('of this one');
    });
    const next = inSlices(() => 'of the next');
    await expect(failed).rejects.toThrow('of this one');
    expect(await next).toBe('of the next');
  });
});
