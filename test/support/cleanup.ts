const tasks: (() => unknown)[] = [];

/** Runs after the test file, whatever happened in it. Newest first. */
export function cleanUp(task: () => unknown): void {
  tasks.push(task);
}

/** Runs everything that was registered, also after a part of it has failed: the next file runs in the same process. */
export async function runCleanUps(): Promise<void> {
  const failures: unknown[] = [];
  for (const task of tasks.splice(0).reverse())
    try {
      await task();
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw new AggregateError(failures, 'not everything that a test file started could be ended');
}
