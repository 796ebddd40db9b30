import { describe, expect, it } from 'vitest';
import { inSlices, SLICE_MS } from '../../../collectors/otlp/slices.js';
import type { Steps } from '../../../collectors/steps.js';

function keepBusy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** One step each; gives what the last one gives. */
function* inTurn<Result>(...steps: readonly [() => Result, ...(() => Result)[]]): Steps<Result> {
  const [first, ...others] = steps;
  let result = first();
  for (const step of others) {
    yield;
    result = step();
  }
  return result;
}

/** How many turns of the event loop there have been, until it is stopped. */
function countTurns() {
  let turns = 0;
  let counting = setImmediate(function count() {
    turns++;
    counting = setImmediate(count);
  });
  return { turns: () => turns, stop: () => clearImmediate(counting) };
}

describe('work in slices', () => {
  it('is done at once where nothing waits, and gives what it gives', async () => {
    let isDone = false;
    const done = inSlices(
      inTurn(
        () => 0,
        () => {
          isDone = true;
          return 42;
        },
      ),
    );
    expect(isDone).toBe(true);
    expect(await done).toBe(42);
  });

  it('leaves the thread to others in between, and keeps its order', async () => {
    const loop = countTurns();
    const done: { name: string; turn: number }[] = [];
    const works = ['first', 'second', 'third'].map((name) => {
      const step = () => {
        keepBusy(SLICE_MS + 1);
        done.push({ name, turn: loop.turns() });
      };
      return inSlices(inTurn(step, step));
    });
    await Promise.all(works);
    loop.stop();
    expect(done.map(({ name }) => name)).toEqual(['first', 'first', 'second', 'second', 'third', 'third']);
    expect(new Set(done.map(({ turn }) => turn)).size).toBe(6);
  });

  it('is done together when there is little of each', async () => {
    let done = 0;
    const works = Array.from({ length: 1_000 }, () => inSlices(inTurn(() => done++)));
    await Promise.all(works);
    expect(done).toBe(1_000);
  });

  it('that fails does so alone, at its first step or later', async () => {
    const fail = () => {
      throw new Error('of this one');
    };
    const failed = inSlices(inTurn(fail));
    const failedLater = inSlices(inTurn(() => {}, fail));
    const next = inSlices(inTurn(() => 'of the next'));
    await expect(failed).rejects.toThrow('of this one');
    await expect(failedLater).rejects.toThrow('of this one');
    expect(await next).toBe('of the next');
  });
});
