export * from './database.js';
export * from './embedded.js';
export * from './migrate.js';
export * from './retention.js';
export * from './server.js';
export * from './tables.js';
