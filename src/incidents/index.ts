export * from './event.js';
export * from './figures.js';
export * from './fold.js';
export * from './open.js';
export * from './verification-event.js';
export * from './verify.js';
