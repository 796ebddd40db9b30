export { FAMILIES, FEATURES, type Feature, type FeatureFamily, type FeatureScale } from './features/index.js';
export { FINGERPRINT_VERSION, fingerprintOf, readableValue, sharedFeatures } from './fingerprint.js';
export { MAX_READ_CHARACTERS } from './read-text.js';
