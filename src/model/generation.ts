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
  readonly refusal: boolean;
  readonly outputDigest: string;
  /** Length of the output in UTF-16 code units, `null` without content. */
  readonly outputLength: number | null;
  readonly sessionId: string;
  /** Salted hash; never the user id itself. */
  readonly userHash: string;
  readonly pod: string;
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
