import { afterAll } from 'vitest';

const tasks: (() => unknown)[] = [];

/** Registered when this file is imported, so that it also serves what is started inside a test. Newest first. */
afterAll(async () => {
  for (const task of tasks.splice(0).reverse()) await task();
});

/** Runs after the test file, whatever happened in it. */
export function cleanUp(task: () => unknown): void {
  tasks.push(task);
}
