/** The door of privacy: what is kept of content, and of what must not be known. */
export { MAX_PATTERNS, MAX_SEARCHED_CHARACTERS } from './custom-patterns.js';
export type { ContentPolicy } from './policy.js';
export { MAX_UNKNOWN_CHARACTERS } from './protect-values.js';
export { protectedSink } from './protected-sink.js';
export { createProtection, NO_PROTECTION, type PrivacySettings, type Protection } from './protection.js';
