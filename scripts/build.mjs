import { build, installDependencies } from './prepare.mjs';

await installDependencies();
await build();
