import type { Steps } from '../steps.js';

/** How long requests are read at a stretch before everything else has its turn, milliseconds. */
export const SLICE_MS = 10;

/** Works of this thread, which is one: the transports share it. Each does a step, and tells whether that was the last. */
const waiting: (() => boolean)[] = [];
let isTaken = false;

/**
 * Does synchronous work on this thread, first come, first served, and lets everything else on the thread (writing, loading,
 * answers, timers, the page) have a turn after each {@link SLICE_MS}. Without it, hundreds of requests that came at once
 * are read in one go: seconds in which nothing is loaded, and nobody is told to come back later. One work is over before
 * the next begins.
 * @throws what the work throws
 */
export function inSlices<Result>(work: Steps<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    waiting.push(() => {
      try {
        const step = work.next();
        if (step.done) resolve(step.value);
        return step.done === true;
      } catch (error) {
        reject(error);
        return true;
      }
    });
    if (!isTaken) runSlice();
  });
}

function runSlice(): void {
  isTaken = true;
  const end = performance.now() + SLICE_MS;
  do if (waiting[0]?.()) waiting.shift();
  while (waiting.length > 0 && performance.now() < end);
  setImmediate(() => {
    if (waiting.length > 0) runSlice();
    else isTaken = false;
  });
}
