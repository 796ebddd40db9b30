import type { AllSources, ConventionFields, Source } from './convention.js';
import type { ModelCall } from './model-call.js';

/** The sources of every field; here and in `ConventionFields` a field is named. */
export function everyField(
  of: <Field extends keyof ConventionFields>(field: Field) => readonly Source<ConventionFields[Field]>[],
): AllSources {
  return {
    provider: of('provider'),
    requestedModel: of('requestedModel'),
    servedModel: of('servedModel'),
    systemFingerprint: of('systemFingerprint'),
    responseId: of('responseId'),
    service: of('service'),
    serviceVersion: of('serviceVersion'),
    environment: of('environment'),
    operation: of('operation'),
    pod: of('pod'),
    sessionId: of('sessionId'),
    userId: of('userId'),
    modelVersion: of('modelVersion'),
    promptVersion: of('promptVersion'),
    toolsVersion: of('toolsVersion'),
    contextVersion: of('contextVersion'),
    instructions: of('instructions'),
    template: of('template'),
    inputMessages: of('inputMessages'),
    outputMessages: of('outputMessages'),
    tools: of('tools'),
    outputType: of('outputType'),
    outputSchema: of('outputSchema'),
    finishReason: of('finishReason'),
    errorType: of('errorType'),
    inputTokens: of('inputTokens'),
    outputTokens: of('outputTokens'),
    cachedTokens: of('cachedTokens'),
    reasoningTokens: of('reasoningTokens'),
    timeToFirstTokenNs: of('timeToFirstTokenNs'),
    cost: of('cost'),
    guardrail: of('guardrail'),
    region: of('region'),
    rolloutId: of('rolloutId'),
    arm: of('arm'),
    shadowOf: of('shadowOf'),
  };
}

/** What the first source has that has anything. */
export function askSources<T>(sources: readonly Source<T>[], call: ModelCall): T | undefined {
  for (const source of sources) {
    const value = source.read(call);
    if (value !== undefined) return value;
  }
  return undefined;
}
