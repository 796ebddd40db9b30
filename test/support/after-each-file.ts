import { afterAll, vi } from 'vitest';
import { runCleanUps } from './cleanup.js';

/** A setup file: its hook is registered before those of the test file, and so runs after them. */
afterAll(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await runCleanUps();
});
