import { type Direction, readConversationText } from '../../conversation.js';
import { parseJson, textAt } from '../../json-content.js';
import { isPartType, type Message, type Part, readParts } from '../../messages.js';
import type { Attributes } from '../types.js';
import type { Convention, Source } from './convention.js';
import { indexedElements } from './indexed.js';
import type { ModelCall } from './model-call.js';
import { asText, generationWhen, ranked, text } from './sources.js';

const GENERATING = new Set(['chat', 'completion']);

/**
 * Traceloop's OpenLLMetry, its older form: messages as `gen_ai.prompt.N.…` and `gen_ai.completion.N.…`. Its newer
 * releases send OpenTelemetry's own attributes and need nothing here but the workflow's names.
 */
export const openLlmetry: Convention = {
  name: 'openllmetry',
  rank: 40,
  recognitions: [generationWhen('llm.request.type', (type) => GENERATING.has(type))],
  sources: {
    operation: [text('traceloop.entity.name'), text('traceloop.workflow.name')],
    sessionId: [text('traceloop.association.properties.session_id')],
    promptVersion: [text('traceloop.prompt.version'), text('traceloop.prompt.version_hash')],
    inputMessages: [indexed('gen_ai.prompt', 'user'), ranked(55, entity('traceloop.entity.input', 'input'))],
    outputMessages: [
      indexed('gen_ai.completion', 'assistant'),
      ranked(55, entity('traceloop.entity.output', 'output')),
    ],
    tools: [{ reads: { prefixes: ['llm.request.functions.'] }, read: tools }],
  },
};

function indexed(prefix: string, defaultRole: string): Source<readonly Message[]> {
  return {
    reads: { prefixes: [`${prefix}.`] },
    read: (call) => {
      const messages = indexedElements(call.span.attributes, prefix).map((fields) =>
        indexedMessage(fields, defaultRole),
      );
      return messages.length > 0 ? messages : undefined;
    },
  };
}

function indexedMessage(fields: Attributes, defaultRole: string): Message {
  const role = asText(fields.get('role')) ?? defaultRole;
  const content = asText(fields.get('content')) ?? '';
  return {
    role,
    parts: [
      ...(role === 'tool' ? [{ kind: 'tool_call_response' as const, text: content }] : contentParts(content)),
      ...indexedElements(fields, 'tool_calls').map(toolCallPart),
    ],
    finishReason: asText(fields.get('finish_reason')) ?? '',
  };
}

/** A content of several parts is sent as their JSON; an answer that happens to be a JSON array is not. */
function contentParts(content: string): Part[] {
  const list = content.startsWith('[') ? parseJson(content) : undefined;
  const isParts =
    Array.isArray(list) && list.length > 0 && list.every((part) => isPartType(textAt(part, 'type') ?? ''));
  return readParts(isParts ? list : content);
}

function toolCallPart(fields: Attributes): Part {
  return {
    kind: 'tool_call',
    name: asText(fields.get('name')) ?? '',
    arguments: asText(fields.get('arguments')) ?? '',
  };
}

function entity(name: string, direction: Direction): Source<readonly Message[]> {
  return {
    reads: { attributes: [name] },
    read: (call) => {
      const value = asText(call.attribute(name));
      return value === undefined ? undefined : readConversationText(value, direction);
    },
  };
}

function tools(call: ModelCall): readonly unknown[] | undefined {
  const definitions = indexedElements(call.span.attributes, 'llm.request.functions').map((fields) => ({
    name: asText(fields.get('name')) ?? '',
    description: asText(fields.get('description')) ?? '',
    parameters: parseJson(asText(fields.get('parameters')) ?? ''),
  }));
  return definitions.length > 0 ? definitions : undefined;
}
