import type { Span } from '../types.js';
import type { Convention, ConventionFields, Recognition, Source } from './convention.js';
import { langfuse } from './langfuse.js';
import { leeway } from './leeway.js';
import type { ModelCall } from './model-call.js';
import { openInference } from './openinference.js';
import { openLlmetry } from './openllmetry.js';
import { otelGenAi } from './otel-genai.js';
import { vercelAi } from './vercel-ai.js';

/** Every convention that Leeway reads. */
const CONVENTIONS: readonly Convention[] = [leeway, otelGenAi, vercelAi, openInference, openLlmetry, langfuse];

interface NamedRecognition extends Recognition {
  readonly convention: string;
}

const RECOGNITIONS: readonly NamedRecognition[] = CONVENTIONS.flatMap((convention) =>
  convention.recognitions.map((rule) => ({ rank: convention.rank, ...rule, convention: convention.name })),
).sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));

/** The convention by which a span is a generation, or `null` when it is none. The first rule with an opinion decides. */
export function recogniseGeneration(span: Span): string | null {
  for (const rule of RECOGNITIONS) {
    const isGeneration = rule.isGeneration(span);
    if (isGeneration !== undefined) return isGeneration ? rule.convention : null;
  }
  return null;
}

const PARENT_ATTRIBUTES = CONVENTIONS.flatMap((convention) => convention.parentAttributes ?? []);

/** Does a span tell something of the generations right below it? */
export function tellsOfChildren(span: Span): boolean {
  return PARENT_ATTRIBUTES.some((name) => span.attributes.has(name));
}

type AllSources = { readonly [Field in keyof ConventionFields]: readonly Source<ConventionFields[Field]>[] };

function merged<Field extends keyof ConventionFields>(field: Field): readonly Source<ConventionFields[Field]>[] {
  const sources = CONVENTIONS.flatMap((convention) => {
    const own: readonly Source<ConventionFields[Field]>[] = convention.sources[field] ?? [];
    return own.map((source) => ({ rank: convention.rank, ...source }));
  });
  return sources.sort((a, b) => a.rank - b.rank);
}

const SOURCES: AllSources = {
  provider: merged('provider'),
  requestedModel: merged('requestedModel'),
  servedModel: merged('servedModel'),
  systemFingerprint: merged('systemFingerprint'),
  responseId: merged('responseId'),
  service: merged('service'),
  serviceVersion: merged('serviceVersion'),
  environment: merged('environment'),
  operation: merged('operation'),
  pod: merged('pod'),
  sessionId: merged('sessionId'),
  userId: merged('userId'),
  modelVersion: merged('modelVersion'),
  promptVersion: merged('promptVersion'),
  toolsVersion: merged('toolsVersion'),
  contextVersion: merged('contextVersion'),
  instructions: merged('instructions'),
  template: merged('template'),
  inputMessages: merged('inputMessages'),
  outputMessages: merged('outputMessages'),
  tools: merged('tools'),
  outputType: merged('outputType'),
  outputSchema: merged('outputSchema'),
  finishReason: merged('finishReason'),
  errorType: merged('errorType'),
  inputTokens: merged('inputTokens'),
  outputTokens: merged('outputTokens'),
  cachedTokens: merged('cachedTokens'),
  reasoningTokens: merged('reasoningTokens'),
  timeToFirstTokenNs: merged('timeToFirstTokenNs'),
  cost: merged('cost'),
  guardrail: merged('guardrail'),
  region: merged('region'),
  rolloutId: merged('rolloutId'),
  arm: merged('arm'),
  shadowOf: merged('shadowOf'),
};

/** A field of a call, from the first source that has it. */
export function readField<Field extends keyof ConventionFields>(
  field: Field,
  call: ModelCall,
): ConventionFields[Field] | undefined {
  const sources: readonly Source<ConventionFields[Field]>[] = SOURCES[field];
  for (const source of sources) {
    const value = source.read(call);
    if (value !== undefined) return value;
  }
  return undefined;
}
