import { sha256 } from './canonical.js';
import { at, elements, isObject, textAt } from './json-content.js';

/** A piece of a message, the same whatever the client calls it. */
export type Part =
  | {
      readonly kind: 'text' | 'reasoning' | 'refusal';
      readonly text: string;
      /** The text's UTF-8 where it is also what JSON has between the quotes; left out or `null` where it is not, or not known. */
      readonly plainBytes?: Uint8Array | null;
    }
  /** `arguments` as JSON text. */
  | { readonly kind: 'tool_call'; readonly name: string; readonly arguments: string }
  | { readonly kind: 'tool_call_response'; readonly text: string }
  /** Images, files and what is yet to be invented. */
  | { readonly kind: 'other'; readonly type: string };

export interface Message {
  /** `system`, `developer`, `user`, `assistant`, `tool`, or what the client said. */
  readonly role: string;
  readonly parts: readonly Part[];
  /** As the provider spells it; empty when not given with the message. */
  readonly finishReason: string;
}

/** Messages of one call, and parts of one message; what is beyond is not looked at. */
export const MAX_MESSAGES = 1_000;
export const MAX_PARTS = 1_000;

const ROLE_NAMES: ReadonlyMap<string, string> = new Map([
  ['human', 'user'],
  ['ai', 'assistant'],
  ['model', 'assistant'],
  ['function', 'tool'],
]);

/** A message that is nothing but text. */
export function textMessage(role: string, text: string): Message {
  return { role, parts: text === '' ? [] : [{ kind: 'text', text }], finishReason: '' };
}

/** The text of a message without reasoning, refusals and tool calls: what a consumer would parse. */
export function messageText({ parts }: Message): string {
  const [only] = parts;
  if (parts.length === 1 && only?.kind === 'text') return only.text;
  return parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
}

/** SHA-256 of the RFC 8785 canonical JSON of parts. */
export function digestOfParts(parts: readonly Part[]): string {
  const [only] = parts;
  const bytes = parts.length === 1 && only?.kind === 'text' ? (only.plainBytes ?? null) : null;
  return bytes === null ? sha256(`[${parts.map(canonicalPart).join(',')}]`) : sha256(textPartJson(bytes));
}

const TEXT_OPENING = Buffer.from('[{"kind":"text","text":"');
const TEXT_CLOSING = Buffer.from('"}]');
const textJson = Buffer.from(TEXT_OPENING.toString().padEnd(64 * 1024));

/** The canonical JSON of one part that is text; valid until the next one is asked for. */
function textPartJson(bytes: Uint8Array): Uint8Array {
  const end = TEXT_OPENING.length + bytes.length;
  if (end + TEXT_CLOSING.length > textJson.length) return Buffer.concat([TEXT_OPENING, bytes, TEXT_CLOSING]);
  textJson.set(bytes, TEXT_OPENING.length);
  textJson.set(TEXT_CLOSING, end);
  return textJson.subarray(0, end + TEXT_CLOSING.length);
}

/** Members in order of name. */
function canonicalPart(part: Part): string {
  const kind = `"kind":"${part.kind}"`;
  if (part.kind === 'other') return `{${kind},"type":${JSON.stringify(part.type)}}`;
  if (part.kind !== 'tool_call') return `{${kind},"text":${JSON.stringify(part.text)}}`;
  return `{"arguments":${JSON.stringify(part.arguments)},${kind},"name":${JSON.stringify(part.name)}}`;
}

/** One message from an object with `role` and `content` or `parts`, as OpenAI, Anthropic, Gemini, OTel and Vercel have them. */
export function readMessage(value: unknown, defaultRole: string): Message {
  if (typeof value === 'string') return textMessage(defaultRole, value);
  const role = roleOf(value) ?? defaultRole;
  const content = at(value, 'parts') ?? at(value, 'content');
  const parts = role === 'tool' && typeof content === 'string' ? [toolResponse(content)] : readParts(content);
  const refusal = textAt(value, 'refusal');
  const reasoning = textAt(value, 'reasoning_content');
  return {
    role,
    parts: [
      ...(reasoning === undefined ? [] : [{ kind: 'reasoning' as const, text: reasoning }]),
      ...parts,
      ...elements(at(value, 'tool_calls') ?? at(value, 'toolCalls'))
        .slice(0, MAX_PARTS)
        .map(toolCall),
      ...(isObject(at(value, 'function_call')) ? [toolCall(at(value, 'function_call'))] : []),
      ...(refusal === undefined ? [] : [{ kind: 'refusal' as const, text: refusal }]),
    ],
    finishReason: finishReasonOf(value),
  };
}

