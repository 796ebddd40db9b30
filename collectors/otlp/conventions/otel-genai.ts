import { type Direction, instructionsText, readConversation, readConversationText } from '../../conversation.js';
import { at, structuredValue } from '../../json-content.js';
import { type Message, readMessage } from '../../messages.js';
import type { Convention, Reads, Source } from './convention.js';
import type { CallEvent, ModelCall } from './model-call.js';
import {
  asElapsedNs,
  asText,
  count,
  firstText,
  generationWhen,
  listWithin,
  number,
  provider,
  ranked,
  resourceText,
  text,
  within,
} from './sources.js';

/** The operations that ask a model for output. Embeddings do not, and agents repeat what their calls report. */
const GENERATING = new Set(['chat', 'text_completion', 'generate_content']);

const OPERATION_DETAILS = 'gen_ai.client.inference.operation.details';
const MESSAGE_EVENTS = new Map([
  ['gen_ai.system.message', 'system'],
  ['gen_ai.user.message', 'user'],
  ['gen_ai.assistant.message', 'assistant'],
  ['gen_ai.tool.message', 'tool'],
]);
const CHOICE_EVENT = 'gen_ai.choice';
/** Prompt and completion as one JSON attribute of a span event: the form before the per-message events. */
const CONTENT_EVENTS = {
  input: ['gen_ai.content.prompt', 'gen_ai.prompt'],
  output: ['gen_ai.content.completion', 'gen_ai.completion'],
} as const;

const FIRST_CHUNK = 'gen_ai.response.time_to_first_chunk';
const VARIANTS = ['feature_flag.result.variant', 'feature_flag.variant'] as const;
const EVENTS: Reads = { events: true };
const FLAG: Reads = { attributes: VARIANTS, events: true };

const NANOSECONDS_PER_SECOND = 1e9;
const ARMS = new Set(['baseline', 'control', 'candidate', 'canary', 'treatment', 'shadow']);

/** OpenTelemetry's GenAI conventions: the present one (messages in attributes) and its predecessors (messages in events). */
export const otelGenAi: Convention = {
  name: 'otel-genai',
  rank: 10,
  recognitions: [
    generationWhen('gen_ai.operation.name', (operation) => GENERATING.has(operation)),
    {
      rank: 100,
      reads: ['gen_ai.request.model'],
      isGeneration: (span) => namesModelAndUsage(span.attributes) || undefined,
    },
  ],
  sources: {
    provider: [text('gen_ai.provider.name'), provider('gen_ai.system')],
    requestedModel: [text('gen_ai.request.model')],
    servedModel: [text('gen_ai.response.model')],
    systemFingerprint: [text('openai.response.system_fingerprint'), text('gen_ai.openai.response.system_fingerprint')],
    responseId: [text('gen_ai.response.id')],
    service: [resourceText('service.name')],
    serviceVersion: [resourceText('service.version')],
    environment: ['deployment.environment.name', 'deployment.environment'].flatMap((name) => [
      resourceText(name),
      text(name),
    ]),
    operation: [
      text('gen_ai.prompt.name'),
      ranked(25, text('gen_ai.agent.name')),
      ranked(45, text('gen_ai.workflow.name')),
    ],
    pod: [resourceText('k8s.pod.name'), resourceText('service.instance.id'), resourceText('host.name')],
    sessionId: [text('gen_ai.conversation.id'), text('session.id')],
    userId: [text('user.id'), text('enduser.id')],
    promptVersion: [text('gen_ai.prompt.version'), ranked(60, { reads: FLAG, read: promptFlagVariant })],
    instructions: [
      {
        reads: { attributes: ['gen_ai.system_instructions'] },
        read: (call) => instructionsText(structuredOrText(call, 'gen_ai.system_instructions')),
      },
      { reads: EVENTS, read: (call) => instructionsText(details(call, 'gen_ai.system_instructions')) },
    ],
    inputMessages: messageSources('gen_ai.input.messages', 'input', messageEvents),
    outputMessages: messageSources('gen_ai.output.messages', 'output', choiceEvents),
    tools: [
      listWithin('gen_ai.tool.definitions'),
      { reads: EVENTS, read: (call) => listOf(details(call, 'gen_ai.tool.definitions')) },
    ],
    outputType: [text('gen_ai.output.type'), ranked(70, text('gen_ai.openai.request.response_format'))],
    outputSchema: [ranked(45, within('gen_ai.request.structured_output_schema'))],
    // Anthropic's SDK, which traces itself, has a name of its own.
    finishReason: [firstText('gen_ai.response.finish_reasons'), text('anthropic.message.stop_reason')],
    inputTokens: [count('gen_ai.usage.input_tokens'), count('gen_ai.usage.prompt_tokens')],
    outputTokens: [count('gen_ai.usage.output_tokens'), count('gen_ai.usage.completion_tokens')],
    cachedTokens: [count('gen_ai.usage.cache_read.input_tokens'), count('gen_ai.usage.cache_read_input_tokens')],
    reasoningTokens: [count('gen_ai.usage.reasoning.output_tokens'), count('gen_ai.usage.reasoning_tokens')],
    timeToFirstTokenNs: [
      {
        reads: { attributes: [FIRST_CHUNK] },
        read: (call) => asElapsedNs(call.attribute(FIRST_CHUNK), NANOSECONDS_PER_SECOND),
      },
      ranked(60, { reads: EVENTS, read: timeToFirstContentEvent }),
    ],
    errorType: [text('error.type')],
    cost: [number('gen_ai.usage.cost')],
    // Bedrock's id alone says that a guardrail stood by; that it stepped in is said by the finish reason.
    guardrail: [
      text('gen_ai.guardrail.status'),
      { reads: { attributes: ['aws.bedrock.guardrail.id'] }, read: bedrockGuardrail },
    ],
    region: [resourceText('cloud.region'), text('cloud.region')],
    arm: [{ reads: FLAG, read: flagArm }],
  },
};

