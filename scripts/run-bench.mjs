// `npm run vectors -- DIR`, `npm run bench:NAME -- …`: install and build if needed, then become bench/NAME.ts.
import { build, installDependencies, root } from './prepare.mjs';

const [name, ...options] = process.argv.slice(2);
if (name === undefined || !/^[a-z-]+$/.test(name)) {
  console.error('leeway: say which bench to run, as in `node scripts/run-bench.mjs vectors ../shared/vectors`');
  process.exit(2);
}
await installDependencies();
await build();
process.argv.splice(2, process.argv.length, ...options);
await import(new URL(`dist/bench/${name}.js`, `file://${root}/`).href);
