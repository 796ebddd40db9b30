/** The door of the collectors: everything that comes in, from bytes to durable rows. */
export { acceptDeployment } from './deployments.js';
export { type OtlpRequestReport, otlpHttp } from './otlp/http.js';
export { inflate } from './otlp/inflate.js';
export { createReceiver, type Receiver } from './otlp/receive.js';
export { recogniseBody } from './otlp/recognise.js';
export { restoreRecent } from './otlp/restore.js';
export { acceptOutcomes } from './outcomes.js';
export type { RevisedGeneration } from './row-batch.js';
export { Spool } from './spool/index.js';
export { checkStructuredOutput } from './structured-output.js';
