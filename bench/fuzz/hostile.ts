import type { Uniform } from '../statistics/random.js';

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
