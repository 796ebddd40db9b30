import { type Direction, readConversationText } from '../../conversation.js';
import type { Message } from '../../messages.js';
import type { Convention, Source } from './convention.js';
import type { ModelCall } from './model-call.js';
import { asText, countWithin, generationWhen, numberWithin, ranked, resourceText, text } from './sources.js';

const OBSERVATION = 'langfuse.observation';
const USAGE = `${OBSERVATION}.usage_details`;

/** Before the conventions that do not know the registry's prompt: Langfuse links the version it served. */
const PROMPT_RANK = 15;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** Langfuse's own SDK attributes. A prompt version may be an integer there; here it is text as any other. */
export const langfuse: Convention = {
  name: 'langfuse',
  rank: 50,
  recognitions: [{ ...generationWhen(`${OBSERVATION}.type`, (type) => type === 'generation'), rank: 38 }],
  sources: {
    requestedModel: [text(`${OBSERVATION}.model.name`)],
    serviceVersion: [text('langfuse.release')],
    environment: [text('langfuse.environment'), resourceText('langfuse.environment')],
    operation: [ranked(PROMPT_RANK, text(`${OBSERVATION}.prompt.name`))],
    promptVersion: [ranked(PROMPT_RANK, text(`${OBSERVATION}.prompt.version`))],
    sessionId: [ranked(35, text('langfuse.session.id'))],
    userId: [text('langfuse.user.id')],
    inputMessages: [content(`${OBSERVATION}.input`, 'input')],
    outputMessages: [content(`${OBSERVATION}.output`, 'output')],
    inputTokens: [countWithin(USAGE, 'input')],
    outputTokens: [countWithin(USAGE, 'output')],
    cachedTokens: ['input_cached_tokens', 'cache_read_input_tokens'].map((name) => countWithin(USAGE, name)),
    reasoningTokens: [countWithin(USAGE, 'output_reasoning_tokens')],
    cost: [numberWithin(`${OBSERVATION}.cost_details`, 'total')],
    timeToFirstTokenNs: [{ read: timeToCompletionStart }],
    errorType: [{ read: (call) => (asText(call.attribute(`${OBSERVATION}.level`)) === 'ERROR' ? 'error' : undefined) }],
  },
};

function content(name: string, direction: Direction): Source<readonly Message[]> {
  return {
    read: (call) => {
      const value = asText(call.attribute(name));
      return value === undefined ? undefined : readConversationText(value, direction);
    },
  };
}

/** The SDK sends the time as JSON, that is in quotes. */
function timeToCompletionStart(call: ModelCall): bigint | undefined {
  const given = asText(call.attribute(`${OBSERVATION}.completion_start_time`))?.replaceAll('"', '');
  const startedMs = given === undefined ? Number.NaN : Date.parse(given);
  if (Number.isNaN(startedMs)) return undefined;
  const elapsed = BigInt(startedMs) * NANOSECONDS_PER_MILLISECOND - call.span.startNs;
  return elapsed >= 0n ? elapsed : undefined;
}
