import { type Direction, readConversationText } from '../../conversation.js';
import { at, isObject } from '../../json-content.js';
import type { Message } from '../../messages.js';
import type { Convention, Source } from './convention.js';
import type { ModelCall } from './model-call.js';
import {
  asNumber,
  asText,
  countWithin,
  generationWhen,
  listWithin,
  numberWithin,
  ranked,
  resourceText,
  text,
} from './sources.js';

const OBSERVATION = 'langfuse.observation';
const TYPE = `${OBSERVATION}.type`;
const USAGE = `${OBSERVATION}.usage_details`;
const LEVEL = `${OBSERVATION}.level`;
const COMPLETION_START = `${OBSERVATION}.completion_start_time`;

/** Before the conventions that do not know the registry's prompt: Langfuse links the version it served. */
const PROMPT_RANK = 15;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** Langfuse's own SDK attributes. A prompt version may be an integer there; here it is text as any other. */
export const langfuse: Convention = {
  name: 'langfuse',
  rank: 50,
  recognitions: [
    // Its wrapper of the OpenAI SDK calls everything a generation.
    { rank: 37, reads: [TYPE], isGeneration: (span) => (span.name === 'OpenAI.embeddings' ? false : undefined) },
    { ...generationWhen(TYPE, (type) => type === 'generation'), rank: 38 },
  ],
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
    tools: [listWithin(`${OBSERVATION}.input`, 'tools')],
    inputTokens: [usage('input'), countWithin(USAGE, 'prompt_tokens')],
    outputTokens: [usage('output'), countWithin(USAGE, 'completion_tokens')],
    cachedTokens: ['input_cached_tokens', 'cache_read_input_tokens'].map((name) => countWithin(USAGE, name)),
    reasoningTokens: [countWithin(USAGE, 'output_reasoning_tokens')],
    cost: [numberWithin(`${OBSERVATION}.cost_details`, 'total')],
    timeToFirstTokenNs: [{ reads: { attributes: [COMPLETION_START] }, read: timeToCompletionStart }],
    errorType: [
      {
        reads: { attributes: [LEVEL] },
        read: (call) => (asText(call.attribute(LEVEL)) === 'ERROR' ? 'error' : undefined),
      },
    ],
  },
};

/**
 * Usage types are apart from one another, and all with `input` in their name make up the input: `input` itself is without
 * what was cached. Unless the total says that they are not.
 * @see https://langfuse.com/docs/observability/features/token-and-cost-tracking
 */
function usage(side: 'input' | 'output'): Source<number> {
  const whole = countWithin(USAGE, side);
  return {
    ...whole,
    read: (call) => {
      const details = call.structured(USAGE);
      const own = whole.read(call);
      if (own === undefined || !isObject(details)) return own;
      if (asNumber(at(details, 'total')) === Number(at(details, 'input')) + Number(at(details, 'output'))) return own;
      const parts = Object.entries(details).filter(([name]) => name.includes(side));
      return parts.reduce((sum, [, value]) => sum + (asNumber(value) ?? 0), 0);
    },
  };
}

function content(name: string, direction: Direction): Source<readonly Message[]> {
  return {
    reads: { attributes: [name] },
    read: (call) => {
      const value = asText(call.attribute(name));
      return value === undefined ? undefined : readConversationText(value, direction);
    },
  };
}

/** The SDK sends the time as JSON, that is in quotes. */
function timeToCompletionStart(call: ModelCall): bigint | undefined {
  const given = asText(call.attribute(COMPLETION_START))?.replaceAll('"', '');
  const startedMs = given === undefined ? Number.NaN : Date.parse(given);
  if (Number.isNaN(startedMs)) return undefined;
  const elapsed = BigInt(startedMs) * NANOSECONDS_PER_MILLISECOND - call.span.startNs;
  return elapsed >= 0n ? elapsed : undefined;
}
