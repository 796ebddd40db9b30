import type { Target, Versions } from './versions.js';

export interface Generation {
  traceId: string;
  spanId: string;
  target: Target;
  startTime: string;
  durationMs: number;
  provider: string;
  requestedModel: string;
  servedModel: string;
  versions: Versions;
  vectorId: string;
  stratum: string;
  inputTokens: number | null;
  outputTokens: number | null;
  finishReason: string;
  finishReasonRaw: string;
  errorType: string;
  compliance: string;
  complianceReason: string;
  refusal: boolean;
  sessionId: string;
  pod: string;
  promptDigest: string;
  toolsDigest: string;
  contextDigest: string;
  schemaDigest: string;
}

export interface Outcome {
  id: string;
  name: string;
  value: number;
  source: string;
  comment: string;
  spanId: string;
  at: string;
}

export interface Span {
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: string;
  service: string;
  startTime: string;
  durationMs: number;
  statusCode: string;
  statusMessage: string;
  attributes: Record<string, string>;
  events: { at: string; name: string; attributes: Record<string, string> }[];
}

export interface Artifact {
  digest: string;
  kind: string;
  content: string;
}

export interface Trace {
  traceId: string;
  /** false: the trace has more spans than are shown. */
  complete: boolean;
  spans: Span[];
  generations: Generation[];
  outcomes: Outcome[];
  artifacts: Artifact[];
}
