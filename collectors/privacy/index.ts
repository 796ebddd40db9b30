/** The door of privacy: what is kept of content, and of what must not be known. */
export { protectedSink } from './protected-sink.js';
export { createProtection, NO_PROTECTION, type PrivacySettings, type Protection } from './protection.js';
