import type { Uniform } from '../statistics/random.js';
import { writeVarint } from './protobuf-tree.js';

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  '\0',
  'gen_ai.prompt.9999.role',
  'gen_ai.prompt.99999999999999999999.content',
  'gen_ai.completion.-1.content',
  'llm.input_messages.1000000.message.content',
  'leeway.output.schema',
  'leeway.prompt.version',
  'gen_ai.input.messages',
  'gen_ai.usage.input_tokens',
  'user.id',
  'exception.type',
] as const;

const TEXTS = [
  'NaN',
  '-Infinity',
  '1e400',
  '-9223372036854775809',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"type":"object","properties":{"a":{"pattern":"^(a+)+$"}}}',
  '{"$ref":"#"}',
  '{"a":"\\ud800"}',
  '[{"role":"assistant","parts":[{"type":"text","content":null}]}]',
  '[{"role":{},"parts":"no"}]',
  '\u202e\u0000\ufeff',
  '=cmd|calc',
] as const;

const DEEP_LEVELS = 3000;
const LONG_CHARACTERS = 70_000;

/** Names that mean something to programs, or ought not to. */
export function hostileName(uniform: Uniform): string {
  return NAMES[Math.floor(uniform() * NAMES.length)] ?? '';
}

/** Text that is more than it seems: numbers beyond numbers, JSON within JSON, very deep, very long. */
export function hostileText(uniform: Uniform): string {
  const drawn = uniform();
  if (drawn < 0.06) return '['.repeat(DEEP_LEVELS) + (uniform() < 0.5 ? ']'.repeat(DEEP_LEVELS) : '');
  if (drawn < 0.1) return '{"a":'.repeat(DEEP_LEVELS);
  if (drawn < 0.14) return 'a'.repeat(LONG_CHARACTERS);
  if (drawn < 0.4) return hostileName(uniform);
  return TEXTS[Math.floor(uniform() * TEXTS.length)] ?? '';
}

const INTEGERS = [
  0n,
  1n,
  0x7fn,
  0x80n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** Integers at the edges of types. */
export function hostileInteger(uniform: Uniform): bigint {
  return INTEGERS[Math.floor(uniform() * INTEGERS.length)] ?? 0n;
}

/** Around the limit of values within values, and far beyond. */
export const NESTED_LEVELS = [8, 31, 32, 33, 400] as const;
/** AnyValue.array_value and ArrayValue.values, length-delimited. */
const ARRAY_VALUE = 0x2a;
const VALUES = 0x0a;

/** An AnyValue of lists within lists. */
export function nestedValue(levels: number): Buffer {
  const field = (tag: number, bytes: Buffer) => Buffer.concat([Buffer.from([tag]), writeVarint(bytes.length), bytes]);
  let bytes = Buffer.alloc(0);
  for (let level = 0; level < levels; level += 1) bytes = field(ARRAY_VALUE, field(VALUES, bytes));
  return bytes;
}

const NOT_UTF8 = Buffer.from([0xc3, 0x28, 0xff, 0xed, 0xa0, 0x80, 0x41]);

const BYTES: readonly Buffer[] = [
  ...[...NAMES, ...TEXTS].map((text) => Buffer.from(text)),
  ...INTEGERS.map((integer) => writeVarint(integer)),
  ...INTEGERS.map((integer) => Buffer.from(BigUint64Array.of(integer).buffer)),
  ...NESTED_LEVELS.map(nestedValue),
  Buffer.alloc(0),
  Buffer.alloc(11, 0xff),
  NOT_UTF8,
];

/** Bytes that are no content of the field that they are put into, or too much of it. */
export function hostileBytes(uniform: Uniform): Buffer {
  return BYTES[Math.floor(uniform() * BYTES.length)] ?? NOT_UTF8;
}

const TOKENS: readonly Buffer[] = [
  ...[...NAMES, ...TEXTS].map((text) => Buffer.from(JSON.stringify(text))),
  ...INTEGERS.flatMap((integer) => [Buffer.from(String(integer)), Buffer.from(`"-${integer}"`)]),
  ...['1e999', '-0', '1e-400', '00', 'NaN', '0.5', 'true', 'null', '', '""', '[]', '{}', '[[]]', '{"a":{"a":{}}}'].map(
    (token) => Buffer.from(token),
  ),
  ...NESTED_LEVELS.map((levels) => Buffer.from('{"arrayValue":{"values":['.repeat(levels) + ']}}'.repeat(levels))),
  Buffer.from('"__proto__":{"polluted":1},'),
  Buffer.from('"\\ud800\\u0000"'),
  Buffer.concat([Buffer.from('"'), NOT_UTF8, Buffer.from('"')]),
];

/** JSON, or nearly, of another type or size than what it replaces. */
export function hostileToken(uniform: Uniform): Buffer {
  return TOKENS[Math.floor(uniform() * TOKENS.length)] ?? NOT_UTF8;
}
