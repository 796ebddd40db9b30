export { createTelemetry } from './metrics.js';
export { startOwnTelemetry } from './otel.js';
