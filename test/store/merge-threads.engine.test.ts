import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../support/engine.js';

/** Elsewhere threads have no niceness of their own. */
const hasNiceThreads = process.platform === 'linux';

describe.skipIf(!hasNiceThreads)('threads that merge', () => {
  beforeAll(async () => {
    await startEngine();
  });

  it('leave the cores to all others where there is not enough for both', () => {
    const merging = readdirSync('/proc/self/task').filter(
      (thread) => readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim() === 'MergeMutate',
    );
    expect(merging.length).toBeGreaterThan(0);
    for (const thread of merging) expect(getPriority(Number(thread))).toBe(10);
  });
});
