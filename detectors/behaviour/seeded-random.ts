/** Uniform on [0, 2^32), whole numbers. */
export type RandomWords = () => number;

const WARM_UP_STEPS = 12;

/** sfc32 (Doty-Humphrey, PractRand): 128 bits of state, the same sequence on every machine for the same seeds. */
export function randomWords(seedA: number, seedB: number): RandomWords {
  let a = seedA | 0;
  let b = seedB | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let step = 0; step < WARM_UP_STEPS; step++) next();
  return next;
}

/** Uniform on [0, limit), for limits far below 2^32 (the error is limit / 2^32). */
export function randomBelow(next: RandomWords, limit: number): number {
  return Math.floor((next() / 2 ** 32) * limit);
}
