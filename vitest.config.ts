import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.ts';

/**
 * Test files run one after the other in three processes (`forks`: the embedded engine binds one data directory a process),
 * three on two cores because the long ones mostly wait: for buckets to fill, watermarks to pass, services to start. Files
 * share what a process has imported, which is a third of the work; after each file everything it started is stopped.
 */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    isolate: false,
    setupFiles: ['./test/support/after-each-file.ts'],
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Most of what is polled asks the engine: more often would slow down what is waited for.
    expect: { poll: { timeout: 15_000, interval: 250 } },
    reporters: ['default', './test/support/summary-reporter.ts'],
  },
});
