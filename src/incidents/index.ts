export * from './event.js';
export * from './figures.js';
export * from './finding.js';
export * from './finding-words.js';
export * from './fold.js';
export * from './open.js';
export * from './verification-event.js';
export * from './verify.js';
