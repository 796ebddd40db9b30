// What `npm start` and `npm test` need before anything else can run: dependencies and a current build.
// Plain JavaScript on purpose: it runs before there is a compiler.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MINIMUM_NODE = [20, 19];
const SOURCES = ['src', 'collectors', 'detectors', 'examples', 'bench', 'dashboards/web'];
const CONFIGS = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

function fail(message) {
  console.error(`leeway: ${message}`);
  process.exit(1);
}

async function run(title, command, args) {
  console.error(`leeway: ${title} …`);
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  const [status] = await once(child, 'close').catch((error) => [error.code]);
  if (status !== 0) fail(`${title} failed (exit ${status ?? 'by signal'}); the lines above say why.`);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needMajor, needMinor] = MINIMUM_NODE;
  if (major < needMajor || (major === needMajor && minor < needMinor))
    fail(`Node ${MINIMUM_NODE.join('.')} or newer is needed, this is ${process.versions.node}.`);
}

/** Digest of the files an artefact is made from; a touched file or a moved checkout is no reason to build again. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (statSync(path).isDirectory())
      for (const name of readdirSync(path).sort()) {
        if (name !== 'node_modules' && name !== 'dist') visit(join(path, name));
      }
    else hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
  };
  for (const path of paths.map((path) => join(root, path)).filter(existsSync)) visit(path);
  return hash.digest('hex');
}

async function ensure(stampPath, wanted, work) {
  const stamp = join(root, stampPath);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

export async function installDependencies() {
  requireNode();
  await ensure('node_modules/.leeway-installed', fingerprint(['package-lock.json', 'package.json']), () =>
    // Not `npm ci`: it refuses a lock file made where other platforms' optional binaries could not be seen.
    run('installing dependencies', 'npm', ['install', '--no-save', '--no-audit', '--no-fund']),
  );
}

/** The clients that test/clients drives: a package of their own, for nobody but the tests. */
export async function installClients() {
  const place = 'test/clients';
  await ensure(
    `${place}/node_modules/.leeway-installed`,
    fingerprint([`${place}/package.json`, `${place}/package-lock.json`]),
    () =>
      run('installing the clients of the tests', 'npm', [
        'install',
        '--prefix',
        place,
        '--no-save',
        '--ignore-scripts',
      ]),
  );
}

export async function build() {
  await ensure('dist/.leeway-built', fingerprint([...SOURCES, ...CONFIGS]), () =>
    Promise.all([compile(), buildPage()]),
  );
}

async function compile() {
  await run('compiling', process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  await run('preparing the queue', process.execPath, ['dist/src/queue/write-template.js']);
}

async function buildPage() {
  const config = 'dashboards/web/vite.config.ts';
  if (!existsSync(join(root, config))) return;
  const options = ['--config', config, '--logLevel', 'warn'];
  await run('building the web page', process.execPath, ['node_modules/vite/bin/vite.js', 'build', ...options]);
}
