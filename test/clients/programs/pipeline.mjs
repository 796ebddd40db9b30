// An application's telemetry as OpenTelemetry's guide sets it up: everything else comes from the OTEL_… variables.
import { createRequire } from 'node:module';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { NodeSDK } from '@opentelemetry/sdk-node';

/** Instrumentations patch what is loaded with it after them, as in an application of CommonJS modules. */
export const require = createRequire(import.meta.url);

/** @param {() => import('@opentelemetry/instrumentation').Instrumentation[]} instrumentations */
export function startPipeline(instrumentations = () => [], options = {}) {
  const sdk = new NodeSDK({ instrumentations: [], ...options });
  sdk.start();
  registerInstrumentations({ instrumentations: instrumentations() });
  return { finish: () => sdk.shutdown() };
}
