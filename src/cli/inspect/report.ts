import { describeTarget, type Generation, SURFACES, type TokenCounts } from '../../model/index.js';

/** One generation as `inspect --json` prints it: these keys are an interface. */
export function inspectionJson(generation: Generation): object {
  return {
    target: generation.target,
    provider: generation.provider,
    requestedModel: generation.requestedModel,
    servedModel: generation.servedModel,
    versions: generation.versions,
    tokens: generation.tokens,
    finishReason: generation.finishReason,
    finishReasonRaw: generation.finishReasonRaw,
    errorType: generation.errorType,
    refusal: generation.refusal,
    compliance: generation.compliance,
    sessionId: generation.sessionId,
    traceId: generation.traceId,
    spanId: generation.spanId,
  };
}

/** One generation for people: a heading and a line a fact, ending with an empty line. */
export function inspectionLines(generation: Generation): string[] {
  const facts: readonly (readonly [string, string])[] = [
    ['model', modelLine(generation)],
    ...SURFACES.map((surface) => {
      const { value, source } = generation.versions[surface];
      return [`${surface} version`, source === 'missing' ? 'missing' : `${value} (${source})`] as const;
    }),
    ['tokens', tokensLine(generation.tokens)],
    ['finish reason', withRaw(generation.finishReason, generation.finishReasonRaw)],
    ['error', generation.errorType],
    ['refusal', generation.refusal ? 'yes' : ''],
    ['compliance', withRaw(generation.compliance, generation.complianceReason)],
    ['session', generation.sessionId],
    ['arm', generation.arm],
    ['read as', generation.convention],
    ['span', `${generation.traceId} ${generation.spanId}`],
  ];
  const shown = facts.filter(([, value]) => value !== '');
  return [describeTarget(generation.target), ...shown.map(([name, value]) => `  ${name.padEnd(16)}${value}`), ''];
}

function modelLine({ provider, requestedModel, servedModel }: Generation): string {
  const asked = [provider, requestedModel].filter((part) => part !== '').join(' ');
  return servedModel === '' || servedModel === requestedModel ? asked : `${asked} → ${servedModel}`;
}

function tokensLine(tokens: TokenCounts): string {
  const counts = Object.entries(tokens).filter(([, count]) => count !== null);
  return counts.length === 0 ? 'not reported' : counts.map(([name, count]) => `${count} ${name}`).join(' · ');
}

function withRaw(word: string, detail: string): string {
  return detail === '' || detail === word ? word : `${word} (${detail})`;
}
