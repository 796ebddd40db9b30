import { defineConfig } from 'vitest/config';

/** Plays against the clock: it has the machine to itself, after everything else. */
const DEMO = 'test/e2e/demo.e2e.test.ts';

/**
 * Every test file runs in a process of its own (`forks`): the embedded engine binds one data directory a process. Two at
 * a time, because the machines have two cores.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', './test/support/summary-reporter.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'leeway', include: ['test/**/*.test.ts'], exclude: [DEMO], sequence: { groupOrder: 0 } },
      },
      { extends: true, test: { name: 'demo', include: [DEMO], sequence: { groupOrder: 1 } } },
    ],
  },
});
