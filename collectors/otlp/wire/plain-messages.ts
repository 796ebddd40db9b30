import { isUtf8 } from 'node:buffer';
import { MAX_MESSAGES, type Message, type Part } from '../../messages.js';

/** Bytes of JSON. */
const CHARACTER = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openList: 0x5b,
  escape: 0x5c,
  closeList: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
  space: 0x20,
  unicode: 0x75,
} as const;

/** What may stand after a backslash, beside `u`. */
const ESCAPED: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));
const HEX_DIGITS: ReadonlySet<number> = new Set(Buffer.from('0123456789abcdefABCDEF'));

/** Members of a message and of its parts, and the roles that need no further look. */
const MEMBER = { role: word('role'), parts: word('parts'), finishReason: word('finish_reason') };
const PART_MEMBER = { type: word('type'), content: word('content') };
const TEXT = word('text');
const ROLES = ['user', 'assistant', 'system', 'developer'].map((name) => ({ name, bytes: word(name) }));

/** Parts that are read here; longer lists are cut elsewhere. */
const MAX_PARTS = 100;

function word(text: string): Uint8Array {
  return Buffer.from(text);
}

/** The text is decoded when somebody asks for it: of most messages only role and kinds are wanted. */
class TextPart {
  readonly kind = 'text';
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;
  readonly #hasEscapes: boolean;
  #text: string | null = null;

  /** @param start of the string's inside */
  constructor(bytes: Buffer, start: number, end: number, hasEscapes: boolean) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#hasEscapes = hasEscapes;
  }

  get text(): string {
    this.#text ??= this.#hasEscapes
      ? String(JSON.parse(this.#bytes.toString('utf8', this.#start - 1, this.#end + 1)))
      : this.#bytes.toString('utf8', this.#start, this.#end);
    return this.#text;
  }

  get plainBytes(): Uint8Array | null {
    if (this.#hasEscapes) return null;
    const bytes = this.#bytes.subarray(this.#start, this.#end);
    return isUtf8(bytes) ? bytes : null;
  }
}

/**
 * Messages in the form that OpenTelemetry's conventions give them, as long as they are nothing but text:
 * `[{"role":"user","parts":[{"type":"text","content":"…"}]}]`, with or without `finish_reason`.
 * @returns what parsing the JSON and reading it would give; `null` for everything else, which is read that way
 */
export function readPlainMessages(bytes: Buffer, start: number, end: number): Message[] | null {
  return new PlainMessages(bytes, start, end).read();
}

/** Each method passes something and says whether it was there. */
class PlainMessages {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  /** The string that was passed last. */
  #stringStart = 0;
  #stringEnd = 0;
  #hasEscapes = false;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  read(): Message[] | null {
    const messages: Message[] = [];
    if (!this.#pass(CHARACTER.openList)) return null;
    do {
      const message = this.#message();
      if (message === null || messages.length >= MAX_MESSAGES) return null;
      messages.push(message);
    } while (this.#pass(CHARACTER.comma));
    return this.#pass(CHARACTER.closeList) && this.#at === this.#end ? messages : null;
  }

  #message(): Message | null {
    let role = '';
    let parts: Part[] | null = null;
    let finishReason: string | null = null;
    if (!this.#pass(CHARACTER.openObject)) return null;
    do {
      if (!this.#string()) return null;
      const { start, end } = this.#passed();
      if (!this.#pass(CHARACTER.colon)) return null;
      if (role === '' && this.#is(MEMBER.role, start, end)) {
        role = this.#role();
        if (role === '') return null;
      } else if (parts === null && this.#is(MEMBER.parts, start, end)) {
        parts = this.#parts();
        if (parts === null) return null;
      } else if (finishReason === null && this.#is(MEMBER.finishReason, start, end)) {
        if (!this.#string() || this.#hasEscapes) return null;
        finishReason = this.#bytes.toString('utf8', this.#stringStart, this.#stringEnd);
      } else {
        return null;
      }
    } while (this.#pass(CHARACTER.comma));
    if (role === '' || parts === null || !this.#pass(CHARACTER.closeObject)) return null;
    return { role, parts, finishReason: finishReason ?? '' };
  }

  #role(): string {
    if (!this.#string()) return '';
    const { start, end } = this.#passed();
    return ROLES.find(({ bytes }) => this.#is(bytes, start, end))?.name ?? '';
  }

  #parts(): Part[] | null {
    const parts: Part[] = [];
    if (!this.#pass(CHARACTER.openList)) return null;
    if (this.#pass(CHARACTER.closeList)) return parts;
    do {
      const part = this.#part();
      if (part === null || parts.length >= MAX_PARTS) return null;
      parts.push(part);
    } while (this.#pass(CHARACTER.comma));
    return this.#pass(CHARACTER.closeList) ? parts : null;
  }

  #part(): Part | null {
    let isText = false;
    let part: Part | null = null;
    if (!this.#pass(CHARACTER.openObject)) return null;
    do {
      if (!this.#string()) return null;
      const { start, end } = this.#passed();
      if (!this.#pass(CHARACTER.colon) || !this.#string()) return null;
      if (!isText && this.#is(PART_MEMBER.type, start, end)) {
        isText = this.#is(TEXT, this.#stringStart, this.#stringEnd);
        if (!isText) return null;
      } else if (part === null && this.#is(PART_MEMBER.content, start, end)) {
        part = new TextPart(this.#bytes, this.#stringStart, this.#stringEnd, this.#hasEscapes);
      } else {
        return null;
      }
    } while (this.#pass(CHARACTER.comma));
    return isText && this.#pass(CHARACTER.closeObject) ? part : null;
  }

  #passed(): { readonly start: number; readonly end: number } {
    return { start: this.#stringStart, end: this.#stringEnd };
  }

  /** One character, and a space before it as some serialisers put. */
  #pass(character: number): boolean {
    if (this.#at < this.#end && this.#bytes[this.#at] === CHARACTER.space) this.#at++;
    if (this.#at >= this.#end || this.#bytes[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /** A string that JSON.parse would take. */
  #string(): boolean {
    if (!this.#pass(CHARACTER.quote)) return false;
    const bytes = this.#bytes;
    const end = this.#end;
    let at = this.#at;
    this.#stringStart = at;
    this.#hasEscapes = false;
    while (at < end) {
      const byte = bytes[at] ?? 0;
      if (byte === CHARACTER.quote) {
        this.#stringEnd = at;
        this.#at = at + 1;
        return true;
      }
      if (byte < CHARACTER.space) return false;
      if (byte === CHARACTER.escape) {
        const length = this.#escapeLength(at);
        if (length === 0) return false;
        this.#hasEscapes = true;
        at += length;
      } else {
        at++;
      }
    }
    return false;
  }

  /** 0 when it is none that JSON knows. */
  #escapeLength(at: number): number {
    const escaped = this.#bytes[at + 1] ?? 0;
    if (ESCAPED.has(escaped)) return 2;
    if (escaped !== CHARACTER.unicode) return 0;
    for (let digit = at + 2; digit < at + 6; digit++) if (!HEX_DIGITS.has(this.#bytes[digit] ?? 0)) return 0;
    return 6;
  }

  #is(expected: Uint8Array, start: number, end: number): boolean {
    if (end - start !== expected.length) return false;
    for (let index = 0; index < expected.length; index++)
      if (this.#bytes[start + index] !== expected[index]) return false;
    return true;
  }
}
