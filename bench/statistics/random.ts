/** Uniform on [0, 1). */
export type Uniform = () => number;

const WARM_UP_STEPS = 12;
const TWO_TO_32 = 2 ** 32;

/** sfc32 (Doty-Humphrey, PractRand): the same numbers on every machine for the same seed, stream and run. */
export function seededUniform(seed: number, stream: string, run: number): Uniform {
  let a = seed | 0;
  let b = hashOf(stream);
  let c = run | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / TWO_TO_32;
  };
  for (let step = 0; step < WARM_UP_STEPS; step++) next();
  return next;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash | 0;
}
