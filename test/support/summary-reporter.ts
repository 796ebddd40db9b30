import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line that any machine can read: `N passed, N failed, N skipped`. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) {
        const { state } = test.result();
        if (state !== 'pending') counts[state] += 1;
      }
      // A file that could not even be loaded is a failure, though none of its tests ran.
      if (module.state() === 'failed' && tests.every((test) => test.result().state !== 'failed')) counts.failed += 1;
    }
    // After the other reporters have said what they have to say.
    process.on('exit', () => {
      process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
    });
  }
}