/** LangChain gives the role as `type`: `human`, `ai`. */
function roleOf(value: unknown): string | undefined {
  const role = textAt(value, 'role');
  const type = textAt(value, 'type') ?? '';
  return role === undefined ? ROLE_NAMES.get(type) : (ROLE_NAMES.get(role) ?? role);
}

/** The parts of a `content`: a string, one part, or a list of both. */
export function readParts(content: unknown): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  if (Array.isArray(content)) return content.slice(0, MAX_PARTS).map(readPart);
  return isObject(content) ? [readPart(content)] : [];
}

/** Every spelling of a finish reason that is seen beside a message. */
export function finishReasonOf(value: unknown): string {
  for (const name of ['finish_reason', 'finishReason', 'stop_reason', 'stopReason']) {
    const reason = textAt(value, name);
    if (reason !== undefined) return reason;
  }
  return '';
}

const PART_KINDS: ReadonlyMap<string, (part: unknown) => Part> = new Map([
  ...['text', 'input_text', 'output_text', 'summary_text'].map((type) => [type, textPart] as const),
  ...['reasoning', 'thinking', 'redacted_thinking'].map((type) => [type, reasoningPart] as const),
  ['refusal', (part) => ({ kind: 'refusal', text: textAt(part, 'refusal') ?? contentText(part) })],
  ...['tool_call', 'tool-call', 'tool_use', 'function_call', 'function'].map((type) => [type, toolCall] as const),
  ...['tool_call_response', 'tool-result', 'tool_result', 'function_call_output'].map(
    (type) => [type, (part: unknown) => toolResponse(responseOf(part))] as const,
  ),
]);

/** Is this the `type` of a message's part, in any client's spelling? */
export function isPartType(type: string): boolean {
  return PART_KINDS.has(type) || /^(?:image|input_image|image_url|file|input_file|input_audio|blob|uri)$/.test(type);
}

/** Bedrock and Gemini tell parts apart by the member they have, not by a `type`. */
const PART_MEMBERS: readonly (readonly [string, (part: unknown) => Part])[] = [
  ['text', (part) => (at(part, 'thought') === true ? reasoningPart(part) : textPart(part))],
  ['functionCall', (part) => toolCall(at(part, 'functionCall'))],
  ['functionResponse', (part) => toolResponse(at(part, 'functionResponse', 'response'))],
  ['toolUse', (part) => toolCall(at(part, 'toolUse'))],
  ['toolResult', (part) => toolResponse(at(part, 'toolResult', 'content'))],
];

function readPart(part: unknown): Part {
  if (typeof part === 'string') return { kind: 'text', text: part };
  const type = textAt(part, 'type');
  if (type !== undefined) return PART_KINDS.get(type)?.(part) ?? { kind: 'other', type };
  for (const [name, read] of PART_MEMBERS) {
    if (at(part, name) !== undefined) return read(part);
  }
  return { kind: 'other', type: 'unknown' };
}

function textPart(part: unknown): Part {
  return { kind: 'text', text: contentText(part) };
}

function reasoningPart(part: unknown): Part {
  return { kind: 'reasoning', text: textAt(part, 'thinking') ?? contentText(part) };
}

function contentText(part: unknown): string {
  return textAt(part, 'text') ?? textAt(part, 'content') ?? textAt(part, 'text', 'value') ?? '';
}

function toolCall(call: unknown): Part {
  const inner = isObject(at(call, 'function')) ? at(call, 'function') : call;
  const given = at(inner, 'arguments') ?? at(inner, 'input') ?? at(inner, 'args');
  return {
    kind: 'tool_call',
    name: textAt(inner, 'name') ?? textAt(inner, 'toolName') ?? '',
    arguments: jsonText(given),
  };
}

function responseOf(part: unknown): unknown {
  for (const name of ['response', 'result', 'output', 'content']) {
    const found = at(part, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function toolResponse(content: unknown): Part {
  return { kind: 'tool_call_response', text: jsonText(content) };
}

function jsonText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
