import { defineConfig } from 'vitest/config';

/**
 * One worker: the embedded engine binds one data directory a process, and the machines have two cores. Every engine
 * test file runs in a process of its own (`forks`), so that none inherits another's engine.
 */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', './test/support/summary-reporter.ts'],
  },
});
