import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Verification, WebhookRequest } from './source.js';

/** How old, or how far ahead, a signed timestamp may be: a recorded request cannot be sent again later. */
export const TIMESTAMP_TOLERANCE_SECONDS = 300;

/** Signatures of one header that are tried: more than one while a sender changes its secret. */
const MAX_SIGNATURES = 8;

/** A shared token must be long enough that nobody guesses it. */
const MIN_TOKEN_LENGTH = 16;

/** Standard Webhooks 1.0, "Signature scheme": symmetric secrets are 24 to 64 random bytes. */
const STANDARD_SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const MIN_STANDARD_SECRET_BYTES = 24;
const MAX_STANDARD_SECRET_BYTES = 64;

const HEX_SHA256 = /^[0-9a-f]{64}$/i;
const BASE64_SHA256 = /^[A-Za-z0-9+/]{43}=$/;
const UNIX_SECONDS = /^\d{1,12}$/;

/** One answer for every signature that is missing, malformed or wrong: it helps nobody to forge a better one. */
const NOT_SIGNED: Verification = {
  ok: false,
  reason: "the request does not carry a valid signature made with this webhook's secret",
};
const NO_TOKEN: Verification = { ok: false, reason: "the request does not carry this webhook's token" };

/** The one value of a header; `undefined` when it is missing or came more than once. */
export function header(request: WebhookRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** HMAC-SHA256 of the body alone, as hex digits: nothing is signed that would tell when. */
export function verifyBodySignature(
  request: WebhookRequest,
  { name, prefix = '', secret }: { readonly name: string; readonly prefix?: string; readonly secret: string },
): Verification {
  const given = header(request, name) ?? '';
  const digits = given.startsWith(prefix) ? given.slice(prefix.length) : '';
  return isOneOf([digits], 'hex', hmac(secret, request.body)) ? { ok: true } : NOT_SIGNED;
}

/** `t=<seconds>,v1=<hex>` over `<seconds>.<body>`. */
export function verifyTimestampedSignature(
  request: WebhookRequest,
  { name, secret, nowMs }: { readonly name: string; readonly secret: string; readonly nowMs: number },
): Verification {
  const fields = (header(request, name) ?? '').split(',', MAX_SIGNATURES + 1).map((field) => field.trim());
  const valuesOf = (key: string) =>
    fields.filter((field) => field.startsWith(`${key}=`)).map((field) => field.slice(key.length + 1));
  const [seconds = '', ...others] = valuesOf('t');
  if (others.length > 0 || !UNIX_SECONDS.test(seconds)) return NOT_SIGNED;
  if (!isOneOf(valuesOf('v1'), 'hex', hmac(secret, `${seconds}.`, request.body))) return NOT_SIGNED;
  return verifyTimestamp(Number(seconds), nowMs);
}

/**
 * `webhook-id`, `webhook-timestamp` and `webhook-signature` with symmetric signatures (`v1,<base64>`).
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function verifyStandardSignature(request: WebhookRequest, secret: string, nowMs: number): Verification {
  const id = header(request, 'webhook-id') ?? '';
  const seconds = header(request, 'webhook-timestamp') ?? '';
  const key = Buffer.from(STANDARD_SECRET.exec(secret)?.[1] ?? '', 'base64');
  if (id === '' || !UNIX_SECONDS.test(seconds) || key.length === 0) return NOT_SIGNED;
  const signatures = (header(request, 'webhook-signature') ?? '')
    .split(' ', MAX_SIGNATURES)
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => signature.slice('v1,'.length));
  if (!isOneOf(signatures, 'base64', hmac(key, `${id}.${seconds}.`, request.body))) return NOT_SIGNED;
  return verifyTimestamp(Number(seconds), nowMs);
}

/** A shared secret in `Authorization: Bearer …`, or in the address for senders that cannot set a header. */
export function verifyToken(request: WebhookRequest, secret: string): Verification {
  const [, bearer = ''] = /^Bearer (.+)$/i.exec(header(request, 'authorization') ?? '') ?? [];
  const given = bearer === '' ? request.token : bearer;
  // Digests are of one length, so that the comparison does not tell the secret's.
  return timingSafeEqual(sha256(given), sha256(secret)) && given !== '' ? { ok: true } : NO_TOKEN;
}

/** What is wrong with a secret that is used as text; `null` when nothing is. */
export function textSecretProblem(secret: string): string | null {
  return secret.length >= MIN_TOKEN_LENGTH ? null : `must have at least ${MIN_TOKEN_LENGTH} characters`;
}

/** Is it a secret that asks for Standard Webhooks signatures? */
export function isStandardSecret(secret: string): boolean {
  return secret.startsWith('whsec_');
}

export function standardSecretProblem(secret: string): string | null {
  const bytes = Buffer.byteLength(STANDARD_SECRET.exec(secret)?.[1] ?? '', 'base64');
  return bytes >= MIN_STANDARD_SECRET_BYTES && bytes <= MAX_STANDARD_SECRET_BYTES
    ? null
    : `is not a Standard Webhooks secret: whsec_ and the base64 of ${MIN_STANDARD_SECRET_BYTES} to ` +
        `${MAX_STANDARD_SECRET_BYTES} random bytes`;
}

/** Asked only of a timestamp whose signature is good, so that only its sender learns how far off it is. */
function verifyTimestamp(seconds: number, nowMs: number): Verification {
  const age = Math.round(nowMs / 1000 - seconds);
  if (Math.abs(age) <= TIMESTAMP_TOLERANCE_SECONDS) return { ok: true };
  const off = age > 0 ? `${age} seconds ago` : `${-age} seconds ahead of this clock`;
  return { ok: false, reason: `the request was signed ${off}; at most ${TIMESTAMP_TOLERANCE_SECONDS} are accepted` };
}

function hmac(key: string | Buffer, ...parts: readonly (string | Buffer)[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Every candidate is compared whole and in constant time. */
function isOneOf(candidates: readonly string[], encoding: 'hex' | 'base64', expected: Buffer): boolean {
  const form = encoding === 'hex' ? HEX_SHA256 : BASE64_SHA256;
  return candidates
    .slice(0, MAX_SIGNATURES)
    .filter((candidate) => form.test(candidate))
    .map((candidate) => timingSafeEqual(Buffer.from(candidate, encoding), expected))
    .includes(true);
}
