import { at, isObject, parseJson, textAt } from './json-content.js';
import {
  finishReasonOf,
  isPartType,
  MAX_MESSAGES,
  type Message,
  readMessage,
  readParts,
  textMessage,
} from './messages.js';

/** Which way the messages went; it decides the role of those that name none, and what a structure may be. */
export type Direction = 'input' | 'output';

const DEFAULT_ROLE = { input: 'user', output: 'assistant' } as const satisfies Record<Direction, string>;

/**
 * Messages out of any structure that clients put into an attribute: a list of messages, a list of parts, a provider's
 * request (OpenAI chat and Responses, Anthropic, Gemini) or its answer.
 *
 * @returns `undefined` when it is none of them: a structured output, for instance, which must not be taken for messages
 */
export function readConversation(value: unknown, direction: Direction): Message[] | undefined {
  const messages = Array.isArray(value) ? fromList(value, direction) : fromObject(value, direction);
  return messages?.slice(0, MAX_MESSAGES);
}

/** Instructions given as text, as one part or as several; `undefined` when there are none. */
export function instructionsText(value: unknown): string | undefined {
  const texts = readParts(value).map((part) => (part.kind === 'text' ? part.text : ''));
  return texts.join('\n\n') || undefined;
}

/** Why a provider's answer ended, wherever its API says so; `undefined` when it does not. */
export function answerFinishReason(answer: unknown): string | undefined {
  return readConversation(answer, 'output')?.[0]?.finishReason || undefined;
}

/** The same as {@link readConversation} out of JSON text; text that is no conversation is one message. */
export function readConversationText(text: string, direction: Direction): Message[] {
  return readConversation(parseJson(text), direction) ?? [textMessage(DEFAULT_ROLE[direction], text)];
}

function fromList(list: readonly unknown[], direction: Direction): Message[] | undefined {
  if (list.length === 0) return direction === 'input' ? [] : undefined;
  if (list.some((item) => isMessage(item) || isResponsesItem(item))) {
    return list.slice(0, MAX_MESSAGES).map((item) => fromListItem(item, direction));
  }
  const isContent = list.every((item) => isPartType(textAt(item, 'type') ?? ''));
  return isContent ? [{ role: DEFAULT_ROLE[direction], parts: readParts(list), finishReason: '' }] : undefined;
}

function isMessage(value: unknown): boolean {
  const speaks = ['content', 'parts', 'tool_calls', 'function_call', 'refusal'].some((name) => isPresent(value, name));
  return speaks && (textAt(value, 'role') !== undefined || isPresent(value, 'parts'));
}

function isPresent(value: unknown, name: string): boolean {
  return isObject(value) && Object.hasOwn(value, name);
}

/** OpenAI's Responses API mixes messages with calls and their outputs in one list. */
function isResponsesItem(item: unknown): boolean {
  const type = textAt(item, 'type');
  return type === 'message' || type === 'function_call' || type === 'function_call_output';
}

function fromListItem(item: unknown, direction: Direction): Message {
  const type = textAt(item, 'type');
  const isBarePart = at(item, 'role') === undefined && type !== undefined && isPartType(type);
  if (!isBarePart) return readMessage(item, DEFAULT_ROLE[direction]);
  return { role: type === 'function_call_output' ? 'tool' : 'assistant', parts: readParts([item]), finishReason: '' };
}

/** A provider's structure; `undefined` when the value is not one after all. */
type Shape = (value: object) => Message[] | undefined;

const SHAPES: Readonly<Record<Direction, readonly Shape[]>> = {
  input: [single, request('messages'), request('contents'), request('input'), request('prompt')],
  output: [single, call, choices, candidates, responsesAnswer, wrapped],
};

function fromObject(value: unknown, direction: Direction): Message[] | undefined {
  if (!isObject(value)) return undefined;
  for (const shape of SHAPES[direction]) {
    const messages = shape(value);
    if (messages !== undefined) return messages;
  }
  return undefined;
}

/** One message alone; an Anthropic answer is one, with its `stop_reason`. */
function single(value: object): Message[] | undefined {
  return isMessage(value) ? [readMessage(value, 'assistant')] : undefined;
}

/** A call of a tool alone, as OpenAI's Responses API has it among the items of its answer. */
function call(value: object): Message[] | undefined {
  const isCall = textAt(value, 'type') === 'function_call' && textAt(value, 'call_id') !== undefined;
  return isCall ? [fromListItem(value, 'output')] : undefined;
}

/** Requests keep their instructions beside the messages: `system`, `instructions` or `systemInstruction`. */
function request(member: string): Shape {
  return (value) => {
    const content = at(value, member);
    const messages = typeof content === 'string' ? [textMessage('user', content)] : readConversation(content, 'input');
    if (messages === undefined) return undefined;
    const given = at(value, 'system') ?? at(value, 'instructions') ?? at(value, 'systemInstruction');
    const parts = readParts(at(given, 'parts') ?? given);
    return parts.length === 0 ? messages : [{ role: 'system', parts, finishReason: '' }, ...messages];
  };
}

/** OpenAI chat completions. */
function choices(value: object): Message[] | undefined {
  const all = at(value, 'choices');
  return Array.isArray(all) ? all.slice(0, MAX_MESSAGES).map(fromChoice) : undefined;
}

function fromChoice(choice: unknown): Message {
  const message = readMessage(at(choice, 'message') ?? at(choice, 'text') ?? '', 'assistant');
  return { ...message, finishReason: finishReasonOf(choice) || message.finishReason };
}

/** Gemini; a prompt that it blocks gets no candidates, only the reason. */
function candidates(value: object): Message[] | undefined {
  const all = at(value, 'candidates');
  const blockReason = textAt(value, 'promptFeedback', 'blockReason');
  if (!Array.isArray(all) || all.length === 0)
    return blockReason === undefined ? undefined : [{ role: 'assistant', parts: [], finishReason: blockReason }];
  return all.slice(0, MAX_MESSAGES).map((candidate) => ({
    ...readMessage(at(candidate, 'content'), 'assistant'),
    finishReason: finishReasonOf(candidate),
  }));
}

/**
 * OpenAI Responses: the items are one message; why it ended is in `status` and `incomplete_details`. That it ended to
 * have a tool called is said by the items alone.
 */
function responsesAnswer(value: object): Message[] | undefined {
  const output = at(value, 'output');
  const items = Array.isArray(output) ? readConversation(output, 'output') : undefined;
  if (items === undefined) return undefined;
  const parts = items.flatMap((item) => item.parts);
  const status = textAt(value, 'status') ?? '';
  const ended = status === 'completed' && parts.some((part) => part.kind === 'tool_call') ? 'tool_calls' : status;
  return [{ role: 'assistant', parts, finishReason: textAt(value, 'incomplete_details', 'reason') ?? ended }];
}

/** One message in a `message`, as Ollama and the older OTel events have it. */
function wrapped(value: object): Message[] | undefined {
  return isObject(at(value, 'message')) ? [fromChoice(value)] : undefined;
}
