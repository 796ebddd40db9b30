import { consistencyWindow } from './consistency-window.js';
import { drainAdvice } from './drain-advice.js';
import { mcp } from './mcp.js';
import { modelIdentity } from './model-identity.js';
import { registryHygiene } from './registry-hygiene.js';
import { silentDrift } from './silent-drift.js';
import { stageGuard } from './stage-guard.js';
import { subPopulation } from './sub-population.js';
import type { Watch } from './watch.js';

/** Everything that looks at targets outside of a rollout's comparison. To add one, add its file and a line here. */
export const WATCHES: readonly Watch[] = [
  silentDrift,
  modelIdentity,
  registryHygiene,
  stageGuard,
  subPopulation,
  consistencyWindow,
  drainAdvice,
  mcp,
];

/** Detectors whose rates must not move either way: a filter that stops firing is an incident, too. */
export const TWO_SIDED_DETECTORS: readonly string[] = ['safety'];
