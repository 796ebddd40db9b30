import { type Direction, readConversation, readConversationText } from '../../conversation.js';
import { structuredValue, textAt } from '../../json-content.js';
import { finishReasonOf, type Message, type Part, readParts } from '../../messages.js';
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
    provider: [text('llm.provider'), text('llm.system')],
    requestedModel: [text('llm.request.model_name'), textWithin('llm.invocation_parameters', 'model')],
    // In a stream `llm.model_name` may still be the requested name: the client then knows no other.
    servedModel: [text('llm.response.model_name'), text('llm.model_name')],
    systemFingerprint: atBodyRank(textWithin('output.value', 'system_fingerprint')),
    responseId: atBodyRank(textWithin('output.value', 'id')),
    operation: [text('agent.name')],
    promptVersion: [text('llm.prompt_template.version'), text('prompt.id')],
    template: [text('llm.prompt_template.template')],
    inputMessages: [flattened('llm.input_messages'), ...atBodyRank(body('input.value', 'input'))],
    outputMessages: [flattened('llm.output_messages'), ...atBodyRank(body('output.value', 'output'))],
    tools: [
      { read: tools },
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
    finishReason: [text('llm.finish_reason'), ...atBodyRank({ read: answerFinishReason })],
    cost: [number('llm.cost.total')],
    inputTokens: [count('llm.token_count.prompt')],
    outputTokens: [count('llm.token_count.completion')],
    cachedTokens: [count('llm.token_count.prompt_details.cache_read')],
    reasoningTokens: [count('llm.token_count.completion_details.reasoning')],
  },
};

function flattened(prefix: string): Source<readonly Message[]> {
  return {
    read: (call) => {
      const messages = indexedElements(call.span.attributes, prefix).map(flattenedMessage);
      return messages.length > 0 ? messages : undefined;
    },
  };
}

function flattenedMessage(fields: Attributes): Message {
  const role = asText(fields.get('message.role')) ?? 'user';
  const content = asText(fields.get('message.content')) ?? '';
  return {
    role,
    parts: [
      ...(role === 'tool' ? [{ kind: 'tool_call_response' as const, text: content }] : readParts(content)),
      ...indexedElements(fields, 'message.contents').map(contentPart),
      ...indexedElements(fields, 'message.tool_calls').map(toolCallPart),
    ],
    finishReason: asText(fields.get('message.finish_reason')) ?? '',
  };
}

function contentPart(fields: Attributes): Part {
  const type = asText(fields.get('message_content.type')) ?? 'text';
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

function answerFinishReason(call: ModelCall): string | undefined {
  const answer = call.structured('output.value');
  return textAt(answer, 'choices', 0, 'finish_reason') ?? (finishReasonOf(answer) || undefined);
}