function namesModelAndUsage(attributes: ReadonlyMap<string, unknown>): boolean {
  const usage = ['input_tokens', 'output_tokens', 'prompt_tokens', 'completion_tokens'];
  return attributes.has('gen_ai.request.model') && usage.some((name) => attributes.has(`gen_ai.usage.${name}`));
}

type EventReader = (call: ModelCall) => Message[];

/** Attribute, then the details event, then an event a message, then one event for all. */
function messageSources(name: string, direction: Direction, perMessage: EventReader): Source<readonly Message[]>[] {
  const [event, attribute] = CONTENT_EVENTS[direction];
  return [
    {
      reads: { attributes: [name] },
      read: (call) => call.plainMessages(name) ?? messagesOf(structuredOrText(call, name), direction),
    },
    { reads: EVENTS, read: (call) => messagesOf(details(call, name), direction) },
    { reads: EVENTS, read: (call) => nonEmpty(perMessage(call)) },
    { reads: EVENTS, read: (call) => messagesOf(eventAttribute(call, event, attribute), direction) },
  ];
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? nonEmpty(value) : undefined;
}

/** JSON where it parses, else the text itself. */
function structuredOrText(call: ModelCall, name: string): unknown {
  return call.structured(name) ?? asText(call.attribute(name));
}

function messagesOf(value: unknown, direction: Direction): readonly Message[] | undefined {
  if (value === undefined) return undefined;
  return nonEmpty(
    typeof value === 'string' ? readConversationText(value, direction) : (readConversation(value, direction) ?? []),
  );
}

/** A field of the details event, in its attributes or in its body. */
function details(call: ModelCall, name: string): unknown {
  const event = call.events.find((candidate) => candidate.name === OPERATION_DETAILS);
  if (event === undefined) return undefined;
  const attribute = event.attributes.get(name);
  if (attribute !== undefined) return structuredValue(attribute) ?? asText(attribute);
  return at(event.body, name);
}

function eventAttribute(call: ModelCall, eventName: string, name: string): unknown {
  return asText(call.events.find((event) => event.name === eventName)?.attributes.get(name));
}

function messageEvents(call: ModelCall): Message[] {
  return call.events.flatMap((event) => {
    const role = MESSAGE_EVENTS.get(event.name);
    return role === undefined ? [] : [readMessage(event.body, role)];
  });
}

function choiceEvents(call: ModelCall): Message[] {
  return call.events
    .filter((event) => event.name === CHOICE_EVENT)
    .flatMap((event) => readConversation(event.body, 'output') ?? [readMessage(event.body, 'assistant')]);
}

function bedrockGuardrail(call: ModelCall): string | undefined {
  return call.attribute('aws.bedrock.guardrail.id') === undefined ? undefined : 'passed';
}

/** The first piece of content that a stream recorded as an event. */
function timeToFirstContentEvent(call: ModelCall): bigint | undefined {
  const isContent = (event: CallEvent) =>
    event.name === 'llm.content.completion.chunk' || event.name === 'gen_ai.content.chunk';
  const first = call.events.find(isContent);
  return first === undefined || first.timeNs < call.span.startNs ? undefined : first.timeNs - call.span.startNs;
}

interface FlagEvaluation {
  readonly key: string;
  readonly variant: string;
}

/** Feature flags, on the span itself or as its `feature_flag.evaluation` events. */
function flags(call: ModelCall): FlagEvaluation[] {
  const carriers = [call.span.attributes, ...call.events.map((event) => event.attributes)];
  return carriers.flatMap((attributes) => {
    const variant = asText(attributes.get(VARIANTS[0]) ?? attributes.get(VARIANTS[1]));
    return variant === undefined ? [] : [{ key: asText(attributes.get('feature_flag.key')) ?? '', variant }];
  });
}

function promptFlagVariant(call: ModelCall): string | undefined {
  if (call.promptFlag === '') return undefined;
  return flags(call).find((flag) => flag.key === call.promptFlag)?.variant;
}

function flagArm(call: ModelCall): string | undefined {
  return flags(call).find((flag) => ARMS.has(flag.variant))?.variant;
}
