export { FAMILIES, FEATURES, type Feature, type FeatureFamily } from './features/index.js';
export { FINGERPRINT_VERSION, fingerprintOf, readableValue, sharedFeatures } from './fingerprint.js';
export { MAX_READ_CHARACTERS } from './read-text.js';
