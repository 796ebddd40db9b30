import type { FinishReason } from '../src/model/index.js';

/** Every provider's word for why it stopped, in lower case with underscores, under Leeway's word for it. */
const SPELLINGS: readonly (readonly [FinishReason, string])[] = [
  ['stop', 'stop end_turn stop_sequence complete completed eos eos_token end'],
  ['length', 'length max_tokens max_output_tokens model_length model_context_window_exceeded truncated'],
  ['tool_calls', 'tool_calls tool_call tool_use function_call pause_turn'],
  ['content_filter', 'content_filter content_filtered guardrail_intervened error_toxic'],
  ['content_filter', 'safety recitation language blocklist prohibited_content spii model_armor jailbreak'],
  ['content_filter', 'image_safety image_prohibited_content image_recitation'],
  ['refusal', 'refusal refused'],
  ['error', 'error failed network_error malformed_function_call unexpected_tool_call too_many_tool_calls'],
  ['cancelled', 'cancelled canceled abort aborted'],
];

const BY_SPELLING: ReadonlyMap<string, FinishReason> = new Map(
  SPELLINGS.flatMap(([reason, words]) => words.split(' ').map((word) => [word, reason] as const)),
);

/**
 * Why the model stopped, the same word whatever the provider calls it. `missing` for nothing, and for words that tell
 * nothing, such as `other` and `unknown`.
 */
export function normaliseFinishReason(raw: string): FinishReason {
  const known = BY_SPELLING.get(raw);
  if (known !== undefined) return known;
  // `tool-calls`, `TOOL_USE`, and `FinishReason.MAX_TOKENS` as a Python enum prints itself.
  const word = raw
    .slice(raw.lastIndexOf('.') + 1)
    .toLowerCase()
    .replaceAll('-', '_');
  return BY_SPELLING.get(word) ?? 'missing';
}
