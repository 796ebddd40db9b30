// `npm test`: install and build if needed, then every check and every test. Arguments go to the test runner.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { build, installClients, installDependencies, root } from './prepare.mjs';

installDependencies();
build();
const filters = process.argv.slice(2);
if (filters.length === 0 || filters.some((filter) => filter.includes('clients'))) installClients();
if (filters.length === 0) {
  const check = spawnSync('npm', ['run', '-s', 'check'], { cwd: root, stdio: 'inherit' });
  if (check.status !== 0) process.exit(check.status ?? 1);
}

const memory = directoryInMemory();
const tests = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...filters], {
  cwd: root,
  stdio: 'inherit',
  env: memory === null ? process.env : { ...process.env, TMPDIR: memory },
});
if (memory !== null) rmSync(memory, { recursive: true, force: true });
process.exit(tests.status ?? 1);

/** The engine writes and deletes files by the ten thousand, which costs a disk more than the tests themselves. */
function directoryInMemory() {
  const shared = '/dev/shm';
  const enoughBytes = 8 * 1024 ** 3;
  try {
    const { bavail, bsize } = statfsSync(shared);
    return bavail * bsize < enoughBytes ? null : mkdtempSync(`${shared}/leeway-test-`);
  } catch {
    return null; // Not Linux, or not allowed.
  }
}
