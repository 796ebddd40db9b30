const REDACTED = '…';

/** Parts of a secret path shorter than this are words, not secrets. */
const MIN_SECRET_PART_LENGTH = 9;

/**
 * Takes secrets out of a text that came from outside: an error page may repeat the path it was asked for, and the path of
 * a chat webhook is its password. Each secret goes, and each of its parts between slashes and other separators.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const parts = secrets
    .flatMap((secret) => [secret, ...secret.split(/[/?&=#]/)])
    .filter((part) => part.length >= MIN_SECRET_PART_LENGTH)
    .sort((a, b) => b.length - a.length);
  return parts.reduce((redacted, part) => redacted.replaceAll(part, REDACTED), text);
}
