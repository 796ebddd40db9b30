import { METRIC_SCENARIOS } from './found/metrics.js';
import { SURROUNDING_SCENARIOS } from './found/surroundings.js';
import { NEGATIVE_SCENARIOS } from './left-alone.js';
import type { Scenario } from './scenario.js';

export { type Found, foundOf } from './found-of.js';
export { type Played, play } from './play.js';

/** Everything that must be found, and everything that must be left alone. */
export const SCENARIOS: readonly Scenario[] = [...METRIC_SCENARIOS, ...SURROUNDING_SCENARIOS, ...NEGATIVE_SCENARIOS];
