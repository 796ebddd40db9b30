import {
  answerFinishReason,
  type Direction,
  instructionsText,
  readConversation,
  readConversationText,
} from '../../conversation.js';
import { structuredValue } from '../../json-content.js';
import { type Message, type Part, readParts } from '../../messages.js';
import type { Attributes } from '../types.js';
import type { Convention, Source } from './convention.js';
import { indexedElements } from './indexed.js';
import type { ModelCall } from './model-call.js';
import { asText, count, generationWhen, listWithin, number, ranked, text, textWithin, within } from './sources.js';

/** The request and the answer as the provider's SDK had them: asked last, when no attribute of its own has the field. */
const BODY_RANK = 60;

const SCHEMA_PATHS = [
  ['response_format', 'json_schema', 'schema'],
  ['text', 'format', 'schema'],
  ['output_config', 'format', 'schema'],
  ['output_format', 'schema'],
] as const;

/** LangChain's answer as it serialises itself: the first message for the first prompt. */
const LANGCHAIN_ANSWER = ['generations', 0, 0, 'message', 'kwargs'] as const;

function schemaWithin(name: string): Source<unknown>[] {
  return SCHEMA_PATHS.map((path) => within(name, ...path));
}

function atBodyRank<T>(...sources: readonly Source<T>[]): Source<T>[] {
  return sources.map((source) => ranked(BODY_RANK, source));
}

/** Arize's OpenInference: messages and tools flattened into indexed attributes, settings in one JSON attribute. */
export const openInference: Convention = {
  name: 'openinference',
  rank: 30,
  recognitions: [{ ...generationWhen('openinference.span.kind', (kind) => kind === 'LLM'), rank: 15 }],
  sources: {
    provider: [text('llm.provider'), text('llm.system'), ...atBodyRank(textWithin('metadata', 'ls_provider'))],
    requestedModel: [text('llm.request.model_name'), textWithin('llm.invocation_parameters', 'model')],
    // `llm.model_name` may still be the requested name: in a stream the client then knows no other, of LangChain it always is.
    servedModel: [
      text('llm.response.model_name'),
      textWithin('output.value', ...LANGCHAIN_ANSWER, 'response_metadata', 'model_name'),
      text('llm.model_name'),
    ],
    systemFingerprint: atBodyRank(
      textWithin('output.value', 'system_fingerprint'),
      textWithin('output.value', ...LANGCHAIN_ANSWER, 'response_metadata', 'system_fingerprint'),
    ),
    responseId: atBodyRank(textWithin('output.value', 'id'), textWithin('output.value', ...LANGCHAIN_ANSWER, 'id')),
    operation: [text('agent.name')],
    promptVersion: [text('llm.prompt_template.version'), text('prompt.id')],
    instructions: ['llm.invocation_parameters', 'input.value'].map(systemWithin),
    template: [text('llm.prompt_template.template')],
    inputMessages: [flattened('llm.input_messages'), ...atBodyRank(body('input.value', 'input'))],
    outputMessages: [
      // Before a message with nothing in it comes the body: a refusal stands there alone.
      spoken(flattened('llm.output_messages')),
      ...atBodyRank(body('output.value', 'output'), flattened('llm.output_messages')),
    ],
    tools: [
      { reads: { prefixes: ['llm.tools.'] }, read: tools },
      ranked(45, listWithin('llm.invocation_parameters', 'tools')),
      ...atBodyRank(listWithin('input.value', 'tools')),
    ],
    outputType: [
      textWithin('llm.invocation_parameters', 'response_format', 'type'),
      ...atBodyRank(
        textWithin('input.value', 'response_format', 'type'),
        textWithin('input.value', 'text', 'format', 'type'),
      ),
    ],
    outputSchema: [...schemaWithin('llm.invocation_parameters'), ...atBodyRank(...schemaWithin('input.value'))],
    finishReason: [
      text('llm.finish_reason'),
      ...atBodyRank({ reads: { attributes: ['output.value'] }, read: bodyFinishReason }),
    ],
    cost: [number('llm.cost.total')],
    inputTokens: [count('llm.token_count.prompt')],
    outputTokens: [count('llm.token_count.completion')],
    cachedTokens: [count('llm.token_count.prompt_details.cache_read')],
    reasoningTokens: [count('llm.token_count.completion_details.reasoning')],
  },
};

function flattened(prefix: string): Source<readonly Message[]> {
  return {
    reads: { prefixes: [`${prefix}.`] },
    read: (call) => {
      const messages = indexedElements(call.span.attributes, prefix).map(flattenedMessage);
      return messages.length > 0 ? messages : undefined;
    },
  };
}

/** Only when something was said. */
function spoken(source: Source<readonly Message[]>): Source<readonly Message[]> {
  return {
    ...source,
    read: (call) => {
      const messages = source.read(call);
      return messages?.some((message) => message.parts.length > 0) ? messages : undefined;
    },
  };
}

function flattenedMessage(fields: Attributes): Message {
  const role = asText(fields.get('message.role')) ?? 'user';
  const content = asText(fields.get('message.content')) ?? '';
  const contents = indexedElements(fields, 'message.contents').map(contentPart);
  const calls = indexedElements(fields, 'message.tool_calls').map(toolCallPart);
  return {
    role,
    parts: [
      ...(role === 'tool' ? [{ kind: 'tool_call_response' as const, text: content }] : readParts(content)),
      // Anthropic's calls are told twice.
      ...contents.filter((part) => calls.length === 0 || part.kind !== 'tool_call'),
      ...calls,
    ],
    finishReason: asText(fields.get('message.finish_reason')) ?? '',
  };
}

function contentPart(fields: Attributes): Part {
  const type = asText(fields.get('message_content.type')) ?? 'text';
  if (fields.has('tool_call.function.name')) return toolCallPart(fields);
  const content = asText(fields.get('message_content.text')) ?? '';
  const [part] = readParts([{ type, text: content }]);
  return part ?? { kind: 'other', type };
}

function toolCallPart(fields: Attributes): Part {
  return {
    kind: 'tool_call',
    name: asText(fields.get('tool_call.function.name')) ?? '',
    arguments: asText(fields.get('tool_call.function.arguments')) ?? '',
  };
}

function body(name: string, direction: Direction): Source<readonly Message[]> {
  return {
    reads: { attributes: [name] },
    read: (call) => {
      const value = asText(call.attribute(name));
      if (value === undefined) return undefined;
      return readConversation(call.structured(name), direction) ?? readConversationText(value, direction);
    },
  };
}

function tools(call: ModelCall): readonly unknown[] | undefined {
  const definitions = indexedElements(call.span.attributes, 'llm.tools').map((fields) =>
    structuredValue(fields.get('tool.json_schema')),
  );
  return definitions.length > 0 ? definitions : undefined;
}

/** Anthropic's instructions stand beside the messages, as text or as parts. */
function systemWithin(name: string): Source<string> {
  const given = within(name, 'system');
  return { ...given, read: (call) => instructionsText(given.read(call)) };
}

function bodyFinishReason(call: ModelCall): string | undefined {
  return answerFinishReason(call.structured('output.value'));
}
