export { createTelemetry, type Telemetry } from './metrics.js';
export { startOwnTelemetry } from './otel.js';
