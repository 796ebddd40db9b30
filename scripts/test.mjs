// `npm test`: install and build if needed, then every check and every test. Arguments go to the test runner.
import { spawnSync } from 'node:child_process';
import { build, installClients, installDependencies, root } from './prepare.mjs';

installDependencies();
build();
const filters = process.argv.slice(2);
if (filters.length === 0 || filters.some((filter) => filter.includes('clients'))) installClients();
if (filters.length === 0) {
  const check = spawnSync('npm', ['run', '-s', 'check'], { cwd: root, stdio: 'inherit' });
  if (check.status !== 0) process.exit(check.status ?? 1);
}
const tests = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...filters], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(tests.status ?? 1);
