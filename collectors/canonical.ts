import { hash } from 'node:crypto';
import { createRequire } from 'node:module';

/** The package's types declare a default export that its CommonJS code does not have; required, it is the function. */
const serialize: (value: unknown) => string | undefined = createRequire(import.meta.url)('canonicalize');

/**
 * RFC 8785 canonical JSON of a value out of JSON.parse: equal values give equal text, whatever their key order.
 * Numbers that JSON has not (NaN; infinities, which JSON.parse makes of `1e999`) become strings, as in protobuf's JSON.
 */
export function canonicalJson(value: unknown): string {
  try {
    return serialize(value) ?? 'null';
  } catch {
    // The one thing it refuses; anything else it would refuse again.
    return serialize(withFiniteNumbers(value)) ?? 'null';
  }
}

function withFiniteNumbers(value: unknown): unknown {
  const spell = (_name: string, member: unknown) =>
    typeof member === 'number' && !Number.isFinite(member) ? String(member) : member;
  return JSON.parse(JSON.stringify(value, spell));
}

/** SHA-256 of bytes, or of a text's UTF-8, as 64 hex digits. */
export function sha256(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}
