/** What the HTTP API answers, as far as this page reads it (`/api/docs` describes all of it). */

export * from './catalogue.js';
export * from './explanations.js';
export * from './incidents.js';
export * from './rollouts.js';
export * from './service.js';
export * from './targets.js';
export * from './traces.js';
export * from './versions.js';
