import type { FinishReason } from '../src/model/index.js';
import { type ComplianceCheck, checkStructuredOutput } from './structured-output.js';

/** What of a generation decides its compliance. */
export interface ComplianceFacts {
  readonly outputType: string;
  /** JSON Schema from the trace or configured for the target; `null` for none. */
  readonly schema: unknown;
  readonly errorType: string;
  readonly finishReason: FinishReason;
  readonly refusal: boolean;
  /** The output's text; `null` when the trace carries no output at all. */
  readonly text: string | null;
  readonly hasToolCalls: boolean;
}

/**
 * The compliance of a generation. Why there is no proper answer is decided before anything is parsed, so that a failed,
 * refused, filtered or truncated answer is never counted as a wrong one.
 */
export function judgeCompliance(facts: ComplianceFacts): ComplianceCheck {
  const asked = facts.outputType === 'json' || facts.schema !== null;
  if (!asked) return { compliance: 'not_applicable', reason: 'no structured output was asked for' };
  if (facts.errorType !== '') return { compliance: 'error', reason: `the call failed: ${facts.errorType}` };
  if (facts.refusal || facts.finishReason === 'refusal') return { compliance: 'refusal', reason: 'the model refused' };
  const early = EARLY_ENDS.get(facts.finishReason);
  if (early !== undefined) return early;
  if ((facts.finishReason === 'tool_calls' || facts.hasToolCalls) && !facts.text?.trim()) {
    return { compliance: 'not_applicable', reason: 'the model called tools instead of answering' };
  }
  if (facts.text === null) return { compliance: 'no_content', reason: 'the trace carries no output' };
  return checkStructuredOutput(facts.text, facts.schema);
}

const EARLY_ENDS: ReadonlyMap<FinishReason, ComplianceCheck> = new Map([
  ['content_filter', { compliance: 'filtered', reason: 'a content filter ended the answer' }],
  ['length', { compliance: 'truncated', reason: 'the token limit cut the answer' }],
  ['error', { compliance: 'error', reason: 'the provider ended the answer with an error' }],
  ['cancelled', { compliance: 'error', reason: 'the call was cancelled' }],
]);
