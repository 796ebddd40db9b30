// `npm test`: install and build if needed, then every check and every test. Arguments go to the test runner.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { build, installClients, installDependencies, root } from './prepare.mjs';

await installDependencies();
const filters = process.argv.slice(2);
const drivesClients = filters.length === 0 || filters.some((filter) => filter.includes('clients'));
await Promise.all([build(), drivesClients && installClients()]);
if (filters.length === 0) {
  // All at once; `check:imports` is one of the tests.
  const codes = await Promise.all(['check:types', 'check:lint', 'check:unused'].map(check));
  if (codes.some((code) => code !== 0)) process.exit(1);
}

const memory = directoryInMemory();
const tests = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...filters], {
  cwd: root,
  stdio: 'inherit',
  env: memory === null ? process.env : { ...process.env, TMPDIR: memory },
});
if (memory !== null) rmSync(memory, { recursive: true, force: true });
process.exit(tests.status ?? 1);

/** Runs a script of the package and shows what it said, in one piece. @returns its exit code */
function check(script) {
  const child = spawn('npm', ['run', '-s', script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      process.stdout.write(Buffer.concat(said));
      if (code !== 0) console.error(`leeway: ${script} failed (exit ${code ?? 'by signal'})`);
      resolve(code);
    });
  });
}

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
