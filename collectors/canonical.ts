import * as crypto from 'node:crypto';
import { createRequire } from 'node:module';

/** The package's types declare a default export that its CommonJS code does not have; required, it is the function. */
const serialize: (value: unknown) => string | undefined = createRequire(import.meta.url)('canonicalize');

/** RFC 8785 canonical JSON of a value out of JSON.parse: equal values give equal text, whatever their key order. */
export function canonicalJson(value: unknown): string {
  return serialize(value) ?? 'null';
}

/** SHA-256 of a text's UTF-8, as 64 hex digits. */
export const sha256: (text: string) => string =
  typeof crypto.hash === 'function'
    ? (text) => crypto.hash('sha256', text, 'hex')
    : (text) => crypto.createHash('sha256').update(text, 'utf8').digest('hex');
