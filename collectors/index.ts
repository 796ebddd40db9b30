/** The door of the collectors: everything that comes in, from bytes to durable rows. */
export { acceptDeployment } from './deployments.js';
export { acceptLangfuseEvents } from './langfuse-scores.js';
export { AdmissionControl } from './otlp/admission-control.js';
export { startOtlpGrpc } from './otlp/grpc.js';
export { otlpHttp } from './otlp/http.js';
export { inflate } from './otlp/inflate.js';
export { createReceiver, type Receiver } from './otlp/receive.js';
export { recogniseBody } from './otlp/recognise.js';
export { restoreRecent } from './otlp/restore.js';
export type { OtlpRequestReport, OtlpSettings } from './otlp/take-export.js';
export { acceptOutcomes } from './outcomes.js';
export { createProtection, protectedSink } from './privacy/index.js';
export type { RevisedGeneration } from './row-batch.js';
export { Spool } from './spool/index.js';
export { checkStructuredOutput } from './structured-output.js';
export { normaliseTools } from './tool-definitions.js';
export { checkWebhooks, createWebhooks } from './webhooks/index.js';
