import { randomBytes } from 'node:crypto';
import type { Span } from '../../collectors/otlp/types.js';
import { EMPTY_BATCH, type RowBatch } from '../../collectors/row-batch.js';
import { type Generation, rowId, type VersionValues } from '../../src/model/index.js';

export const TARGET = { service: 'support-bot', environment: 'test', operation: 'triage' } as const;

export function aSpan(overrides: Partial<Span> = {}): Span {
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    parentSpanId: '',
    traceState: '',
    name: 'chat gpt-4o',
    kind: 'Client',
    startNs: 1_795_000_000_000_000_000n,
    endNs: 1_795_000_001_000_000_000n,
    attributes: new Map([['gen_ai.request.model', 'gpt-4o']]),
    events: [],
    links: [],
    statusCode: 'Unset',
    statusMessage: '',
    resource: new Map([['service.name', TARGET.service]]),
    scope: { name: 'test', version: '1' },
    ...overrides,
  };
}

/** A generation of {@link TARGET} at `atSeconds` (Unix), one second long. */
export function aGeneration(
  atSeconds: number,
  versions: Partial<VersionValues> = {},
  overrides: Partial<Generation> = {},
): Generation {
  const version = (value: string | undefined) =>
    value ? ({ value, source: 'tagged' } as const) : ({ value: '', source: 'missing' } as const);
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    parentSpanId: '',
    responseId: `resp-${randomBytes(6).toString('hex')}`,
    startNs: BigInt(Math.round(atSeconds * 1000)) * 1_000_000n,
    endNs: BigInt(Math.round(atSeconds * 1000) + 1000) * 1_000_000n,
    timeToFirstTokenNs: null,
    target: TARGET,
    convention: 'otel-genai',
    provider: 'openai',
    requestedModel: 'gpt-4o',
    servedModel: 'gpt-4o-2024-11-20',
    systemFingerprint: '',
    versions: {
      model: version(versions.model ?? 'gpt-4o-2024-11-20'),
      prompt: version(versions.prompt ?? 'v12'),
      tools: version(versions.tools),
      context: version(versions.context),
    },
    promptDigest: '',
    toolsDigest: '',
    contextDigest: '',
    rolloutId: '',
    arm: '',
    shadowOf: '',
    tokens: { input: 112, output: 17, cached: null, reasoning: null },
    stratum: '0-4k',
    finishReason: 'stop',
    finishReasonRaw: 'stop',
    errorType: '',
    outputType: 'json',
    compliance: 'ok',
    complianceReason: '',
    toolCallVerdict: 'not_applicable',
    toolCallReason: '',
    toolFields: [],
    schemaDigest: '',
    refusal: false,
    refusalSignal: '',
    unexpectedScript: '',
    guardrail: '',
    outputDigest: '',
    outputLength: 40,
    fingerprint: null,
    cost: null,
    sessionId: '',
    userHash: '',
    pod: 'pod-0',
    region: '',
    serviceVersion: '1.0.0',
    ...overrides,
  };
}

export function generationsBatch(generations: readonly Generation[], revision = 1): RowBatch {
  return { ...EMPTY_BATCH, generations: generations.map((generation) => ({ generation, revision })) };
}

export function anOutcome(overrides: Partial<RowBatch['outcomes'][number]> = {}): RowBatch['outcomes'][number] {
  return {
    id: rowId('out', randomBytes(8).toString('hex')),
    traceId: '',
    spanId: '',
    responseId: '',
    name: 'task_success',
    value: 1,
    source: 'api',
    comment: '',
    timeNs: 1_795_000_002_000_000_000n,
    ...overrides,
  };
}
