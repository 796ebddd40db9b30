import { type Static, Type } from 'typebox';
import { ARTIFACT_KINDS, CATALOGUE_SURFACES, COMPLIANCE, FINISH_REASONS, OUTCOME_SOURCES } from '../../model/index.js';
import { nullable, oneOf, Target, Time, Versions } from './common.js';

export const Generation = Type.Object({
  traceId: Type.String(),
  spanId: Type.String(),
  target: Target,
  startTime: Time,
  durationMs: Type.Number(),
  provider: Type.String(),
  requestedModel: Type.String(),
  servedModel: Type.String(),
  versions: Versions,
  vectorId: Type.String(),
  stratum: Type.String(),
  inputTokens: nullable(Type.Integer()),
  outputTokens: nullable(Type.Integer()),
  finishReason: oneOf(FINISH_REASONS),
  finishReasonRaw: Type.String(),
  errorType: Type.String(),
  compliance: oneOf(COMPLIANCE),
  complianceReason: Type.String(),
  refusal: Type.Boolean(),
  sessionId: Type.String(),
  pod: Type.String(),
  promptDigest: Type.String(),
  toolsDigest: Type.String(),
  contextDigest: Type.String(),
  schemaDigest: Type.String(),
});

export const OutcomeView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  value: Type.Number(),
  source: oneOf(OUTCOME_SOURCES),
  comment: Type.String(),
  spanId: Type.String(),
  at: Time,
});

export const OutcomeList = Type.Object({ outcomes: Type.Array(OutcomeView) });

export const Trace = Type.Object({
  traceId: Type.String(),
  complete: Type.Boolean({ description: 'false: the trace has more spans than are shown' }),
  spans: Type.Array(
    Type.Object({
      spanId: Type.String(),
      parentSpanId: Type.String(),
      name: Type.String(),
      kind: Type.String(),
      service: Type.String(),
      startTime: Time,
      durationMs: Type.Number(),
      statusCode: Type.String(),
      statusMessage: Type.String(),
      attributes: Type.Record(Type.String(), Type.String()),
      events: Type.Array(
        Type.Object({ at: Time, name: Type.String(), attributes: Type.Record(Type.String(), Type.String()) }),
      ),
    }),
  ),
  generations: Type.Array(Generation),
  outcomes: Type.Array(OutcomeView),
  artifacts: Type.Array(Type.Object({ digest: Type.String(), kind: oneOf(ARTIFACT_KINDS), content: Type.String() }), {
    description: 'The exact instructions, tools and context structure that the generations ran with',
  }),
});

export const Artifact = Type.Object({
  digest: Type.String(),
  kind: oneOf(ARTIFACT_KINDS),
  content: Type.String(),
  firstSeen: Time,
  usedBy: Type.Array(
    Type.Interface([Target], {
      surface: oneOf(CATALOGUE_SURFACES),
      version: Type.String(),
      firstSeen: Time,
      lastSeen: Time,
    }),
    { description: 'Targets that were seen with it, under which version' },
  ),
});

export type Generation = Static<typeof Generation>;
export type OutcomeView = Static<typeof OutcomeView>;
export type Trace = Static<typeof Trace>;
export type Artifact = Static<typeof Artifact>;
