/** Enough to find what matters in a few kilobytes, and less than the watchdog takes for a hang. */
const MAX_TRIES = 2_000;
const MAX_MS = 10_000;

/**
 * Takes pieces out of a failing input for as long as it fails, the largest first (after Zeller's ddmin).
 * @param now milliseconds on a clock that only goes forward
 */
export function minimise(input: Buffer, fails: (candidate: Buffer) => boolean, now: () => number): Buffer {
  const until = now() + MAX_MS;
  let smallest = input;
  let tries = 0;
  const isOver = () => tries >= MAX_TRIES || now() >= until;
  for (let piece = smallest.length >> 1; piece >= 1 && !isOver(); piece >>= 1) {
    for (let at = 0; at < smallest.length && !isOver(); tries += 1) {
      const candidate = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + piece)]);
      if (fails(candidate)) smallest = candidate;
      else at += piece;
    }
  }
  return smallest;
}
