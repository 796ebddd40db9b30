export * from './config.js';
export * from './content-policy.js';
export * from './schema.js';
export * from './user-salt.js';
