// `npm start`, `npm run demo`, `npm run -s leeway -- COMMAND`: install and build if needed, then become the CLI.
import { build, installDependencies, root } from './prepare.mjs';

await installDependencies();
await build();
await import(new URL('dist/src/cli/main.js', `file://${root}/`).href);
