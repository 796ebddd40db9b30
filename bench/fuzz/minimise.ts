/** Enough to find what matters in a few kilobytes. */
const MAX_TRIES = 2_000;

/** Takes pieces out of a failing input for as long as it fails, the largest first (after Zeller's ddmin). */
export function minimise(input: Buffer, fails: (candidate: Buffer) => boolean): Buffer {
  let smallest = input;
  let tries = 0;
  for (let piece = smallest.length >> 1; piece >= 1 && tries < MAX_TRIES; piece >>= 1) {
    for (let at = 0; at < smallest.length && tries < MAX_TRIES; tries += 1) {
      const candidate = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + piece)]);
      if (fails(candidate)) smallest = candidate;
      else at += piece;
    }
  }
  return smallest;
}
