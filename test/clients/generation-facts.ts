import type { Generation, Version } from '../../src/model/index.js';

/**
 * Every normalised field of a generation that a client decides, in one flat object: what is left out are ids, times, and
 * sentences for people. Of digests only the derived version is kept.
 */
export function factsOf(generation: Generation) {
  const { target, versions, tokens } = generation;
  return {
    convention: generation.convention,
    responseId: generation.responseId,
    service: [target.service, target.environment, generation.serviceVersion, generation.pod, generation.region].join(
      ' ',
    ),
    operation: target.operation,
    provider: generation.provider,
    requestedModel: generation.requestedModel,
    servedModel: generation.servedModel,
    systemFingerprint: generation.systemFingerprint,
    model: words(versions.model),
    prompt: words(versions.prompt),
    tools: words(versions.tools),
    context: words(versions.context),
    tokens: [tokens.input, tokens.output, tokens.cached, tokens.reasoning],
    stratum: generation.stratum,
    hasTimeToFirstToken: generation.timeToFirstTokenNs !== null,
    finishReason: generation.finishReason,
    finishReasonRaw: generation.finishReasonRaw,
    errorType: generation.errorType,
    outputType: generation.outputType,
    outputLength: generation.outputLength,
    compliance: generation.compliance,
    hasSchema: generation.schemaDigest !== '',
    toolCallVerdict: generation.toolCallVerdict,
    toolFields: generation.toolFields,
    refusal: generation.refusal,
    refusalSignal: generation.refusalSignal,
    guardrail: generation.guardrail,
    unexpectedScript: generation.unexpectedScript,
    costUsd: generation.cost?.usd ?? null,
    sessionId: generation.sessionId,
    hasUser: generation.userHash !== '',
    rollout: [generation.rolloutId, generation.arm, generation.shadowOf].join(''),
  };
}

export type GenerationFacts = ReturnType<typeof factsOf>;

function words({ value, source }: Version): string {
  return source === 'missing' ? 'missing' : `${value} ${source}`;
}
