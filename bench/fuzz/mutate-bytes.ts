import type { Uniform } from '../statistics/random.js';

const MAX_FLIPS = 8;

/** Changes bytes without regard to what they mean. */
export function mutateBytes(body: Buffer, uniform: Uniform): Buffer {
  const at = Math.floor(uniform() * body.length);
  const drawn = uniform();
  if (drawn < 0.4) return flip(body, uniform);
  if (drawn < 0.6) return body.subarray(0, at);
  if (drawn < 0.75) return Buffer.concat([body.subarray(0, at), body.subarray(at + 1 + Math.floor(uniform() * 16))]);
  if (drawn < 0.9) {
    const noise = Buffer.from(
      Array.from({ length: 1 + Math.floor(uniform() * 12) }, () => Math.floor(uniform() * 256)),
    );
    return Buffer.concat([body.subarray(0, at), noise, body.subarray(at)]);
  }
  // A length that is not true any more.
  const copy = Buffer.from(body);
  copy[at] = uniform() < 0.5 ? 0xff : 0x80;
  return copy;
}

function flip(body: Buffer, uniform: Uniform): Buffer {
  const copy = Buffer.from(body);
  const flips = 1 + Math.floor(uniform() * MAX_FLIPS);
  for (let count = 0; count < flips && copy.length > 0; count += 1) {
    const at = Math.floor(uniform() * copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(uniform() * 8));
  }
  return copy;
}
