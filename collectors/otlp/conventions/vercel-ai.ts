import { readConversation } from '../../conversation.js';
import { at, elements, parseJson, textAt } from '../../json-content.js';
import { type Message, type Part, readParts } from '../../messages.js';
import type { Convention, Source } from './convention.js';
import type { ModelCall } from './model-call.js';
import { asElapsedNs, asText, count, generationWhen, parentStructure, provider, ranked, text } from './sources.js';

const METADATA = 'ai.telemetry.metadata';
const LANGFUSE_PROMPT = `${METADATA}.langfusePrompt`;
const FIRST_CHUNK = 'ai.response.msToFirstChunk';
const ANSWER = {
  reasoning: 'ai.response.reasoning',
  text: 'ai.response.text',
  object: 'ai.response.object',
  toolCalls: 'ai.response.toolCalls',
} as const;
const NANOSECONDS_PER_MILLISECOND = 1e6;

function metadata(...names: readonly string[]): Source<string>[] {
  return names.map((name) => text(`${METADATA}.${name}`));
}

/**
 * The Vercel AI SDK. Its outer spans (`ai.generateText`) repeat what their `.doGenerate` and `.doStream` children
 * report, so only the children are generations; the JSON Schema of an object stands on the outer span alone.
 */
export const vercelAi: Convention = {
  name: 'vercel-ai',
  rank: 20,
  parentAttributes: ['ai.schema'],
  recognitions: [
    { ...generationWhen('ai.operationId', (id) => id.endsWith('.doGenerate') || id.endsWith('.doStream')), rank: 35 },
  ],
  sources: {
    provider: [ranked(35, provider('ai.model.provider'))],
    requestedModel: [text('ai.model.id')],
    servedModel: [text('ai.response.model')],
    responseId: [text('ai.response.id')],
    operation: [text('ai.telemetry.functionId')],
    sessionId: metadata('sessionId').map((source) => ranked(60, source)),
    userId: metadata('userId').map((source) => ranked(60, source)),
    modelVersion: metadata('leeway.model.version'),
    promptVersion: [
      ...metadata('leeway.prompt.version', 'promptVersion', 'prompt_version', 'prompt.version'),
      { reads: { attributes: [LANGFUSE_PROMPT] }, read: langfusePromptVersion },
    ].map((source) => ranked(50, source)),
    toolsVersion: metadata('leeway.tools.version'),
    contextVersion: metadata('leeway.context.version'),
    rolloutId: metadata('leeway.rollout.id'),
    arm: metadata('leeway.rollout.arm'),
    template: [ranked(40, { reads: { attributes: ['ai.prompt'] }, read: promptSystem })],
    inputMessages: [messagesIn('ai.prompt.messages'), messagesIn('ai.prompt')],
    outputMessages: [{ reads: { attributes: Object.values(ANSWER) }, read: outputMessages }],
    tools: [{ reads: { attributes: ['ai.prompt.tools'] }, read: tools }],
    outputType: [
      {
        reads: { attributes: ['ai.operationId'] },
        read: (call) => (asText(call.attribute('ai.operationId'))?.includes('Object.') ? 'json' : undefined),
      },
    ],
    outputSchema: [parentStructure('ai.schema')],
    finishReason: [text('ai.response.finishReason')],
    inputTokens: [count('ai.usage.inputTokens'), count('ai.usage.promptTokens')],
    outputTokens: [count('ai.usage.outputTokens'), count('ai.usage.completionTokens')],
    cachedTokens: [count('ai.usage.cachedInputTokens'), count('ai.usage.inputTokenDetails.cacheReadTokens')],
    reasoningTokens: [count('ai.usage.reasoningTokens'), count('ai.usage.outputTokenDetails.reasoningTokens')],
    timeToFirstTokenNs: [{ reads: { attributes: [FIRST_CHUNK], events: true }, read: timeToFirstChunk }],
  },
};

/** A Langfuse prompt handed on as metadata, as their guide for this SDK says: JSON with name and version. */
function langfusePromptVersion(call: ModelCall): string | undefined {
  return textAt(call.structured(LANGFUSE_PROMPT), 'version');
}

function promptSystem(call: ModelCall): string | undefined {
  return textAt(call.structured('ai.prompt'), 'system');
}

function messagesIn(name: string): Source<readonly Message[]> {
  return { reads: { attributes: [name] }, read: (call) => readConversation(call.structured(name), 'input') };
}

function outputMessages(call: ModelCall): readonly Message[] | undefined {
  const reasoning = asText(call.attribute(ANSWER.reasoning));
  const answer = asText(call.attribute(ANSWER.text)) ?? asText(call.attribute(ANSWER.object));
  const calls = elements(call.structured(ANSWER.toolCalls)).map((toolCall) => ({
    type: 'tool-call',
    ...record(toolCall),
  }));
  const parts: Part[] = [
    ...(reasoning === undefined ? [] : [{ kind: 'reasoning' as const, text: reasoning }]),
    ...(answer === undefined ? [] : [{ kind: 'text' as const, text: answer }]),
    ...readParts(calls),
  ];
  return parts.length === 0 ? undefined : [{ role: 'assistant', parts, finishReason: '' }];
}

function record(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** An array of strings, each the JSON of one definition. */
function tools(call: ModelCall): readonly unknown[] | undefined {
  const definitions = elements(call.structured('ai.prompt.tools'));
  if (definitions.length === 0) return undefined;
  return definitions.map((definition) => (typeof definition === 'string' ? parseJson(definition) : definition));
}

function timeToFirstChunk(call: ModelCall): bigint | undefined {
  const event = call.events.find((candidate) => candidate.name === 'ai.stream.firstChunk');
  const given = call.attribute(FIRST_CHUNK) ?? at(event?.body, FIRST_CHUNK);
  return asElapsedNs(given, NANOSECONDS_PER_MILLISECOND);
}
