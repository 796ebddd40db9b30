/** How long requests are read at a stretch before everything else has its turn, milliseconds. */
export const SLICE_MS = 10;

/** Of this thread, which is one: the transports share it. */
const waiting: (() => void)[] = [];
let isTaken = false;

/**
 * Does synchronous work on this thread, first come, first served, and lets everything else on the thread (loading,
 * answers, timers, the page) have a turn after each {@link SLICE_MS}. Without it, hundreds of requests that came at once
 * are read in one go: seconds in which nothing is loaded, and nobody is told to come back later.
 * @throws what the work throws
 */
export function inSlices<T>(work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    waiting.push(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    });
    if (!isTaken) runSlice();
  });
}

function runSlice(): void {
  isTaken = true;
  const end = performance.now() + SLICE_MS;
  do waiting.shift()?.();
  while (waiting.length > 0 && performance.now() < end);
  setImmediate(() => {
    if (waiting.length > 0) runSlice();
    else isTaken = false;
  });
}
