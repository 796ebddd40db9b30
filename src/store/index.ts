export * from './database.js';
export * from './migrate.js';
export * from './retention.js';
export * from './tables.js';
