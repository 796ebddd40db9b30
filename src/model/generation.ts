import type { VersionVector } from './surface.js';
import type { TargetKey } from './target.js';

/** Why the model stopped, the same word whatever the provider calls it. */
export const FINISH_REASONS = [
  'stop',
  'length',
  'tool_calls',
  'content_filter',
  'refusal',
  'error',
  'cancelled',
  'missing',
] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

/**
 * What became of a structured output. Only the first six are in the denominator of compliance (see
 * {@link COMPLIANCE_COUNTED}); the others are categories of their own, so that a truncated or refused answer is never
 * silently "non-compliant".
 */
export const COMPLIANCE = [
  /** Parses as it stands and satisfies the schema (or no schema is known and JSON was asked for). */
  'ok',
  /** Only after a code fence is taken off: the consumer's parser would have failed. */
  'ok_after_fence',
  /** Only after text around the JSON is cut away. */
  'ok_after_extract',
  'schema_invalid',
  'not_json',
  'empty',
  /** Cut by the token limit. */
  'truncated',
  'refusal',
  'filtered',
  /** The schema cannot be compiled within the limits. */
  'not_checkable',
  /** Structured output was asked for, but the trace carries no content. */
  'no_content',
  /** The call failed: counted by the errors detector. */
  'error',
  /** No structured output was asked for. */
  'not_applicable',
] as const;
export type Compliance = (typeof COMPLIANCE)[number];

export const COMPLIANCE_COUNTED: readonly Compliance[] = [
  'ok',
  'ok_after_fence',
  'ok_after_extract',
  'schema_invalid',
  'not_json',
  'empty',
];

/** Whether the tool calls of an answer fit the tools that the model was told of. Only the first four are counted. */
export const TOOL_CALL_VERDICTS = [
  'ok',
  'unknown_tool',
  'not_json',
  'invalid_arguments',
  /** The definitions are not in the trace, or cannot be compiled within the limits. */
  'not_checkable',
  /** No tool was called. */
  'not_applicable',
] as const;
export type ToolCallVerdict = (typeof TOOL_CALL_VERDICTS)[number];

/** What says that an answer is a refusal: the provider (finish reason, refusal part), or its opening words. */
export type RefusalSignal = '' | 'provider' | 'phrase';

/** What a guardrail around the call did; empty when the trace tells of none. */
export type GuardrailStatus = '' | 'passed' | 'intervened';

/** Features of an output's style, a sample only (see docs/statistics.md); rows compare within one version. */
export interface OutputFingerprint {
  readonly version: string;
  readonly features: readonly number[];
}

/** US dollars, and who says so: the client, or the price table. Unknown is unknown, never zero. */
export interface Cost {
  readonly usd: number;
  readonly source: 'reported' | 'price_table';
}

/** Which arm the client says a call belongs to; empty when it says nothing and the version vector decides. */
export type ArmTag = '' | 'baseline' | 'candidate' | 'shadow';

/** Token counts as reported; `null` is "not reported", never zero. */
export interface TokenCounts {
  readonly input: number | null;
  readonly output: number | null;
  readonly cached: number | null;
  readonly reasoning: number | null;
}

/** One LLM call: one span that asked a model for output. */
export interface Generation {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly responseId: string;
  /** Start and end in nanoseconds since the Unix epoch. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly timeToFirstTokenNs: bigint | null;
  readonly target: TargetKey;
  /** Name of the convention that recognised the span, e.g. `openinference`. */
  readonly convention: string;
  readonly provider: string;
  readonly requestedModel: string;
  readonly servedModel: string;
  readonly systemFingerprint: string;
  readonly versions: VersionVector;
  /** Digests of the artifacts the call ran with; empty when the content is not in the trace. */
  readonly promptDigest: string;
  readonly toolsDigest: string;
  readonly contextDigest: string;
  readonly rolloutId: string;
  readonly arm: ArmTag;
  readonly shadowOf: string;
  readonly tokens: TokenCounts;
  /** Context-size bucket × route, fixed before the answer. */
  readonly stratum: string;
  readonly finishReason: FinishReason;
  readonly finishReasonRaw: string;
  /** Empty when the call did not fail. */
  readonly errorType: string;
  readonly outputType: string;
  readonly compliance: Compliance;
  /** One sentence for people; empty when `ok`. */
  readonly complianceReason: string;
  readonly toolCallVerdict: ToolCallVerdict;
  /** One sentence for people; empty when `ok`. */
  readonly toolCallReason: string;
  /** Tools that were called and the top-level arguments they were given: `get_weather`, `get_weather.city`. */
  readonly toolFields: readonly string[];
  /** Digest of the output schema's artifact; empty without one. */
  readonly schemaDigest: string;
  /** The provider says that the model refused. */
  readonly refusal: boolean;
  readonly refusalSignal: RefusalSignal;
  /** Script (ISO 15924) of letters in the output that the input has none of; empty when there is none. */
  readonly unexpectedScript: string;
  readonly guardrail: GuardrailStatus;
  readonly outputDigest: string;
  /** Length of the output in UTF-16 code units, `null` without content. */
  readonly outputLength: number | null;
  /** `null` when the output was not in the sample, or there is none. */
  readonly fingerprint: OutputFingerprint | null;
  readonly cost: Cost | null;
  readonly sessionId: string;
  /** Salted hash; never the user id itself. */
  readonly userHash: string;
  readonly pod: string;
  readonly region: string;
  readonly serviceVersion: string;
}

/** Context-size strata: upper bounds in input tokens and their names. */
export const CONTEXT_STRATA = [
  { below: 4_000, name: '0-4k' },
  { below: 16_000, name: '4-16k' },
  { below: 50_000, name: '16-50k' },
  { below: 150_000, name: '50-150k' },
  { below: Number.POSITIVE_INFINITY, name: '150k+' },
] as const;

/** The stratum of a context size; `unknown` when the client reports no input tokens. */
export function contextStratum(inputTokens: number | null): string {
  if (inputTokens === null) return 'unknown';
  return CONTEXT_STRATA.find((stratum) => inputTokens < stratum.below)?.name ?? 'unknown';
}
