export { createChangeFeed } from './changes.js';
export type { HealthSource, Intake, Readiness } from './ports.js';
export { SchemaRegistry } from './schema-registry.js';
export type { ServiceStatus } from './schemas.js';
export { createServer } from './server.js';
