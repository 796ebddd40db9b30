/** What the HTTP API says and takes. The OpenAPI description, the checks and the types all come from here. */

export * from './schemas/attribution.js';
export * from './schemas/behaviour.js';
export * from './schemas/catalog.js';
export * from './schemas/common.js';
export * from './schemas/facts.js';
export * from './schemas/findings.js';
export * from './schemas/incidents.js';
export * from './schemas/readiness.js';
export * from './schemas/rollouts.js';
export * from './schemas/service.js';
export * from './schemas/targets.js';
export * from './schemas/tools.js';
export * from './schemas/traces.js';
